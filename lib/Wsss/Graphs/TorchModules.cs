using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static Wsss.Graphs.OnnxGraph;

namespace Wsss.Graphs;

/// <summary>How PyTorch's modules are written: one case for each. Networks that are made of them need no code of their own.</summary>
internal static class TorchModules
{
    /// <summary>Writes a module: one of PyTorch's, or one that knows how itself.</summary>
    /// <returns>Its output.</returns>
    /// <exception cref="ExportException">A module of another type, which the message names.</exception>
    public static Value Run(this OnnxGraph graph, nn.Module<Tensor, Tensor> module, Value x) =>
        module switch
        {
            IGraphModule own => own.Write(graph, x),
            Sequential sequence => sequence
                .named_children()
                .Aggregate(x, (y, part) => graph.Run((nn.Module<Tensor, Tensor>)part.module, y)),
            Conv2d { padding: { } padding, padding_mode: PaddingModes.Zeros } conv => Convolve(graph, conv, padding, x),
            BatchNorm2d { affine: true, track_running_stats: true } norm => graph.Node(
                "BatchNormalization",
                [
                    x,
                    graph.State(norm, "weight"),
                    graph.State(norm, "bias"),
                    graph.State(norm, "running_mean"),
                    graph.State(norm, "running_var"),
                ],
                Real("epsilon", norm.eps)
            ),
            LayerNorm { elementwise_affine: true, bias: not null } norm => graph.Node(
                "LayerNormalization",
                [x, graph.State(norm, "weight"), graph.State(norm, "bias")],
                Int("axis", -norm.normalized_shape.Length),
                Real("epsilon", norm.eps)
            ),
            Linear linear => Apply(graph, linear, x),
            MaxPool2d { ceil_mode: false } pool => Pool(graph, pool, x),
            ReLU => graph.Relu(x),
            ReLU6 => graph.Node("Clip", [x, graph.Scalar(0), graph.Scalar(6)]),
            GELU => graph.Gelu(x),
            Dropout or Dropout2d or Identity => x,
            _ => throw new ExportException(
                $"Expected modules that can be written as ONNX ({nameof(Conv2d)}, {nameof(BatchNorm2d)}, {nameof(LayerNorm)}, "
                    + $"{nameof(Linear)}, "
                    + $"{nameof(MaxPool2d)}, {nameof(ReLU)}, {nameof(ReLU6)}, {nameof(GELU)}, {nameof(Dropout)}, {nameof(Sequential)}, "
                    + "with zero padding, and this "
                    + $"library's own); found {module.GetType().Name}. Build the network of those, or write it as safetensors."
            ),
        };

    /// <summary>x · Φ(x), Φ the normal distribution function.</summary>
    public static Value Gelu(this OnnxGraph graph, Value x)
    {
        Value twice = graph.Add(graph.Node("Erf", [graph.Multiply(x, graph.Scalar(Math.Sqrt(0.5)))]), graph.Scalar(1));
        return graph.Multiply(graph.Multiply(x, graph.Scalar(0.5)), twice);
    }

    private static Value Convolve(OnnxGraph graph, Conv2d conv, long[] padding, Value x)
    {
        Value weight = graph.State(conv, "weight");
        Value[] inputs = conv.bias is null ? [x, weight] : [x, weight, graph.State(conv, "bias")];
        return graph.Node(
            "Conv", inputs, Ints("kernel_shape", conv.kernel_size), Ints("strides", conv.stride), Ints("pads", Twice(padding)),
            Ints("dilations", conv.dilation), Int("group", conv.groups));
    }

    private static Value Apply(OnnxGraph graph, Linear linear, Value x)
    {
        Value product = graph.MatMul(x, graph.Permute(graph.State(linear, "weight"), 1, 0));
        return linear.bias is null ? product : graph.Add(product, graph.State(linear, "bias"));
    }

    private static Value Pool(OnnxGraph graph, MaxPool2d pool, Value x) => graph.Node(
        "MaxPool", [x], Ints("kernel_shape", Both(pool.kernel_size)), Ints("strides", Both(pool.stride ?? pool.kernel_size)),
        Ints("pads", Twice(Both(pool.padding ?? [0]))), Ints("dilations", Both(pool.dilation ?? [1])));

    // One number stands for both axes.
    private static long[] Both(long[] values) => values.Length == 1 ? [values[0], values[0]] : values;

    // Before the first cell and after the last.
    private static long[] Twice(long[] padding) => [.. padding, .. padding];
}
