using System.CommandLine;
using Wsss.Comparisons;
using Wsss.Pipeline;
using Wsss.Refinement;
using Wsss.Registry;
using Wsss.Sharpening;

namespace Wsss.Cli;

/// <summary><c>--saliency</c>: one place to say where saliency comes from, for all that looks at it.</summary>
internal sealed class SaliencyOption
{
    public Option<string?> From { get; } =
        new("--saliency")
        {
            Description =
                "Where saliency comes from, for -t SaliencyFusion, -r saliency and --segmenter-inference 'saliency={}': a TorchScript "
                    + "network (FILE.pt; 224×224 in, a map in 0…1 out), or, but for the last, a folder of ID.png in 8-bit grey. Default "
                    + "on drawn scenes: the project's own objectness network.",
        };

    /// <summary>The experiment with saliency from there.</summary>
    /// <exception cref="RecipeException">Nothing would look at it, or photographs lack it.</exception>
    public Experiment Apply(ParseResult parsed, Experiment experiment)
    {
        Check(parsed, experiment.Data!.Kind, LooksAtIt(experiment));
        return Set(parsed, experiment);
    }

    /// <summary>The contenders with saliency from there.</summary>
    /// <inheritdoc cref="Apply(ParseResult, Experiment)"/>
    public IReadOnlyList<Contender> Apply(ParseResult parsed, DataKind kind, IReadOnlyList<Contender> contenders)
    {
        Check(parsed, kind, contenders.Any(contender => LooksAtIt(contender.Experiment)));
        return [.. contenders.Select(contender => contender with { Experiment = Set(parsed, contender.Experiment) })];
    }

    /// <summary>The refinements with saliency from there.</summary>
    /// <inheritdoc cref="Apply(ParseResult, Experiment)"/>
    public IReadOnlyList<MapRefinement> Apply(ParseResult parsed, DataKind kind, IReadOnlyList<MapRefinement> refinements)
    {
        Check(parsed, kind, LooksAtIt(refinements));
        return Set(parsed, refinements);
    }

    private static bool LooksAtIt(Experiment experiment) =>
        experiment.Classifier.Techniques.OfType<SaliencyFusion>().Any() || LooksAtIt(experiment.Refinements)
            || experiment.Inference.Saliency is not null;

    private static bool LooksAtIt(IReadOnlyList<MapRefinement> refinements) =>
        refinements.SelectMany(step => step.Parts).OfType<SaliencyRefinement>().Any();

    private Experiment Set(ParseResult parsed, Experiment experiment)
    {
        if (PathOf(parsed) is not { } path)
            return experiment;
        return experiment with
        {
            Classifier = experiment.Classifier with
            {
                Techniques =
                [
                    .. experiment.Classifier.Techniques.Select(technique =>
                        technique is SaliencyFusion fusion ? fusion with { Saliency = path } : technique
                    ),
                ],
            },
            Refinements = Set(parsed, experiment.Refinements),
            Inference = experiment.Inference.Saliency is { } evidence
                ? experiment.Inference with { Saliency = evidence with { From = path } }
                : experiment.Inference,
        };
    }

    private IReadOnlyList<MapRefinement> Set(ParseResult parsed, IReadOnlyList<MapRefinement> refinements) => PathOf(parsed) is not { } path
        ? refinements
        : [.. refinements.Select(step => step.WithParts(part => part is SaliencyRefinement own ? own with { Saliency = path } : part))];

    private string? PathOf(ParseResult parsed) => parsed.GetValue(From) is { } given ? Path.GetFullPath(given) : null;

    private void Check(ParseResult parsed, DataKind kind, bool isUsed)
    {
        bool given = parsed.GetValue(From) is not null;
        if (given && !isUsed)
            throw new RecipeException(
                "Expected -t SaliencyFusion, -r saliency or --segmenter-inference 'saliency={}' with --saliency, found none of them: "
                    + "nothing would look at it."
            );
        if (!given && isUsed && kind == DataKind.Photographs)
        {
            throw new RecipeException(
                "Expected --saliency with photographs, as the project's own objectness network knows drawn scenes only; found none. "
                    + "Give a TorchScript network or a folder of maps."
            );
        }
    }
}
