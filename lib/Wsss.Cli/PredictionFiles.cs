using Wsss.Annotations;
using Wsss.Pipeline;

namespace Wsss.Cli;

/// <summary>Writes predicted masks in the formats that were asked for.</summary>
/// <param name="folder">The output folder.</param>
/// <param name="model">What made the masks.</param>
/// <param name="coco">How a COCO file says which pixels are meant.</param>
/// <param name="address">What stands before a photograph's file in Label Studio.</param>
internal sealed class PredictionFiles(string folder, ModelFolder model, CocoForm coco, string address)
{
    /// <summary>Writes all formats.</summary>
    /// <returns>The files, or folders of many.</returns>
    public IReadOnlyList<string> Write(PredictedMasks masks, IReadOnlyList<PredictionFormat> formats)
    {
        var names = model.ClassNames;
        var files = new List<string>();
        if (formats.Contains(PredictionFormat.Coco)) Add("coco.json", path => CocoFile.Write(path, names, masks.Read("COCO"), coco));
        if (formats.Contains(PredictionFormat.LabelStudio))
        {
            Add("labelstudio.json", path => LabelStudioFile.Write(path, names, masks.Read("Label Studio"), $"wsss {model.Key}", address));
            Add("labelstudio.xml", path => LabelStudioFile.WriteInterface(path, names));
        }
        if (formats.Contains(PredictionFormat.Cvat)) Add("cvat.xml", path => CvatFile.Write(path, names, masks.Read("CVAT")));
        if (formats.Contains(PredictionFormat.Csv)) Add("areas.csv", path => AreaTable.Write(path, names, masks.Read("areas")));
        files.AddRange(WritePictures(masks, formats));
        return files;

        void Add(string name, Action<string> write)
        {
            string path = Path.Combine(folder, name);
            write(path);
            files.Add(path);
        }
    }

    private IEnumerable<string> WritePictures(PredictedMasks masks, IReadOnlyList<PredictionFormat> formats)
    {
        bool overlays = formats.Contains(PredictionFormat.Overlay), sheet = formats.Contains(PredictionFormat.Sheet);
        if (!overlays && !sheet) return [];
        var pictures = masks.Overlays(write: overlays);
        IReadOnlyList<string> sheets = [];
        if (sheet) sheets = ContactSheet.Write(folder, model.ClassNames, pictures);
        else foreach (var _ in pictures) { }
        return overlays ? [.. sheets, Path.Combine(folder, PredictedMasks.OverlayFolder)] : sheets;
    }
}
