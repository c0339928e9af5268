using Onnx;
using Wsss.Data;
using Wsss.Graphs;
using Wsss.Models;
using Wsss.Segmentation;
using static TorchSharp.torch;

namespace Wsss.Export;

/// <summary>
/// Networks as ONNX models. The input <c>images</c> [N, 3, H, W] is RGB in 0…1; it is normalised inside. N, H and W are free.
/// </summary>
internal static class OnnxModel
{
    private const string Batch = "batch", Height = "height", Width = "width", Rows = "rows", Columns = "columns";

    /// <summary>
    /// A classifier: <c>logits</c> [N, C] before the sigmoid, <c>maps</c> [N, C, h, w] before ReLU, and <c>background</c> [N, 1, h, w]
    /// where the head has one.
    /// </summary>
    /// <param name="network">Stays the caller's; its mode does not matter, inference is written.</param>
    /// <param name="metadata">Free text to keep with it.</param>
    /// <exception cref="ExportException">A part of the network is of a type that cannot be written.</exception>
    public static ModelProto Of(Classifier network, IReadOnlyDictionary<string, string> metadata)
    {
        using var scope = NewDisposeScope();
        var graph = new OnnxGraph(network);
        HeadValues head = network.Head.Write(graph, network.Backbone.Write(graph, NormalizedImages(graph)));
        string classes = $"{network.ClassNames.Count}";
        graph.Output("logits", head.Logits, Batch, classes);
        graph.Output("maps", head.Maps, Batch, classes, Rows, Columns);
        if (head.Background is { } background) graph.Output("background", background, Batch, "1", Rows, Columns);
        return graph.ToModel(metadata);
    }

    /// <summary>A segmentation network: <c>scores</c> [N, C + 1, H, W] before the softmax, channel 0 the background.</summary>
    /// <param name="network">Stays the caller's; its mode does not matter, inference is written.</param>
    /// <param name="classes">C.</param>
    /// <param name="metadata">Free text to keep with it.</param>
    /// <exception cref="ExportException">A part of the network is of a type that cannot be written.</exception>
    public static ModelProto Of(DeepLab network, int classes, IReadOnlyDictionary<string, string> metadata)
    {
        using var scope = NewDisposeScope();
        var graph = new OnnxGraph(network);
        graph.Output("scores", network.Write(graph, NormalizedImages(graph)), Batch, $"{classes + 1}", Height, Width);
        return graph.ToModel(metadata);
    }

    private static Value NormalizedImages(OnnxGraph graph)
    {
        using Tensor mean = tensor(Normalization.Mean.ToArray()).view(1, 3, 1, 1),
            std = tensor(Normalization.Std.ToArray()).view(1, 3, 1, 1);
        Value images = graph.Input("images", Batch, "3", Height, Width);
        return graph.Divide(graph.Subtract(images, graph.Constant(mean)), graph.Constant(std));
    }
}
