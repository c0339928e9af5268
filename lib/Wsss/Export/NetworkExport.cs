using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Onnx;
using TorchSharp;
using Wsss.Data;
using Wsss.Models;
using Wsss.Segmentation;
using Wsss.Training;
using Wsss.Weights;

namespace Wsss.Export;

/// <summary>
/// Trained networks for other programs. What a reader must know lies in the file's metadata: <c>network</c>, <c>backbone</c>,
/// <c>classes</c> (a JSON array), <c>stride</c> and <c>offset</c> (cell i of a map lies at pixel offset + stride · i),
/// <c>input</c>, <c>mean</c> and <c>std</c>, <c>recipe</c> (JSON) and <c>library</c>. Equal networks give equal bytes.
/// </summary>
public static class NetworkExport
{
    private const string ClassifierKind = "classifier", SegmenterKind = "segmenter";

    /// <summary>Writes the network of a folder that training left, of either kind.</summary>
    /// <param name="folder">Folder of a trained classifier or segmentation network.</param>
    /// <param name="format">The format.</param>
    /// <param name="path">The file to write; an old one stays if this fails.</param>
    /// <exception cref="WsssException">The folder is of another kind, or broken; or the network cannot be written in that
    /// format.</exception>
    public static ExportedFile Write(string folder, ExportFormat format, string path)
    {
        if (KindOf(folder) == ClassifierKind)
        {
            using var classifier = TrainedClassifier.Load(folder, torch.CPU);
            return Write(classifier, format, path);
        }
        using var segmenter = TrainedSegmenter.Load(folder, torch.CPU);
        return Write(segmenter, format, path);
    }

    /// <summary>
    /// Writes a classifier. Its graph gives <c>logits</c> [N, C] before the sigmoid, <c>maps</c> [N, C, h, w] before ReLU and, of a head
    /// that has one, <c>background</c> [N, 1, h, w].
    /// </summary>
    /// <param name="classifier">Stays the caller's.</param>
    /// <param name="format">The format.</param>
    /// <param name="path">The file to write; an old one stays if this fails.</param>
    /// <exception cref="ExportException">The graph has a part that is of no known type.</exception>
    public static ExportedFile Write(TrainedClassifier classifier, ExportFormat format, string path)
    {
        var network = classifier.Network;
        var metadata = Metadata(ClassifierKind, classifier.Recipe, network.ClassNames, network.Backbone);
        if (format == ExportFormat.Safetensors) return WriteWeights(network, metadata, network.ClassNames, path);
        return WriteModel(OnnxModel.Of(network, metadata), metadata, network.ClassNames, path);
    }

    /// <summary>
    /// Writes a segmentation network. Its graph gives <c>scores</c> [N, C + 1, H, W] before the softmax; channel 0 is the background.
    /// </summary>
    /// <param name="segmenter">Stays the caller's.</param>
    /// <param name="format">The format.</param>
    /// <param name="path">The file to write; an old one stays if this fails.</param>
    /// <exception cref="ExportException">The graph has a part that is of no known type.</exception>
    public static ExportedFile Write(TrainedSegmenter segmenter, ExportFormat format, string path)
    {
        var metadata = Metadata(SegmenterKind, segmenter.Recipe, segmenter.ClassNames, segmenter.Network.Backbone);
        if (format == ExportFormat.Safetensors) return WriteWeights(segmenter.Network, metadata, segmenter.ClassNames, path);
        return WriteModel(OnnxModel.Of(segmenter.Network, segmenter.ClassNames.Count, metadata), metadata, segmenter.ClassNames, path);
    }

    private static ExportedFile WriteModel(
        ModelProto model,
        IReadOnlyDictionary<string, string> metadata,
        IReadOnlyList<string> classes,
        string path
    )
    {
        AtomicFile.Write(path, model.WriteTo);
        return new ExportedFile(
            path,
            ExportFormat.Onnx,
            metadata["network"],
            metadata["backbone"],
            classes,
            [.. model.Graph.Input.Select(Describe)],
            [.. model.Graph.Output.Select(Describe)]
        );

        static string Describe(ValueInfoProto value) =>
            $"{value.Name} [{string.Join(", ", value.Type.TensorType.Shape.Dim.Select(Extent))}]";

        static string Extent(TensorShapeProto.Types.Dimension extent) =>
            extent.DimParam.Length > 0 ? extent.DimParam : $"{extent.DimValue}";
    }

    private static ExportedFile WriteWeights(
        torch.nn.Module network, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<string> classes, string path)
    {
        NetworkWeights.Save(network, path, metadata);
        return new ExportedFile(path, ExportFormat.Safetensors, metadata["network"], metadata["backbone"], classes, [], []);
    }

    private static Dictionary<string, string> Metadata(string kind, NetworkRecipe recipe, IReadOnlyList<string> classes, Backbone backbone)
    {
        // Of images whose sides are multiples of the stride; those of other sizes have their cells elsewhere only in a transformer.
        CellAxis cells = backbone.Cells(backbone.OutputStride, backbone.OutputStride).Rows;
        // The path of the backbone's weights is the machine's own affair.
        var shown = recipe with { Backbone = recipe.Backbone with { Weights = Path.GetFileName(recipe.Backbone.Weights) } };
        return new Dictionary<string, string>
        {
            ["network"] = kind,
            ["backbone"] = recipe.Backbone.Name,
            ["classes"] = JsonSerializer.Serialize(classes),
            ["stride"] = cells.Stride.ToString(CultureInfo.InvariantCulture),
            ["offset"] = cells.Offset.ToString(CultureInfo.InvariantCulture),
            ["input"] = "RGB in 0...1, [N, 3, H, W]; the network sees (x - mean) / std",
            ["mean"] = JsonSerializer.Serialize(Normalization.Mean.ToArray()),
            ["std"] = JsonSerializer.Serialize(Normalization.Std.ToArray()),
            ["recipe"] = shown.ToJson(),
            ["library"] = Provenance.LibraryVersion,
        };
    }

    private static string KindOf(string folder)
    {
        string path = Path.Combine(folder, StoredTraining.WeightsFile);
        if (!File.Exists(path))
        {
            throw new ExportException(
                $"Expected the folder of a trained network; found no '{path}'. Give the folder of a trained classifier or segmentation "
                    + "network."
            );
        }
        using var file = SafeTensorsFile.Open(path);
        bool Has(string prefix) => file.Tensors.Keys.Any(key => key.StartsWith(prefix, StringComparison.Ordinal));
        if (Has("head."))
            return ClassifierKind;
        if (Has("aspp."))
            return SegmenterKind;
        throw new ExportException(
            $"Expected the weights of a classifier ('head.…') or a segmentation network ('aspp.…') in '{path}', found neither. "
                + "Give the folder of one of these."
        );
    }
}
