using System.Text.Json.Nodes;
using Wsss.Data;
using Wsss.Storage;

namespace Wsss.Pipeline;

/// <summary>What it takes to put parts of predictions together.</summary>
/// <param name="Model">Hash of all that decides a mask, but the image.</param>
/// <param name="Index">Hash that the index of masks begins with.</param>
/// <param name="ClassNames">Names of the C classes.</param>
/// <param name="Formats">What is made of the masks, as the run was told.</param>
internal sealed record PredictionRun(string Model, string Index, IReadOnlyList<string> ClassNames, JsonNode Formats);

/// <summary>Masks of new photographs in parts (<see cref="Shard"/>), each in a folder of its own.</summary>
internal static class PredictionParts
{
    /// <summary>The kind of such parts.</summary>
    public const string Kind = "predictions";

    /// <summary>Makes the masks of a part; those that are there are kept, as <see cref="Prediction.Run"/> keeps them.</summary>
    /// <param name="target">The folder of the whole run; that of the part lies beside it.</param>
    /// <param name="shard">The part.</param>
    /// <param name="prediction">How masks are made.</param>
    /// <param name="model">The model.</param>
    /// <param name="photographs">Those of the whole run.</param>
    /// <param name="formats">What will be made of the masks.</param>
    /// <param name="write">Writes what a part has beside its masks.</param>
    /// <param name="run">Device, progress, cancellation.</param>
    /// <returns>What came of the part's photographs.</returns>
    /// <exception cref="WsssException">The folder has masks of another model.</exception>
    public static PredictedImage[] Write(
        string target, Shard shard, Prediction prediction, ModelFolder model, IReadOnlyList<Photograph> photographs, JsonNode formats,
        Action<PredictedMasks> write, RunContext run)
    {
        string folder = shard.FolderOf(target), root = Path.GetFullPath(folder);
        var own = photographs.Index().Where(item => shard.Holds(item.Item.Id)).ToArray();
        var about = new PredictionRun(model.Key, prediction.IndexKey(model), model.ClassNames, formats);
        var part = new Part
        {
            Kind = Kind,
            Run = ArtifactStore.Key([
                "part of predictions/1", WsssJson.Write(about), .. photographs.Select(photograph => $"{photograph.Id}\n{photograph.File}"),
                .. prediction.Labels.OrderBy(item => item.Key, StringComparer.Ordinal)
                    .Select(item => $"{item.Key}: {string.Join(' ', item.Value)}"),
            ]),
            Shard = $"{shard}",
            Of = photographs.Count,
            Images = [.. own.Select(item => new PartImage(item.Index, item.Item.Id))],
            Notes = JsonNode.Parse(WsssJson.Write(new Notes(about, [])))!,
        };
        // Masks of another model are refused before the folder says that it is this run's.
        PredictionIndex.Open(folder, prediction.IndexKey(model), prediction.Overwrite).Dispose();
        part.Write(folder);
        PredictedImage[] images = [.. prediction.Run(model, [.. own.Select(item => item.Item)], folder, run)];
        write(new PredictedMasks(folder, model.ClassNames, images, run));
        var notes = new Notes(about, [.. images.Select(image => new PartPhotograph(
            image.Photograph.Id, image.Photograph.File, Path.GetRelativePath(root, image.Photograph.Path).Replace('\\', '/'),
            image.Error?.Message))]);
        (part with { Finished = true, Notes = JsonNode.Parse(WsssJson.Write(notes))! }).Write(folder);
        return images;
    }

    /// <summary>How the parts' masks were made.</summary>
    public static PredictionRun RunOf(PartSet parts) => parts.Parts[0].Part.Read<Notes>(parts.Parts[0].Folder).Run;

    /// <summary>Puts the masks and their index together in an empty folder.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="folder">The folder to fill.</param>
    /// <param name="overlays">Whether the parts have overlays.</param>
    /// <param name="run">Progress, cancellation.</param>
    /// <returns>What came of each photograph, in the run's order.</returns>
    /// <exception cref="WsssException">A part's file is missing or broken.</exception>
    public static PredictedImage[] Merge(PartSet parts, string folder, bool overlays, RunContext run)
    {
        var about = RunOf(parts);
        var indices = parts.Parts.Select(item => PredictionIndex.Read(item.Folder, about.Index)).ToArray();
        var photographs = parts.Parts
            .SelectMany(item => item.Part.Read<Notes>(item.Folder).Photographs.Select(photograph => (item.Folder, Photograph: photograph)))
            .ToDictionary(item => item.Photograph.Id);
        var images = new List<PredictedImage>();
        var entries = new List<IndexEntry>();
        foreach (var (part, id) in parts.Images)
        {
            run.Report("merge masks", images.Count, parts.Parts[0].Part.Of);
            string from = parts.Parts[part].Folder;
            if (!photographs.TryGetValue(id, out var found))
                throw new WsssException($"Expected '{id}' among a part's photographs, found none: '{from}'. Make it again.");
            string path = Path.GetFullPath(found.Photograph.Path, Path.GetFullPath(found.Folder));
            var photograph = new Photograph(id, found.Photograph.File, path);
            if (found.Photograph.Error is { } error)
            {
                images.Add(new PredictedImage(photograph) { Error = new ImageFileException(error) });
                continue;
            }
            if (!indices[part].TryGetValue(id, out var entry))
                throw new WsssException($"Expected '{id}' in a part's index, found none: '{from}'. Make it again.");
            string mask = Prediction.MaskOf(id);
            parts.Copy(folder, part, mask);
            if (overlays) parts.Copy(folder, part, $"{PredictedMasks.OverlayFolder}/{id}.jpg");
            entries.Add(entry);
            images.Add(new PredictedImage(photograph)
            {
                Mask = mask,
                Width = entry.Width,
                Height = entry.Height,
                Labels = entry.Labels,
            });
        }
        using var index = PredictionIndex.Open(folder, about.Index, overwrite: true);
        index.Complete(entries);
        return [.. images];
    }

    private sealed record Notes(PredictionRun Run, IReadOnlyList<PartPhotograph> Photographs);

    /// <summary>A photograph of a part.</summary>
    /// <param name="Id">Its name.</param>
    /// <param name="File">Its file, relative to the folder of photographs.</param>
    /// <param name="Path">Where it lies, relative to the part's folder, with forward slashes.</param>
    /// <param name="Error">Why it has no mask; null where it has one.</param>
    private sealed record PartPhotograph(string Id, string File, string Path, string? Error);
}
