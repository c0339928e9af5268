using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Refinement;
using Wsss.Training;

namespace Wsss.Comparisons;

/// <summary>One way to train, by name: what is added to plain training.</summary>
/// <param name="Name">Its name in tables.</param>
public sealed record GridTraining(string Name)
{
    /// <summary>Techniques of its recipe; none is plain training.</summary>
    public IReadOnlyList<Technique> Techniques { get; init; } = [];

    /// <summary>Further classifiers on erased images; null for none.</summary>
    public IterativeErasing? Erasing { get; init; }

    /// <summary>Both together: the techniques of both, and the erasing of the one that has some.</summary>
    public GridTraining And(GridTraining other) => new($"{Name} + {other.Name}")
    {
        Techniques = [.. Techniques, .. other.Techniques],
        Erasing = Erasing ?? other.Erasing,
    };
}

/// <summary>
/// A comparison as data, as a file of <c>wsss compare</c> holds it: every training × extractor × refinement, with every seed.
/// </summary>
public sealed record ComparisonGrid
{
    /// <summary>Ways to train, the baseline first.</summary>
    public required IReadOnlyList<GridTraining> Trainings { get; init; }

    /// <summary>Ways to read maps off the classifiers.</summary>
    public IReadOnlyList<MapExtractor> Extractors { get; init; } = [new Cam()];

    /// <summary>Sizes of the input, relative to the image, at which maps are read; null for the experiment's.</summary>
    public IReadOnlyList<double>? Scales { get; init; }

    /// <summary>What is done to the maps; null stands for nothing.</summary>
    public IReadOnlyList<MapRefinement?> Refinements { get; init; } = [null];

    /// <summary>Seeds of the networks.</summary>
    public IReadOnlyList<int> Seeds { get; init; } = [1];

    /// <summary>Whether each goes on from its maps to a segmentation network, and to one trained on full masks, the ceiling.</summary>
    public bool Segment { get; init; }

    /// <summary>Reads a file in YAML or JSON.</summary>
    /// <exception cref="WsssException">There is no such file, or it is no grid.</exception>
    public static ComparisonGrid Load(string path) => File.Exists(path)
        ? WsssYaml.Read<ComparisonGrid>(File.ReadAllText(path), path)
        : throw new WsssException($"Expected a grid in YAML or JSON at '{path}', found no such file. `wsss compare ablation --print` shows one to start from.");

    /// <summary>The contenders; a name says only what differs among them.</summary>
    /// <param name="experiment">What they have in common: data, backbone, budget.</param>
    /// <exception cref="RecipeException">Something is compared with nothing, or a technique comes twice.</exception>
    public IReadOnlyList<Contender> Contenders(Experiment experiment)
    {
        if (Trainings.Count == 0 || Extractors.Count == 0 || Refinements.Count == 0)
            throw new RecipeException($"Expected at least one training, extractor and refinement (null for none), found {Trainings.Count}, {Extractors.Count} and {Refinements.Count}.");
        return
        [
            .. from training in Trainings
               from extractor in Extractors
               from refinement in Refinements
               select new Contender(
                   Name(training, extractor, refinement),
                   experiment with
                   {
                       Classifier = training.Techniques.Aggregate(experiment.Classifier, (recipe, technique) => recipe.With(technique)),
                       Maps = experiment.Maps with { Extractor = extractor, Scales = Scales ?? experiment.Maps.Scales },
                       Erasing = training.Erasing,
                       Refinement = refinement,
                   },
                   Segment),
        ];
    }

    private string Name(GridTraining training, MapExtractor extractor, MapRefinement? refinement) => string.Join(" + ",
    [
        training.Name,
        .. Extractors.Count > 1 ? [extractor.GetType().Name] : Array.Empty<string>(),
        .. refinement is not null ? [refinement.Name.Replace("Refinement", "")] : Array.Empty<string>(),
    ]);
}
