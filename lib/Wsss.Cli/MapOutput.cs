using System.CommandLine;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Storage;

namespace Wsss.Cli;

/// <summary>Writes maps of a split and their overview: all in one folder, or a part in one beside it.</summary>
internal static class MapOutput
{
    /// <summary>What was written.</summary>
    /// <param name="Folder">The folder.</param>
    /// <param name="Source">The split.</param>
    /// <param name="Images">Images with maps.</param>
    /// <param name="Kept">Those of them whose maps were there.</param>
    /// <param name="Picture">The overview; null for none.</param>
    public sealed record Written(string Folder, string Source, int Images, int Kept, string? Picture)
    {
        public string ToText(string what) =>
            $"{what} of {Images} images of {Source}{(Kept > 0 ? $", {Kept} of them kept" : "")}: {Folder}"
            + (Picture is null ? "" : $"\npicture: {Picture}");
    }

    /// <summary>Makes and writes maps.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="source">The split.</param>
    /// <param name="maps">Makes them.</param>
    /// <param name="before">Maps before refinement, for the overview; null for none.</param>
    /// <param name="overview">The overview.</param>
    /// <param name="options">Which part is wanted.</param>
    /// <param name="parsed">The arguments.</param>
    /// <param name="run">Progress, cancellation.</param>
    public static Written Write(
        string folder, IMaskedSource source, MapSource maps, MapFolder? before, MapOverview overview, ShardOption options,
        ParseResult parsed, RunContext run)
    {
        if (options.Of(parsed) is { } shard)
        {
            var part = MapParts.Write(folder, shard, source, maps, overview.ToNode(), run);
            return new Written(part.Folder, source.Name, part.Made + part.Kept, part.Kept, null);
        }
        var files = Files(folder, Enumerable.Range(0, source.Count).Select(source.Id));
        files.RefuseOthers();
        files.Begin();
        var shown = new List<(Sample Sample, LocalizationMaps Maps)>();
        var written = MapFolder.Write(
            folder,
            source,
            maps.Read(source).Select(item =>
            {
                if (shown.Count < overview.Pictures) shown.Add(item);
                return item;
            }),
            maps.Origin,
            run);
        return new Written(folder, source.Name, written.Ids.Count, 0, MapOverview.Draw(folder, source, before, shown));
    }

    /// <summary>What lies in a folder of maps and their overview.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="ids">Ids of the images.</param>
    public static OwnFiles Files(string folder, IEnumerable<string> ids) =>
        new(folder, "maps", [MapFolder.IndexFile, MapOverview.FileName, .. ids.Select(id => $"{id}.npz")]);
}
