using System.CommandLine;
using System.Text.Json.Nodes;
using Wsss.Data;
using Wsss.Figures;
using Wsss.Localization;

namespace Wsss.Cli;

/// <summary>The picture overview.png of the first maps of a split, and what it takes to draw it later.</summary>
/// <param name="Pictures">How many images it shows.</param>
/// <param name="Data">The data set, as somebody typed it, its path in full.</param>
/// <param name="Scale">Its scale.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Split">Its split.</param>
/// <param name="Before">Folder of the maps before refinement, in full; null for none.</param>
internal sealed record MapOverview(int Pictures, string Data, string Scale, int Seed, SplitName Split, string? Before = null)
{
    /// <summary>Name of the picture.</summary>
    public const string FileName = "overview.png";

    private const float Threshold = 0.3f;

    public static MapOverview Of(CommonOptions options, ParseResult parsed, int pictures, string? before = null)
    {
        string data = parsed.GetValue(options.Data)!;
        return new MapOverview(
            pictures,
            Path.Exists(data) ? Path.GetFullPath(data) : data,
            parsed.GetValue(options.Scale).ToString(),
            parsed.GetValue(options.Seed),
            parsed.GetValue(options.Split),
            before is null ? null : Path.GetFullPath(before));
    }

    /// <summary>As parts of a run keep it.</summary>
    public JsonNode ToNode() => JsonNode.Parse(WsssJson.Write(this))!;

    /// <summary>Draws it of a folder of maps that is finished.</summary>
    /// <returns>The picture; null for none.</returns>
    /// <exception cref="DataSetException">The data are not those that the maps are of.</exception>
    public string? Draw(MapFolder maps)
    {
        if (Pictures == 0 || maps.Ids.Count == 0) return null;
        var source = CommonOptions.SplitOf(DataSet.Parse(Data, Scale, Seed).Open(), Split);
        maps.RequireData(source);
        return Draw(
            maps.Folder, source, Before is null ? null : MapFolder.Open(Before, source),
            [.. Enumerable.Range(0, Math.Min(Pictures, source.Count)).Select(i => (source.Load(i), maps.Read(source.Id(i))))]);
    }

    /// <summary>Draws it.</summary>
    /// <param name="folder">Where it will lie.</param>
    /// <param name="source">The split.</param>
    /// <param name="before">Maps before refinement; null for none.</param>
    /// <param name="shown">The first images and their maps.</param>
    /// <returns>The picture; null where there is nothing to show.</returns>
    public static string? Draw(
        string folder, IMaskedSource source, MapFolder? before, IReadOnlyList<(Sample Sample, LocalizationMaps Maps)> shown)
    {
        if (shown.Count == 0) return null;
        var figure = before is null
            ? Gallery.Maps(shown, source.ClassNames, Threshold, $"maps of {source.Name}", source)
            : Gallery.Heats(
                [.. shown.Select(item => item.Sample)],
                source.ClassNames,
                $"maps of {source.Name}, first class",
                ("before", [.. shown.Select(item => before.Read(item.Sample.Id))]),
                ("after", [.. shown.Select(item => item.Maps)]));
        string path = Path.Combine(folder, FileName);
        figure.Save(path);
        return path;
    }
}
