using System.IO.Compression;
using TorchSharp;
using Wsss.Data;
using Wsss.Export;
using Wsss.Models;
using Wsss.Notebooks.Reports;
using Wsss.Notebooks.Reviews;
using Wsss.Training;

namespace Wsss.Notebooks.Play;

/// <summary>
/// A page that runs a classifier in the reader's browser: scores of the classes, their maps, a threshold to move, and the mask, for the
/// samples on it and any picture of the reader's. All lies beside the page, which loads nothing from elsewhere, opened as a file too.
/// </summary>
/// <remarks>
/// The network is the graph of <see cref="NetworkExport"/>; maps are those of <see cref="Localization.MapInference"/> at one scale with
/// the mirrored image, and masks those of <see cref="ThresholdRule"/>, within the rounding of float32. Pictures larger than the
/// samples are made smaller by the browser.
/// </remarks>
internal static class PlayPage
{
    private static readonly string[] Resources = ["report.css", "play.css", "play-network.js", "play.js"];

    /// <summary>Writes <c>index.html</c> and what it loads.</summary>
    /// <param name="classifier">On the CPU, in evaluation mode; stays the caller's.</param>
    /// <param name="samples">At least one picture to begin with.</param>
    /// <param name="threshold">Where the slider begins, 0…1.</param>
    /// <param name="runtime">What runs the network in a browser.</param>
    /// <param name="folder">Where the files go; created if missing, a page of this kind in it is replaced.</param>
    /// <returns>The path of the page.</returns>
    /// <exception cref="WsssException">The classifier's maps are not what its graph gives, or cannot be placed by one stride; or the
    /// folder has files of somebody else that would be lost.</exception>
    public static string Write(
        TrainedClassifier classifier, IReadOnlyList<Sample> samples, double threshold, PlayRuntime runtime, string folder)
    {
        var target = new PageFolder(folder, PageKind.Play, [.. Resources, "runtime.js", "glue.js", "assembly.js", "model.js"]);
        CellAxis cells = CellsOf(classifier.Network, samples[0].Image);
        DirectoryInfo work = Directory.CreateTempSubdirectory("wsss-play-");
        try
        {
            string model = Path.Combine(work.FullName, "model.onnx");
            NetworkExport.Write(classifier, ExportFormat.Onnx, model);
            var data = new PlayData(
                [.. classifier.Network.ClassNames.Select((name, c) => new ReviewClass(name, ReviewPage.ColorOf(c)))],
                cells.Stride,
                cells.Offset,
                samples.Max(sample => Math.Max(sample.Image.Width, sample.Image.Height)),
                (int)Math.Round(100 * threshold),
                [.. samples.Select(sample => new PlaySample(sample.Labels, DataUrl(sample.Image, work.FullName)))]
            );

            target.Begin();
            PageResources.Write(folder, Resources);
            using (var script = InputFile.Open(runtime.Script, InputKind.Script))
                AtomicFile.Write(target.PathOf("runtime.js"), script.CopyTo);
            WritePart(folder, "glue", runtime.Glue, InputKind.Script);
            WritePart(folder, "assembly", runtime.Assembly, InputKind.Script);
            WritePart(folder, "model", model, InputKind.Weights);
            return target.End(PlayHtml.Write(classifier.Network, data));
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    /// <summary>Where the cells of a classifier's maps lie, along either axis.</summary>
    private static CellAxis CellsOf(Classifier network, RgbImage image)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        HeadOutput head = network.call(Loader.ImageTensor(image, torch.CPU), null).Head;
        if (head.Refined is not null || head.Fused is not null)
        {
            throw new ExportException(
                "Expected a classifier whose maps are those of its graph, found one whose head refines or fuses them afterwards. "
                    + "Train one without Equivariance's refinement and FeatureErasing.");
        }
        int stride = network.Backbone.OutputStride;
        CellGeometry cells = network.Backbone.Cells(stride, stride);
        // A transformer resizes images whose sides are no multiples of its patch.
        return cells == network.Backbone.Cells(stride + 1, stride + 1) && cells.Rows == cells.Columns
            ? cells.Rows
            : throw new ExportException("Expected a convolutional classifier, found one whose cells depend on the size of the image.");
    }

    private static string DataUrl(RgbImage image, string work)
    {
        string path = Path.Combine(work, "sample.png");
        ImageFile.WritePng(path, image);
        return $"data:image/png;base64,{Convert.ToBase64String(InputFile.ReadBytes(path, InputKind.Image))}";
    }

    /// <summary>A file as a script: a page that was opened as a file may not read files, but it may load scripts.</summary>
    private static void WritePart(string folder, string name, string path, InputKind kind)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        using (var file = InputFile.Open(path, kind))
            file.CopyTo(zlib);
        string base64 = Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
        AtomicFile.WriteText(Path.Combine(folder, $"{name}.js"), $"playNetwork.receive('{name}', '{base64}');\n");
    }
}
