using static TorchSharp.torch;
using static Wsss.Graphs.OnnxGraph;

namespace Wsss.Graphs;

/// <summary>Operators by the names and with the arguments that their like have on tensors.</summary>
internal static class GraphOperations
{
    public static Value Add(this OnnxGraph graph, Value a, Value b) => graph.Node("Add", [a, b]);

    public static Value Subtract(this OnnxGraph graph, Value a, Value b) => graph.Node("Sub", [a, b]);

    public static Value Multiply(this OnnxGraph graph, Value a, Value b) => graph.Node("Mul", [a, b]);

    public static Value Divide(this OnnxGraph graph, Value a, Value b) => graph.Node("Div", [a, b]);

    public static Value Max(this OnnxGraph graph, Value a, Value b) => graph.Node("Max", [a, b]);

    public static Value Min(this OnnxGraph graph, Value a, Value b) => graph.Node("Min", [a, b]);

    public static Value MatMul(this OnnxGraph graph, Value a, Value b) => graph.Node("MatMul", [a, b]);

    public static Value Relu(this OnnxGraph graph, Value x) => graph.Node("Relu", [x]);

    /// <summary>A float32 number.</summary>
    public static Value Scalar(this OnnxGraph graph, double value)
    {
        using Tensor number = tensor((float)value);
        return graph.Constant(number);
    }

    /// <summary>A row of int64 numbers.</summary>
    public static Value Row(this OnnxGraph graph, params long[] values)
    {
        using Tensor row = tensor(values);
        return graph.Constant(row);
    }

    /// <summary>The mean, or with <c>ReduceMax</c> and <c>ReduceMin</c> the largest and smallest value, over some axes.</summary>
    public static Value Reduce(this OnnxGraph graph, string operation, Value x, bool keep, params long[] axes) =>
        graph.Node(operation, [x], Ints("axes", axes), Int("keepdims", keep ? 1 : 0));

    public static Value Mean(this OnnxGraph graph, Value x, params long[] axes) => graph.Reduce("ReduceMean", x, keep: false, axes);

    public static Value Concat(this OnnxGraph graph, long axis, params Value[] parts) => graph.Node("Concat", parts, Int("axis", axis));

    public static Value Permute(this OnnxGraph graph, Value x, params long[] axes) => graph.Node("Transpose", [x], Ints("perm", axes));

    /// <summary>Another shape; 0 keeps an extent, −1 is what remains.</summary>
    public static Value Reshape(this OnnxGraph graph, Value x, params long[] shape) => graph.Node("Reshape", [x, graph.Row(shape)]);

    /// <summary>The elements <paramref name="start"/> … <paramref name="end"/> − 1 along an axis.</summary>
    public static Value Narrow(this OnnxGraph graph, Value x, long axis, long start, long end = long.MaxValue) =>
        graph.Node("Slice", [x, graph.Row(start), graph.Row(end), graph.Row(axis)]);

    /// <summary>The element at an index along an axis, which disappears.</summary>
    public static Value Select(this OnnxGraph graph, Value x, long axis, long index)
    {
        using Tensor number = tensor(index);
        return graph.Node("Gather", [x, graph.Constant(number)], Int("axis", axis));
    }

    /// <summary>The extents of the axes <paramref name="first"/> … <paramref name="end"/> − 1, a row of int64 numbers.</summary>
    public static Value Extents(this OnnxGraph graph, Value x, long first, long end) =>
        graph.Node("Shape", [x], Int("start", first), Int("end", end));

    public static Value Unsqueeze(this OnnxGraph graph, Value x, params long[] axes) => graph.Node("Unsqueeze", [x, graph.Row(axes)]);

    public static Value ToFloat(this OnnxGraph graph, Value x) =>
        graph.Node("Cast", [x], Int("to", (long)Onnx.TensorProto.Types.DataType.Float));

    /// <summary>The same values repeated to a shape, a row of int64 numbers.</summary>
    public static Value Expand(this OnnxGraph graph, Value x, Value shape) => graph.Node("Expand", [x, shape]);

    /// <summary>A grid [N, K, h, w] in another size, edge to edge (<c>align_corners: false</c>).</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">The grid.</param>
    /// <param name="size">Rows and columns that are wanted: two int64 numbers.</param>
    /// <param name="cubic">Bicubic, with PyTorch's coefficient, rather than bilinear.</param>
    public static Value Resize(this OnnxGraph graph, Value x, Value size, bool cubic = false) => graph.Node(
        "Resize", [x, new Value(""), new Value(""), graph.Concat(0, graph.Extents(x, 0, 2), size)],
        Text("mode", cubic ? "cubic" : "linear"), Text("coordinate_transformation_mode", "half_pixel"), Real("cubic_coeff_a", -0.75));

    /// <summary>
    /// A grid whose cell i lies at pixel s·i, at the pixels of its image: bilinear between the cells, the outermost cells' values beyond
    /// them, as <see cref="Models.CellSampling.AtPixels"/>.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="grid">[N, C, h, w] with h = ⌈H/s⌉ and w = ⌈W/s⌉.</param>
    /// <param name="stride">s.</param>
    /// <param name="images">[N, 3, H, W].</param>
    /// <returns>[N, C, H, W].</returns>
    public static Value AtPixels(this OnnxGraph graph, Value grid, int stride, Value images)
    {
        using Tensor scales = tensor(new float[] { 1, 1, stride, stride });
        Value whole = graph.Node(
            "Resize",
            [grid, new Value(""), graph.Constant(scales)],
            Text("mode", "linear"),
            Text("coordinate_transformation_mode", "asymmetric")
        );
        return graph.Node("Slice", [whole, graph.Row(0, 0), graph.Extents(images, 2, 4), graph.Row(2, 3)]); // s·h and s·w may be more
    }
}
