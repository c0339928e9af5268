using Wsss.Graphs;
using static TorchSharp.torch;

namespace Wsss.Models;

/// <content>How the network is written as a graph, for images of any size.</content>
public sealed partial class VisionTransformer
{
    internal override ActivationValues WriteLayer(OnnxGraph graph, int index, ActivationValues x)
    {
        if (index == 0) return WriteEmbedding(graph, x.Grid);
        if (index <= _blocks.Length) return WriteSplit(graph, graph.Run(_blocks[index - 1], WriteJoined(graph, x)), x.Grid);
        ActivationValues normalized = WriteSplit(graph, graph.Run(_norm, WriteJoined(graph, x)), x.Grid);
        return Kind == TokenKind.PerClass ? normalized with { ClassTokens = x.ClassTokens } : normalized;
    }

    internal override Value WriteAtPixels(OnnxGraph graph, Value grid, Value images)
    {
        Value down = WeightsOfCells(graph, grid, images, axis: 2);                                         // [H, h]
        Value across = graph.Permute(WeightsOfCells(graph, grid, images, axis: 3), 1, 0);                  // [w, W]
        return graph.MatMul(down, graph.MatMul(grid, across));
    }

    private ActivationValues WriteEmbedding(OnnxGraph graph, Value images)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        Value sides = graph.Divide(graph.Add(graph.Extents(images, 2, 4), graph.Row(Shape.Patch / 2)), graph.Row(Shape.Patch));
        sides = graph.Multiply(graph.Max(sides, graph.Row(1)), graph.Row(Shape.Patch));                    // as Multiple
        Value grid = graph.Run(_patchEmbed, graph.Resize(images, sides));       // [N, K, h, w]
        Value positions = graph.Constant(Positions.narrow(1, ClassTokens, Shape.Grid * Shape.Grid)
            .transpose(1, 2).reshape(1, Channels, Shape.Grid, Shape.Grid));
        Value tokens = graph.Constant(PlacedTokens());
        Value count = graph.Concat(0, graph.Extents(grid, 0, 1), graph.Row(ClassTokens, Channels));
        return new ActivationValues(
            graph.Add(grid, graph.Resize(positions, graph.Extents(grid, 2, 4), cubic: true)), graph.Expand(tokens, count));
    }

    private static Value WriteJoined(OnnxGraph graph, ActivationValues x)
    {
        Value patches = graph.Permute(graph.Reshape(x.Grid, 0, 0, -1), 0, 2, 1);                           // [N, h·w, K]
        return graph.Concat(1, x.ClassTokens!.Value, patches);                                             // [N, C + h·w, K]
    }

    private ActivationValues WriteSplit(OnnxGraph graph, Value tokens, Value grid)
    {
        Value patches = graph.Permute(graph.Narrow(tokens, 1, ClassTokens), 0, 2, 1);                      // [N, K, h·w]
        return new ActivationValues(graph.Node("Reshape", [patches, graph.Extents(grid, 0, 4)]), graph.Narrow(tokens, 1, 0, ClassTokens));
    }

    // As CellSampling does it for CellsOf. Row x: how much of each cell pixel x takes: a hat around the place of the pixel among the cells.
    private Value WeightsOfCells(OnnxGraph graph, Value grid, Value images, long axis)
    {
        double offset = Shape.ConvolutionalStem ? 0 : (Shape.Patch - 1) / 2.0;
        Value cells = graph.Extents(grid, axis, axis + 1),
            pixels = graph.Extents(images, axis, axis + 1);
        Value ratio = graph.Divide(graph.Multiply(graph.ToFloat(cells), graph.Scalar(Shape.Patch)), graph.ToFloat(pixels));
        Value at = graph.Multiply(graph.Add(UpTo(pixels), graph.Scalar(0.5)), ratio); // of the resized image, from its edge
        at = graph.Multiply(graph.Subtract(at, graph.Scalar(offset + 0.5)), graph.Scalar(1.0 / Shape.Patch));
        at = graph.Min(graph.Max(at, graph.Scalar(0)), graph.Subtract(graph.ToFloat(cells), graph.Scalar(1)));
        Value distance = graph.Node("Abs", [graph.Subtract(graph.Unsqueeze(at, 1), graph.Unsqueeze(UpTo(cells), 0))]);
        return graph.Relu(graph.Subtract(graph.Scalar(1), distance));

        // 0, 1, 2, …
        Value UpTo(Value count)
        {
            using Tensor zero = tensor(0L),
                one = tensor(1L);
            return graph.ToFloat(graph.Node("Range", [graph.Constant(zero), graph.Select(count, 0, 0), graph.Constant(one)]));
        }
    }
}
