using System.Text.Json;
using Wsss.Localization;
using Wsss.Refinement;
using Wsss.Saliency;
using Wsss.Segmentation;
using Wsss.Storage;
using Wsss.Training;

namespace Wsss.Pipeline;

/// <summary>
/// All that masks of new photographs need, in one folder that can be moved: <c>model.json</c>, the classifier and, where there is one,
/// the segmentation network, each with its weights. Nothing that prediction reads lies outside.
/// </summary>
public sealed class ModelFolder
{
    /// <summary>Name of the description.</summary>
    public const string DescriptionFile = "model.json";

    private const string ClassifierFolder = "classifier", SegmenterFolder = "segmenter", SaliencyFile = "saliency.pt";

    private ModelFolder(string folder, ModelDescription description)
    {
        (Folder, Description) = (folder, description);
        // The same weights looked at in the same way give the same masks.
        Key = ArtifactStore.Key("model/1", WsssJson.Write(description with { Provenance = Nobody }));
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What it holds and how it is used.</summary>
    internal ModelDescription Description { get; }

    /// <summary>Names of the C classes.</summary>
    public IReadOnlyList<string> ClassNames => Description.ClassNames;

    /// <summary>Whether masks come from a segmentation network; from a classifier's maps otherwise.</summary>
    public bool HasSegmenter => Description.Segmentation is not null;

    /// <summary>Hash of all that decides a mask, but the image.</summary>
    public string Key { get; }

    private static Provenance Nobody { get; } =
        new()
        {
            Library = "",
            Seed = 0,
            Device = "",
            Threads = 0,
            Data = "",
            System = "",
            Seconds = 0,
        };

    /// <summary>Copies what a run has trained into a folder, which appears whole or not at all.</summary>
    /// <param name="folder">A new or empty folder, or one of a model, which is replaced.</param>
    /// <param name="experiment">How maps and images are looked at.</param>
    /// <param name="classifier">The classifier, as it lies in the store.</param>
    /// <param name="segmenter">The segmentation network, as it lies in the store; null where masks come from maps.</param>
    /// <param name="threshold">The background score of the maps, 0…1.</param>
    /// <param name="provenance">What it was made with.</param>
    /// <exception cref="WsssException">The folder holds other things.</exception>
    /// <exception cref="RecipeException">
    /// There is no segmentation network, and maps of new photographs cannot be made: several classifiers are merged, or a
    /// refinement learns from the training images or reads a folder of their saliency or regions.
    /// </exception>
    public static ModelFolder Save(
        string folder,
        Experiment experiment,
        TrainedClassifier classifier,
        TrainedSegmenter? segmenter,
        float threshold,
        Provenance provenance
    )
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (segmenter is null)
            RequireMapsOfNewPhotographs(experiment);
        RequireOurs(full);
        try
        {
            using var place = TemporaryFolder.Create(full);
            string next = place.Folder;
            var weights = new Dictionary<string, string>
            {
                [WeightsIn(ClassifierFolder)] = Copy(classifier.Folder, next, ClassifierFolder),
            };
            if (segmenter is not null)
                weights[WeightsIn(SegmenterFolder)] = Copy(segmenter.Folder, next, SegmenterFolder);
            // With a segmentation network they are a record of how it was taught.
            var refinements = segmenter is null
                ? [.. experiment.Refinements.Select(step => step.WithParts(part => WithOwnFiles(part, next, weights)))]
                : experiment.Refinements;
            var description = new ModelDescription
            {
                Schema = ModelDescription.CurrentSchema,
                ClassNames = classifier.Network.ClassNames,
                Maps = experiment.Maps,
                Refinements = refinements,
                Threshold = threshold,
                Segmentation = segmenter is null ? null : WithOwnFiles(experiment.Inference, next, weights),
                Weights = weights,
                Provenance = provenance,
            };
            AtomicFile.WriteText(Path.Combine(next, DescriptionFile), WsssJson.Write(description));
            var model = new ModelFolder(full, description);
            ArtifactManifest.Write(next, "model", model.Key, segmenter is null ? "classifier" : "classifier and segmentation network");
            place.Replace(full);
            DiskFlush.Folder(Path.GetDirectoryName(full)!);
            return model;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ArtifactException(
                $"Expected to write the model '{full}'; {error.Message} A model that was there before is still there.",
                error
            );
        }
    }

    /// <summary>Opens a model: checks that all its files are there and whole; no network is loaded yet.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="WsssException">There is no such folder, or its description is missing, broken or of another version.</exception>
    /// <exception cref="WeightFileException">A weight file is missing or not the one that was written; the message names it.</exception>
    /// <exception cref="ArtifactException">Another file of the model is not what was written; the message names it.</exception>
    public static ModelFolder Load(string folder)
    {
        string path = Path.Combine(folder, DescriptionFile);
        if (!Directory.Exists(folder))
            throw new WsssException($"Expected a folder of a model at '{folder}', found no such folder.");
        if (!File.Exists(path))
            throw new WsssException(
                $"Expected a model with '{DescriptionFile}', found none in '{folder}'. Give the folder that a run left."
            );
        // One of an older version has no manifest: then its weights alone are known.
        var stored = Artifact.Find(folder);
        stored?.Verified(DescriptionFile);
        string json = InputFile.ReadText(path, InputKind.Document);
        RequireSchema(json, path);
        var description = WsssJson.Read<ModelDescription>(json, path);
        foreach (var (name, hash) in description.Weights)
        {
            string file = Path.Combine(folder, name);
            if (!File.Exists(file))
                throw new WeightFileException($"Expected a model with '{name}', found no such file in '{folder}'. Copy the whole folder.");
            if (FileHash.Read(file) != hash)
                throw new WeightFileException(
                    $"{file}: expected what {DescriptionFile} names, found others or a part. Copy the whole folder."
                );
        }
        string needed = WeightsIn(description.Segmentation is null ? ClassifierFolder : SegmenterFolder);
        if (!description.Weights.ContainsKey(needed))
            throw new WsssException($"{path}: expected weights of '{needed}', found none.");
        stored?.Verify();
        return new ModelFolder(Path.GetFullPath(folder), description);
    }

    /// <summary>The classifier, on a device; the caller disposes it.</summary>
    /// <exception cref="WsssException">A file is missing or broken.</exception>
    public TrainedClassifier LoadClassifier(RunContext run) => TrainedClassifier.Load(Path.Combine(Folder, ClassifierFolder), run.Device);

    /// <summary>The segmentation network, on a device; the caller disposes it.</summary>
    /// <exception cref="WsssException">A file is missing or broken, or there is no such network.</exception>
    public TrainedSegmenter LoadSegmenter(RunContext run) => TrainedSegmenter.Load(Path.Combine(Folder, SegmenterFolder), run.Device);

    /// <summary>The refinements, with files where they lie now.</summary>
    internal IReadOnlyList<MapRefinement> Refinements => [.. Description.Refinements.Select(step => step.WithParts(part =>
        part is SaliencyRefinement own ? own with { Saliency = Here(own.Saliency) } : part))];

    /// <summary>How the segmentation network looks at images, with files where they lie now; null where there is none.</summary>
    internal SegmentationInference? Inference => Description.Segmentation is { Saliency: { } evidence } inference
        ? inference with { Saliency = evidence with { From = Here(evidence.From) } }
        : Description.Segmentation;

    private string Here(string saliency) => saliency == SaliencyFile ? Path.Combine(Folder, SaliencyFile) : saliency;

    private static string WeightsIn(string part) => $"{part}/{StoredTraining.WeightsFile}";

    private static string Copy(string from, string model, string part)
    {
        string to = Path.Combine(model, part);
        Directory.CreateDirectory(to);
        foreach (string name in StoredTraining.Files)
        {
            InputFile.Require(Path.Combine(from, name), InputKind.Weights);
            File.Copy(Path.Combine(from, name), Path.Combine(to, name));
        }
        string hash = FileHash.Read(Path.Combine(to, StoredTraining.WeightsFile));
        ArtifactManifest.Write(to, part, hash[..16], "part of a model");
        return hash;
    }

    private static SegmentationInference WithOwnFiles(SegmentationInference inference, string model, Dictionary<string, string> weights) =>
        inference.Saliency is { } evidence
            ? inference with { Saliency = evidence with { From = CopySaliency(evidence.From, model, weights) } }
            : inference;

    private static MapRefinement WithOwnFiles(MapRefinement refinement, string model, Dictionary<string, string> weights)
    {
        if (refinement is not SaliencyRefinement saliency) return refinement;
        return saliency with { Saliency = CopySaliency(saliency.Saliency, model, weights) };
    }

    /// <summary>Copies a saliency network that is not the shipped one.</summary>
    /// <returns>Its name in the model.</returns>
    private static string CopySaliency(string from, string model, Dictionary<string, string> weights)
    {
        if (from == SaliencySource.Shipped) return from;
        string copy = Path.Combine(model, SaliencyFile);
        InputFile.Require(from, InputKind.Weights);
        File.Copy(from, copy, overwrite: true);
        weights[SaliencyFile] = FileHash.Read(copy);
        return SaliencyFile;
    }

    private static void RequireMapsOfNewPhotographs(Experiment experiment)
    {
        const string Advice = "Train a segmentation network on their masks, which predicts new photographs.";
        if (experiment.Classifier.Techniques.OfType<IMapMaking>().FirstOrDefault() is Technique merging)
            throw new RecipeException($"Expected maps of one classifier, found {merging.Name}, which merges several. {Advice}");
        if (experiment.Refinements.FirstOrDefault(step => step.Learns) is { } learning)
        {
            throw new RecipeException(
                $"Expected refinements that need the photograph alone, found {learning.Name}, which learns from the training images. "
                    + $"{Advice}"
            );
        }
        if (experiment.Refinements.FirstOrDefault(step => step.FoldersOfImages.Any()) is { } reading)
        {
            throw new RecipeException(
                $"Expected refinements that need the photograph alone, found {reading.Name}, which reads the folder "
                    + $"'{reading.FoldersOfImages.First()}' with none of new photographs. {Advice}"
            );
        }
        int networks = experiment.Refinements.SelectMany(step => step.Parts).OfType<SaliencyRefinement>().Select(part => part.Saliency)
            .Where(saliency => saliency != SaliencySource.Shipped).Distinct().Count();
        if (networks > 1) throw new RecipeException($"Expected saliency from one network, found {networks}. {Advice}");
    }

    /// <summary>Refuses a folder that holds anything but a model, as that would be lost.</summary>
    internal static void RequireOurs(string folder)
    {
        if (File.Exists(folder)) throw new WsssException($"Expected a folder for the model, found the file '{folder}'.");
        if (!Directory.Exists(folder)) return;
        string[] ours = [DescriptionFile, ArtifactManifest.FileName, ClassifierFolder, SegmenterFolder, SaliencyFile];
        if (Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).FirstOrDefault(name => !ours.Contains(name)) is { } other)
            throw new WsssException($"Expected an empty folder or one of a model, found '{other}' in '{folder}'. Give another folder.");
    }

    private static void RequireSchema(string json, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            string found =
                root.ValueKind == JsonValueKind.Object && root.TryGetProperty("schema", out var value) ? value.GetRawText() : "none";
            if (found == $"{ModelDescription.CurrentSchema}")
                return;
            throw new WsssException(
                $"{path}: expected a model of schema {ModelDescription.CurrentSchema}, found {found}. Use the version of the library "
                    + "that wrote it."
            );
        }
        catch (JsonException error)
        {
            throw new WsssException($"{path}: expected a model's description as JSON; {error.Message}", error);
        }
    }
}
