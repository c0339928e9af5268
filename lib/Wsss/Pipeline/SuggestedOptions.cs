using Wsss.Data;
using Wsss.Expansion;
using Wsss.Sharpening;
using Wsss.Training;

namespace Wsss.Pipeline;

/// <summary>
/// The techniques that the ready comparisons take, with options for small networks and short trainings. The published ones
/// are made for days of training on crops of 321 to 448 pixels; those that differ here were chosen on the validation split of
/// drawn scenes, with one seed.
/// </summary>
/// <remarks>
/// Boundary loss: only the surest cues, as the cues are the network's own maps and most of what lies above .2 of their maximum
/// is background; little weight on them and more on the border. Equivariance: not much smaller an image and a low weight, as
/// objects of 30 pixels have nothing left at .3, and a higher weight costs more in classification than the maps gain.
/// Multi-dilation: rates for maps of 12 × 12 places. Iterative erasing: half the published share, as objects are small, and
/// decoys, as a classifier otherwise reads the outline of the hole; no rule, as it stops for the animals, which gain most.
/// Random erasing: half the published share of hidden cells, as ten epochs do not suffice to learn from what is left. Feature
/// erasing: only the peak, as .6 of the range of a map that is mostly negative is nearly all of it. Mixup: a tenth of the
/// published weights on its regularisers, which reward a small network for pointing at one part.
/// </remarks>
public static class SuggestedOptions
{
    /// <summary>The techniques, each once. Photographs need a saliency of their own: set it on saliency fusion.</summary>
    /// <param name="data">Drawn scenes, or photographs, which take a larger weight on the saliency: of few steps, each must say more.</param>
    public static IReadOnlyList<Technique> Techniques(DataSpec data)
    {
        var published = new BoundaryLoss().Crf;
        return
        [
            new BoundaryLoss
            {
                ForegroundCue = 0.7,
                BackgroundCue = 0.3,
                SeedWeight = 0.3,
                ExpandWeight = 0.7,
                ConstrainWeight = 3,
                Ramp = 0.5,
                Crf = published with { Bilateral = published.Bilateral! with { Weight = 20 } },
            },
            new SaliencyFusion { Weight = data.Folder is null ? 1 : 4 },
            new Equivariance { Scale = 0.75, Weight = 2, Ramp = 0.5 },
            new RandomErasing { Probability = 0.25 },
            new FeatureErasing { Threshold = 0.95 },
            new MultiDilation { Rates = [1, 2, 3, 4] },
            new Mixup { EntropyWeight = 0.006, ConcentrationWeight = 0.063 },
        ];
    }

    /// <summary>Iterative erasing, which wraps a recipe.</summary>
    public static IterativeErasing Erasing { get; } = new() { Steps = 2, Share = 0.1, Decoys = true, StopBelow = 0 };
}
