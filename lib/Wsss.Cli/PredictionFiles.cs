using System.Text.Json.Nodes;
using Wsss.Annotations;
using Wsss.Pipeline;
using Wsss.Storage;

namespace Wsss.Cli;

/// <summary>What is made of predicted masks.</summary>
/// <param name="Formats">The formats.</param>
/// <param name="CocoForm">How a COCO file says which pixels are meant.</param>
/// <param name="Address">What stands before a photograph's file in Label Studio.</param>
internal sealed record PredictionOutput(IReadOnlyList<PredictionFormat> Formats, CocoForm CocoForm, string Address)
{
    /// <summary>As parts of a run keep it.</summary>
    public JsonNode ToNode() => JsonNode.Parse(WsssJson.Write(this))!;
}

/// <summary>Writes predicted masks in the formats that were asked for.</summary>
/// <param name="folder">The output folder.</param>
/// <param name="classNames">Names of the C classes.</param>
/// <param name="model">Hash of the model that made the masks.</param>
/// <param name="wanted">What to write.</param>
internal sealed class PredictionFiles(string folder, IReadOnlyList<string> classNames, string model, PredictionOutput wanted)
{
    private const string Coco = "coco.json", LabelStudio = "labelstudio.json", Interface = "labelstudio.xml", Cvat = "cvat.xml",
        Areas = "areas.csv";

    /// <summary>Whether there are overlays, which are made photograph by photograph.</summary>
    public bool HasOverlays => wanted.Formats.Contains(PredictionFormat.Overlay);

    /// <summary>What a run's parts were told to write.</summary>
    public static PredictionFiles Read(string folder, PredictionRun run) => new(
        folder, run.ClassNames, run.Model, WsssJson.Read<PredictionOutput>(run.Formats.ToJsonString(), "formats of the parts"));

    /// <summary>All that is written, the masks too.</summary>
    /// <param name="photographs">How many photographs there are.</param>
    public OwnFiles Own(int photographs) =>
        new(
            folder,
            "predict",
            [
                PredictionIndex.FileName, PredictionIndex.MaskFolder, PredictedMasks.ListFile,
                .. wanted.Formats.SelectMany(format => Names(format, photographs)),
            ]);

    private static IEnumerable<string> Names(PredictionFormat format, int photographs) =>
        format switch
        {
            PredictionFormat.Overlay => [PredictedMasks.OverlayFolder],
            PredictionFormat.Coco => [Coco],
            PredictionFormat.LabelStudio => [LabelStudio, Interface],
            PredictionFormat.Cvat => [Cvat],
            PredictionFormat.Csv => [Areas],
            PredictionFormat.Sheet => ContactSheet.Names(photographs),
            _ => [],
        };

    /// <summary>Writes all formats.</summary>
    /// <returns>The files, or folders of many.</returns>
    public IReadOnlyList<string> Write(PredictedMasks masks)
    {
        string[] tables = [.. WriteTables(masks)];
        var sheets = WritePictures(masks, HasOverlays);
        return [.. tables, .. sheets, .. OverlayFolder];
    }

    /// <summary>Writes overlays alone, for a part of the photographs.</summary>
    public void WriteOverlays(PredictedMasks masks)
    {
        if (!HasOverlays) return;
        foreach (var _ in masks.Overlays(write: true)) { }
    }

    /// <summary>Writes what is made of all masks together, where overlays are there already.</summary>
    /// <inheritdoc cref="Write"/>
    public IReadOnlyList<string> WriteOfAll(PredictedMasks masks) =>
        [.. WriteTables(masks), .. WritePictures(masks, overlays: false), .. OverlayFolder];

    private IReadOnlyList<string> OverlayFolder => HasOverlays ? [Path.Combine(folder, PredictedMasks.OverlayFolder)] : [];

    private IReadOnlyList<string> WriteTables(PredictedMasks masks)
    {
        var formats = wanted.Formats;
        var files = new List<string>();
        if (formats.Contains(PredictionFormat.Coco))
            Add(Coco, path => CocoFile.Write(path, classNames, masks.Read("COCO"), wanted.CocoForm));
        if (formats.Contains(PredictionFormat.LabelStudio))
        {
            Add(LabelStudio, path =>
                LabelStudioFile.Write(path, classNames, masks.Read("Label Studio"), $"wsss {model}", wanted.Address));
            Add(Interface, path => LabelStudioFile.WriteInterface(path, classNames));
        }
        if (formats.Contains(PredictionFormat.Cvat)) Add(Cvat, path => CvatFile.Write(path, classNames, masks.Read("CVAT")));
        if (formats.Contains(PredictionFormat.Csv)) Add(Areas, path => AreaTable.Write(path, classNames, masks.Read("areas")));
        return files;

        void Add(string name, Action<string> write)
        {
            string path = Path.Combine(folder, name);
            write(path);
            files.Add(path);
        }
    }

    private IReadOnlyList<string> WritePictures(PredictedMasks masks, bool overlays)
    {
        bool sheet = wanted.Formats.Contains(PredictionFormat.Sheet);
        if (!overlays && !sheet) return [];
        var pictures = masks.Overlays(write: overlays);
        if (sheet) return ContactSheet.Write(folder, classNames, pictures);
        foreach (var _ in pictures) { }
        return [];
    }
}
