using System.CommandLine;
using Wsss.Comparisons;
using Wsss.Data;
using Wsss.Pipeline;
using Wsss.Refinement;
using Wsss.Sharpening;
using Wsss.Training;

namespace Wsss.Cli;

/// <summary><c>--saliency</c>: one place to say where saliency comes from, for all that looks at it.</summary>
internal sealed class SaliencyOption
{
    public Option<string?> From { get; } = new("--saliency")
    {
        Description = "Where saliency comes from, for -t SaliencyFusion and -r saliency: a TorchScript network (FILE.pt; 224×224 in, a map in 0…1 out), " +
            "or a folder of ID.png in 8-bit grey. Default on drawn scenes: the project's own objectness network.",
    };

    /// <summary>The experiment with saliency from there.</summary>
    /// <exception cref="RecipeException">Nothing would look at it, or photographs lack it.</exception>
    public Experiment Apply(ParseResult parsed, Experiment experiment)
    {
        Check(parsed, experiment.Data, LooksAtIt(experiment));
        return Set(parsed, experiment);
    }

    /// <summary>The contenders with saliency from there.</summary>
    /// <inheritdoc cref="Apply(ParseResult, Experiment)"/>
    public IReadOnlyList<Contender> Apply(ParseResult parsed, DataSpec data, IReadOnlyList<Contender> contenders)
    {
        Check(parsed, data, contenders.Any(contender => LooksAtIt(contender.Experiment)));
        return [.. contenders.Select(contender => contender with { Experiment = Set(parsed, contender.Experiment) })];
    }

    /// <summary>The refinement with saliency from there.</summary>
    /// <inheritdoc cref="Apply(ParseResult, Experiment)"/>
    public MapRefinement Apply(ParseResult parsed, DataSpec data, MapRefinement refinement)
    {
        Check(parsed, data, LooksAtIt(refinement));
        return Apply(parsed, refinement)!;
    }

    private static bool LooksAtIt(Experiment experiment) =>
        experiment.Classifier.Techniques.OfType<SaliencyFusion>().Any() || LooksAtIt(experiment.Refinement);

    private static bool LooksAtIt(MapRefinement? refinement) =>
        refinement is SaliencyRefinement || refinement is RefinementChain chain && chain.Steps.Any(LooksAtIt);

    private Experiment Set(ParseResult parsed, Experiment experiment) =>
        experiment with { Classifier = Apply(parsed, experiment.Classifier), Refinement = Apply(parsed, experiment.Refinement) };

    private Recipe Apply(ParseResult parsed, Recipe recipe) => Path(parsed) is not { } path ? recipe : recipe with
    {
        Techniques = [.. recipe.Techniques.Select(technique => technique is SaliencyFusion fusion ? fusion with { Saliency = path } : technique)],
    };

    private MapRefinement? Apply(ParseResult parsed, MapRefinement? refinement) => (refinement, Path(parsed)) switch
    {
        (SaliencyRefinement fusion, { } path) => fusion with { Saliency = path },
        (RefinementChain chain, { }) => chain with { Steps = [.. chain.Steps.Select(step => Apply(parsed, step)!)] },
        _ => refinement,
    };

    private string? Path(ParseResult parsed) => parsed.GetValue(From) is { } path ? System.IO.Path.GetFullPath(path) : null;

    private void Check(ParseResult parsed, DataSpec data, bool isUsed)
    {
        bool given = parsed.GetValue(From) is not null;
        if (given && !isUsed)
            throw new RecipeException("Expected -t SaliencyFusion or -r saliency with --saliency, found neither: nothing would look at it.");
        if (!given && isUsed && data.Folder is not null)
        {
            throw new RecipeException(
                "Expected --saliency with photographs, as the project's own objectness network knows drawn scenes only; found none. " +
                "Give a TorchScript network or a folder of maps.");
        }
    }
}
