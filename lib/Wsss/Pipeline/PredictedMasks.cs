using Wsss.Annotations;
using Wsss.Data;
using Wsss.Figures;

namespace Wsss.Pipeline;

/// <summary>The masks that a <see cref="Prediction"/> left in a folder, for whatever is made of them.</summary>
/// <param name="folder">The folder.</param>
/// <param name="classNames">Names of the C classes.</param>
/// <param name="images">What came of the photographs; those without mask are left out.</param>
/// <param name="run">Workers, progress, cancellation.</param>
public sealed class PredictedMasks(string folder, IReadOnlyList<string> classNames, IEnumerable<PredictedImage> images, RunContext run)
{
    /// <summary>Name of the list of masks.</summary>
    public const string ListFile = "predictions.json";

    /// <summary>Folder of the overlays.</summary>
    public const string OverlayFolder = "overlays";

    private readonly PredictedImage[] _images = [.. images.Where(image => image.Error is null)];

    /// <summary>Number of masks.</summary>
    public int Count => _images.Length;

    /// <summary>Reads the masks one after the other, each time anew.</summary>
    /// <param name="stage">What is made of them, for progress.</param>
    public IEnumerable<AnnotatedImage> Read(string stage) => InOrder(stage, Read);

    /// <summary>Writes <c>predictions.json</c>: the classes, and of each image its id, file, mask, classes and size.</summary>
    /// <returns>The file.</returns>
    public string WriteList()
    {
        string path = Path.Combine(folder, ListFile), root = Path.GetFullPath(folder);
        AtomicFile.WriteText(path, WsssJson.Write(new PredictionList(classNames, [.. _images.Select(image => new Listed(
            image.Photograph.Id, Path.GetRelativePath(root, image.Photograph.Path).Replace(Path.DirectorySeparatorChar, '/'), image.Mask,
            [.. image.Labels.Select(c => classNames[c])], [image.Width, image.Height]))])));
        return path;
    }

    /// <summary>Lays the masks over their photographs, on several threads.</summary>
    /// <param name="write">Whether to write each as <c>overlays/ID.jpg</c>.</param>
    /// <returns>Small ones for a contact sheet, to be enumerated to the end.</returns>
    /// <exception cref="ImageFileException">A photograph has been changed meanwhile.</exception>
    public IEnumerable<SheetPicture> Overlays(bool write) => InOrder("overlays", image =>
    {
        var annotated = Read(image);
        var photograph = ImageFile.ReadRgb(image.Photograph.Path);
        if ((photograph.Width, photograph.Height) != (image.Width, image.Height))
        {
            throw new ImageFileException(
                $"{image.Photograph.Path}: expected the {image.Width}×{image.Height} pixels of its mask, " +
                $"found {photograph.Width}×{photograph.Height}. Predict again.");
        }
        var overlay = Overlay.Mask(photograph, annotated.Mask);
        if (write) ImageFile.WriteJpeg(Path.Combine(folder, OverlayFolder, image.Photograph.Id + ".jpg"), overlay);
        return ContactSheet.Picture(annotated, overlay);
    });

    private AnnotatedImage Read(PredictedImage image) => new(image.Photograph.File, ImageFile.ReadMask(Path.Combine(folder, image.Mask)));

    private IEnumerable<T> InOrder<T>(string stage, Func<PredictedImage, T> make)
    {
        using var items = new OrderedPrefetch<T>(_images.Length, 2 * run.Workers, run.Workers, i => make(_images[i]));
        for (int i = 0; i < _images.Length; i++)
        {
            yield return items.Next();
            run.Report(stage, i + 1, _images.Length);
        }
    }

    private sealed record PredictionList(IReadOnlyList<string> Classes, IReadOnlyList<Listed> Images);

    private sealed record Listed(
        string Id, string Image, string Mask, IReadOnlyList<string> Labels, IReadOnlyList<int> Size);
}
