using System.Text.Json.Nodes;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Refinement;
using Wsss.Registry;
using Wsss.Training;

namespace Wsss.Comparisons;

/// <summary>One way to train, by name: what is added to plain training.</summary>
/// <param name="Name">Its name in tables.</param>
public sealed record GridTraining(string Name)
{
    /// <summary>Techniques of its recipe; none is plain training.</summary>
    public IReadOnlyList<Technique> Techniques { get; init; } = [];

    /// <summary>A technique by itself; its name says which options it has, where they are not the suggested ones.</summary>
    /// <param name="technique">The technique.</param>
    /// <param name="kind">The data at hand.</param>
    public static GridTraining Of(Technique technique, DataKind kind)
    {
        string options = Family.Of<Technique>().PresetOf(technique, kind);
        return new(options == Family.SuggestedPreset ? technique.Name : $"{technique.Name} ({options})") { Techniques = [technique] };
    }

    /// <summary>Both together.</summary>
    public GridTraining And(GridTraining other) => new($"{Name} + {other.Name}") { Techniques = [.. Techniques, .. other.Techniques] };
}

/// <summary>
/// A comparison as data, as a file of <c>compare</c> holds it: every training × extractor × refinement, with every seed.
/// </summary>
public sealed record ComparisonGrid
{
    /// <summary>Ways to train, the baseline first.</summary>
    public required IReadOnlyList<GridTraining> Trainings { get; init; }

    /// <summary>Ways to read maps off the classifiers.</summary>
    public IReadOnlyList<MapExtractor> Extractors { get; init; } = [new Cam()];

    /// <summary>Sizes of the input, relative to the image, at which maps are read; null for the experiment's.</summary>
    public IReadOnlyList<double>? Scales { get; init; }

    /// <summary>
    /// What is done to the maps: lists of refinements, each list done one after the other; an empty list stands for nothing.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<MapRefinement>> Refinements { get; init; } = [[]];

    /// <summary>Seeds of the networks.</summary>
    public IReadOnlyList<int> Seeds { get; init; } = [1];

    /// <summary>Whether each goes on from its maps to a segmentation network, and to one trained on full masks, the ceiling.</summary>
    public bool Segment { get; init; }

    /// <summary>Reads a file in YAML or JSON.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">The data at hand, for options that are suggested.</param>
    /// <exception cref="WsssException">There is no such file, or it is no grid.</exception>
    public static ComparisonGrid Load(string path, DataKind? kind = null) => File.Exists(path)
        ? WsssYaml.Read<ComparisonGrid>(InputFile.ReadText(path, InputKind.Document), path, kind)
        : throw new WsssException(
            $"Expected a grid ({string.Join(", ", Family.Of<ReadyGrid>().Names)}) or a file in YAML or JSON, found neither at '{path}'. " +
            $"{NearNames.Question(Family.Of<ReadyGrid>().Names, path)}A ready grid that is printed is a file to start from.");

    /// <summary>The contenders; a name says only what differs among them.</summary>
    /// <param name="experiment">What they have in common: data, backbone, budget.</param>
    /// <exception cref="RecipeException">Something is compared with nothing, or a technique comes twice.</exception>
    public IReadOnlyList<Contender> Contenders(Experiment experiment)
    {
        if (Trainings.Count == 0 || Extractors.Count == 0 || Refinements.Count == 0)
        {
            throw new RecipeException(
                "Expected at least one training, extractor and list of refinements (an empty list for none), " +
                $"found {Trainings.Count}, {Extractors.Count} and {Refinements.Count}.");
        }
        return
        [
            .. from training in Trainings
               from extractor in Extractors
               from refinements in Refinements
               select new Contender(
                   Name(training, extractor, refinements),
                   experiment with
                   {
                       Classifier = training.Techniques.Aggregate(experiment.Classifier, (recipe, technique) => recipe.With(technique)),
                       Maps = experiment.Maps with { Extractor = extractor, Scales = Scales ?? experiment.Maps.Scales },
                       Refinements = refinements,
                   },
                   Segment),
        ];
    }

    private string Name(GridTraining training, MapExtractor extractor, IReadOnlyList<MapRefinement> refinements) => string.Join(" + ",
    [
        training.Name,
        .. Extractors.Count > 1 ? [NameOf(extractor, Extractors)] : Array.Empty<string>(),
        .. refinements.Select(refinement => NameOf(refinement, Refinements.SelectMany(steps => steps))),
    ]);

    // With the options in which those of the same name differ.
    private static string NameOf<T>(T member, IEnumerable<T> all)
        where T : class
    {
        string name = Family.NameOf(member);
        JsonObject[] same = [.. all.Where(other => Family.NameOf(other) == name).Select(Options)];
        string[] own =
        [
            .. Options(member)
                .Where(option => same.Any(other => !JsonNode.DeepEquals(other[option.Key], option.Value)))
                .Select(option => $"{option.Key} {Words(option.Value)}"),
        ];
        return own.Length == 0 ? name : $"{name} ({string.Join(", ", own)})";
    }

    private static JsonObject Options<T>(T member)
        where T : class => JsonNode.Parse(WsssJson.Write(member))!.AsObject().Single().Value!.AsObject();

    // Refinements within an option by their names, with the options that are not the published ones.
    private static string Words(JsonNode? value)
    {
        if (value is JsonArray items) return $"[{string.Join(',', items.Select(Words))}]";
        if (value is not JsonObject { Count: 1 } step || step.Single() is not { Key: var name, Value: JsonObject options }
            || Family.Of<MapRefinement>().TryFind(name)?.Published is not MapRefinement published)
        {
            return value?.ToJsonString().Replace("\"", "", StringComparison.Ordinal) ?? "none";
        }
        var usual = Options(published);
        string[] own =
        [
            .. options.Where(option => !JsonNode.DeepEquals(usual[option.Key], option.Value))
                .Select(option => $"{option.Key}:{Words(option.Value)}"),
        ];
        return own.Length == 0 ? name : $"{name}:{{{string.Join(',', own)}}}";
    }
}
