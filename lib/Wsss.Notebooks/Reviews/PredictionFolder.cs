using System.Text.Json.Serialization;
using Wsss.Data;
using Wsss.Storage;

namespace Wsss.Notebooks.Reviews;

/// <summary>Predicted masks of photographs, as a folder with <c>predictions.json</c> lists them.</summary>
internal sealed class PredictionFolder
{
    /// <summary>Name of the list.</summary>
    public const string IndexFile = "predictions.json";

    private readonly string _folder;
    private readonly string _list;
    private readonly Listing _listing;

    private PredictionFolder(string folder, string list, Listing listing) => (_folder, _list, _listing) = (folder, list, listing);

    /// <summary>Names of the C classes.</summary>
    public IReadOnlyList<string> ClassNames => _listing.Classes;

    /// <summary>Number of photographs.</summary>
    public int Count => _listing.Images.Count;

    /// <summary>Hash of the classes' and the photographs' names.</summary>
    public string Fingerprint => ArtifactStore.Key(["predictions/1", .. ClassNames, .. _listing.Images.Select(image => image.Id)]);

    /// <summary>Reads the list, no picture yet.</summary>
    /// <exception cref="DataSetException">There is no list, or it names no photograph or one twice.</exception>
    /// <exception cref="WsssException">The list is no such JSON.</exception>
    public static PredictionFolder Open(string folder)
    {
        string list = Path.Combine(folder, IndexFile);
        if (!File.Exists(list))
            throw new DataSetException($"Expected a folder of predictions with '{IndexFile}', found none at '{folder}'.");
        var listing = WsssJson.Read<Listing>(InputFile.ReadText(list, InputKind.List), list);
        if (
            listing is { Classes: null } or { Images: null }
            || listing.Images.Any(image => image is null or { Id: null } or { Image: null } or { Mask: null })
        )
            throw new DataSetException($"{list}: expected classes, and images with id, image and mask, found null.");
        if (listing.Images.Count == 0)
            throw new DataSetException($"{list}: expected at least one photograph, found none.");
        if (listing.Images.GroupBy(image => image.Id).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new DataSetException($"{list}: expected each photograph once, found '{twice.Key}' {twice.Count()} times.");
        return new PredictionFolder(folder, list, listing);
    }

    /// <summary>Reads a photograph and its mask.</summary>
    /// <param name="index">Its place in the list.</param>
    /// <exception cref="ImageFileException">A file is missing or broken, or the mask does not fit the photograph or the
    /// classes.</exception>
    public PredictedPhotograph Read(int index)
    {
        var entry = _listing.Images[index];
        string maskPath = Path.Combine(_folder, entry.Mask);
        var image = ImageFile.ReadRgb(Path.Combine(_folder, entry.Image));
        var mask = ImageFile.ReadMask(maskPath);
        if ((mask.Width, mask.Height) != (image.Width, image.Height))
        {
            throw new ImageFileException(
                $"{maskPath}: expected the photograph's {image.Width}×{image.Height} pixels, found {mask.Width}×{mask.Height}. Predict "
                    + "again."
            );
        }
        if (mask.Values.FirstOrDefault(value => value > ClassNames.Count && value != LabelMap.Ignore) is var label and not 0)
        {
            throw new ImageFileException(
                $"{maskPath}: expected labels 0…{ClassNames.Count} or {LabelMap.Ignore}, as '{_list}' has {ClassNames.Count} classes, "
                    + $"found {label}."
            );
        }
        return new PredictedPhotograph(entry.Id, image, mask, entry.Doubt);
    }

    /// <summary>The list; whoever predicts may say more than is shown.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
    private sealed record Listing
    {
        public required IReadOnlyList<string> Classes { get; init; }

        public required IReadOnlyList<Entry> Images { get; init; }
    }

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
    private sealed record Entry
    {
        public required string Id { get; init; }

        public required string Image { get; init; }

        public required string Mask { get; init; }

        public double? Doubt { get; init; }
    }
}

/// <summary>A photograph and its predicted mask.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Image">The pixels.</param>
/// <param name="Mask">Of its size: 0 background, c + 1 for class c, 255 ignore.</param>
/// <param name="Doubt">How much the prediction is doubted, 0…1; null if nobody said.</param>
internal sealed record PredictedPhotograph(string Id, RgbImage Image, LabelMap Mask, double? Doubt);
