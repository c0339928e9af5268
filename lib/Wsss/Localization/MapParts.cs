using System.Text.Json.Nodes;
using Wsss.Data;
using Wsss.Storage;

namespace Wsss.Localization;

/// <summary>
/// Maps of a split in parts (<see cref="Shard"/>), each in a folder of its own, and their folder put together from these.
/// </summary>
/// <remarks>
/// Images that may share a forward pass (<see cref="MapInference.ImagesTogether"/>) stay in one part, and are made together where work goes
/// on that was cut off: so the maps are those of the undivided run, bit by bit.
/// </remarks>
internal static class MapParts
{
    /// <summary>The kind of such parts.</summary>
    public const string Kind = "maps";

    /// <summary>What came of a part.</summary>
    /// <param name="Folder">Its folder.</param>
    /// <param name="Made">Images whose maps were made.</param>
    /// <param name="Kept">Images whose maps were there.</param>
    public sealed record Written(string Folder, int Made, int Kept);

    /// <summary>What the parts of maps note.</summary>
    /// <param name="Data">Hash of the split.</param>
    /// <param name="Run">What else decides the run's folder.</param>
    private sealed record Notes<T>(string Data, T Run);

    /// <summary>Makes the maps of a part; those that an earlier process has made are kept.</summary>
    /// <param name="target">The folder of the whole run; that of the part lies beside it.</param>
    /// <param name="shard">The part.</param>
    /// <param name="source">The whole split.</param>
    /// <param name="maps">Makes the maps.</param>
    /// <param name="notes">What else decides the run's folder, for whoever puts the parts together.</param>
    /// <param name="run">Progress, cancellation.</param>
    /// <exception cref="WsssException">The folder has a part of another run.</exception>
    public static Written Write(string target, Shard shard, ISampleSource source, MapSource maps, JsonNode notes, RunContext run)
    {
        string folder = shard.FolderOf(target);
        int[] numbers = [.. Enumerable.Range(0, source.Count).Where(i => shard.Holds(source.Id(First(i))))];
        var part = new Part
        {
            Kind = Kind,
            Run = ArtifactStore.Key("part of maps/1", maps.KeyFor(source), source.Fingerprint, notes.ToJsonString()),
            Shard = $"{shard}",
            Of = source.Count,
            Images = [.. numbers.Select(i => new PartImage(i, source.Id(i)))],
            Notes = new JsonObject { ["data"] = source.Fingerprint, ["run"] = notes.DeepClone() },
        };
        var before = Part.Find(folder);
        if (before is not null && (before.Run, before.Shard) != (part.Run, part.Shard))
            throw new WsssException($"Expected a part of this run in '{folder}', found one of another. Remove it, or give another folder.");
        // Only what this very run has left may be kept.
        int[] kept = before is null ? [] :
        [
            .. numbers.GroupBy(First).Where(together => together.All(i => IsThere(folder, source, i))).SelectMany(together => together),
        ];
        int[] rest = [.. numbers.Except(kept)];
        // Data that cannot be are refused here, before anything is written.
        var made = rest.Length == 0 ? [] : maps.Read(new Subset(source, rest));
        part.Write(folder);
        var whole = (ISampleSource)(numbers.Length > 0 ? new Subset(source, numbers) : source);
        var there = kept.ToDictionary(source.Id, source.Labels);
        foreach (var _ in MapFolder.WriteThrough(folder, whole, made, maps.Origin, run, there)) { }
        (part with { Finished = true }).Write(folder);
        return new Written(folder, rest.Length, kept.Length);
    }

    /// <summary>Puts parts together in an empty folder.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="folder">The folder to fill.</param>
    /// <param name="run">Progress, cancellation.</param>
    /// <exception cref="WsssException">A part's file is missing or broken.</exception>
    public static MapFolder Merge(PartSet parts, string folder, RunContext run)
    {
        int done = 0, count = parts.Parts[0].Part.Of;
        foreach (var (part, id) in parts.Images)
        {
            parts.Copy(folder, part, id + ".npz");
            run.Report("merge maps", ++done, count);
        }
        return MapFolder.WriteJoined(
            folder,
            NotesOf<JsonNode>(parts).Data,
            parts.Images.Select(image => image.Id),
            [.. parts.Parts.Select(item => MapFolder.Open(item.Folder))]);
    }

    /// <summary>The notes of a part's run, as they were given.</summary>
    /// <exception cref="WsssException">They are something else.</exception>
    public static T RunOf<T>(PartSet parts) => NotesOf<T>(parts).Run;

    private static Notes<T> NotesOf<T>(PartSet parts) => parts.Parts[0].Part.Read<Notes<T>>(parts.Parts[0].Folder);

    private static int First(int number) => number - number % MapInference.ImagesTogether;

    /// <summary>Whether an image's maps can be read, so far as the file tells.</summary>
    private static bool IsThere(string folder, ISampleSource source, int number)
    {
        string path = Path.Combine(folder, SampleFiles.RequireName(source.Id(number)) + ".npz");
        try
        {
            return File.Exists(path) && NpzFile.Read(path, MapFolder.ArrayName).Shape is [var count, _, _]
                && count == source.Labels(number).Count;
        }
        catch (DataSetException)
        {
            return false;
        }
    }
}
