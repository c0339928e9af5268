using Wsss.Data;
using Wsss.Localization;
using Wsss.Registry;
using Wsss.Training;

namespace Wsss.Expansion;

/// <summary>
/// Adversarial erasing (AE-PSL; Wei et al., <i>Object Region Mining with Adversarial Erasing</i>, CVPR 2017): a classifier is
/// trained, the places that its maps point at are painted over in the training images, and a new classifier has to find other
/// evidence of the same classes there; again and again. The maps of all steps together show more of an object than the first.
/// </summary>
/// <remarks>
/// With I₁ the images: M_t is trained on I_t; for each present class c, R_t^c = the <see cref="Share"/> of the pixels at which
/// the map of M_t on I_t is largest; I_{t+1} = I_t with the mean colour of the training images on ∪_c R_t^c. The merged map of
/// c is the largest of its maps of steps 1…T_c, each only where no earlier step had painted, as there is nothing to see there.
/// <para>
/// Matched: the erased share of 20 %, the mean colour, a new classifier in each step, three steps at most. The paper calls the
/// erased pixels those "belonging to top 20% of the largest value", which can also be read as a share of the maximum; here it
/// is a share of the pixels. Places without any evidence (map 0) are never erased. Differs: the paper unites the regions R_t,
/// here the maps themselves are merged, so that the one threshold rule applies to them as to all others; and the paper looks
/// at the loss of a step to stop all classes at once, here each class stops by itself (<see cref="ErasingStop"/>).
/// </para>
/// </remarks>
/// <example><code>
/// using var sequence = new IterativeErasing().Train(recipe, data, new MapInference(), run);
/// foreach (var (sample, maps) in sequence.ReadSteps(data.Test, run)) Show(sample, maps.Merged(), maps.Steps, maps.Places);
/// </code></example>
[Registered("erases what was found and trains anew, again and again (AE-PSL, CVPR 2017)", Order = 7)]
public sealed record IterativeErasing : Technique, IMapMaking
{
    /// <summary>
    /// Half the published share, as objects are small, and decoys, as a classifier otherwise reads the outline of the hole; two steps, and
    /// no rule, as it stops for the animals, which gain most.
    /// </summary>
    [Suggested(DataKind.DrawnScenes), Suggested(DataKind.Photographs)]
    public static IterativeErasing ForShortTrainings { get; } = new() { Steps = 2, Share = 0.1, Decoys = true, StopBelow = 0 };

    /// <summary>Most classifiers that are trained one after the other, 1…255; 1 gives the plain classifier and its maps.</summary>
    public int Steps { get; init; } = 3;

    /// <summary>
    /// Share of an image's pixels that is erased for each of its classes in each step, between 0 and 1. It should be well below
    /// the share that a class covers where it is shown: in the built-in drawn scenes that is about .1, so that .2 erases all of it
    /// at once.
    /// </summary>
    public double Share { get; init; } = 0.2;

    /// <summary>
    /// Whether each erased training and validation image is also painted over where another one was. What was erased has the outline
    /// of the telling part, so that a new classifier can read the class off the hole; with holes that tell nothing beside it, it
    /// cannot. Not in the paper. Maps are read of images without decoys.
    /// </summary>
    public bool Decoys { get; init; }

    /// <summary>
    /// Whether each next classifier's backbone starts from the last one's weights; a new classifier otherwise, as in the paper.
    /// </summary>
    public bool WarmStart { get; init; }

    /// <summary>
    /// A class stops before the first step that keeps less than this share of what the first step had learnt about it, 0…1;
    /// 0 never stops. See <see cref="ErasingStop"/>.
    /// </summary>
    public double StopBelow { get; init; } = 0.4;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Steps is < 1 or > byte.MaxValue)
            throw new RecipeException($"{nameof(IterativeErasing)}: expected 1…{byte.MaxValue} steps, found {Steps}.");
        if (!(Share is > 0 and < 1))
            throw new RecipeException($"{nameof(IterativeErasing)}: expected a share of the pixels between 0 and 1, found {Share}.");
        if (!(StopBelow is >= 0 and <= 1))
            throw new RecipeException($"{nameof(IterativeErasing)}: expected {nameof(StopBelow)} in 0…1, found {StopBelow}.");
    }

    /// <summary>
    /// The places that a map points at: the <see cref="Share"/> of the pixels with the largest values above 0, all of equal ones.
    /// </summary>
    /// <param name="map">A map's values, one per pixel, not negative.</param>
    /// <returns>True where to erase, one per pixel.</returns>
    public bool[] Places(ReadOnlySpan<float> map)
    {
        float[] values = map.ToArray();
        Array.Sort(values);
        float least = values[^Math.Max(1, (int)Math.Round(Share * values.Length))];
        var places = new bool[map.Length];
        for (int i = 0; i < places.Length; i++) places[i] = map[i] > 0 && map[i] >= least;
        return places;
    }

    MapMaker IMapMaking.Train(Recipe recipe, LabelledSplits data, MapInference maps, RunContext run) => Train(recipe, data, maps, run);

    /// <summary>
    /// Trains one classifier after the other until no class goes on, or takes them from the store. The first is the recipe's
    /// own. All start from the same seed, so that they differ by what they see alone. The labels of the validation split, its images
    /// erased likewise, tell when a class stops.
    /// </summary>
    /// <inheritdoc cref="IMapMaking.Train"/>
    public ErasingSequence Train(Recipe recipe, LabelledSplits data, MapInference maps, RunContext run)
    {
        Validate();
        maps.Validate();
        var sequence = new ErasingSequence(this, maps, data, run);
        try
        {
            while (sequence.Classifiers.Count < Steps && sequence.GoesOn) sequence.TrainNext(recipe, data, run);
            return sequence;
        }
        catch
        {
            sequence.Dispose();
            throw;
        }
    }
}
