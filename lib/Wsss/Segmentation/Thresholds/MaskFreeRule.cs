using System.Text.Json.Serialization;
using Wsss.Registry;

namespace Wsss.Segmentation.Thresholds;

/// <summary>
/// Says how good each threshold is where no mask is known: from images, their labels and their maps. A record of its options.
/// </summary>
[Family("threshold rule")]
public abstract record MaskFreeRule
{
    /// <summary>The rule that is used where there are no masks, and no other one is asked for.</summary>
    public static MaskFreeRule Default => new OtsuVariance();

    /// <summary>The name in tables, files and commands.</summary>
    [JsonIgnore]
    public string Name => Family.NameOf(this);

    /// <summary>How good each threshold is; only the order counts.</summary>
    /// <param name="evidence">What is known.</param>
    /// <param name="thresholds">Background scores, 0…1, rising.</param>
    /// <returns>A number per threshold, larger for better.</returns>
    /// <exception cref="RecipeException">The rule needs what is not there, such as the classifier.</exception>
    public abstract IReadOnlyList<double> Scores(ThresholdEvidence evidence, IReadOnlyList<float> thresholds);

    /// <summary>The best of <see cref="Grid"/>; the lowest among equals.</summary>
    /// <param name="evidence">What is known.</param>
    /// <exception cref="RecipeException">The rule needs what is not there, such as the classifier.</exception>
    public ThresholdChoice Choose(ThresholdEvidence evidence)
    {
        var scores = Scores(evidence, Grid);
        int best = 0;
        for (int i = 1; i < scores.Count; i++) if (scores[i] > scores[best]) best = i;
        return new ThresholdChoice(Grid[best], Name);
    }

    /// <summary>The thresholds that are tried: 0.05, 0.1, … 0.95.</summary>
    public static IReadOnlyList<float> Grid { get; } = [.. Enumerable.Range(1, 19).Select(i => (float)(i / 20.0))];
}

/// <summary>A threshold, and how it was chosen.</summary>
/// <param name="Threshold">The background score, 0…1.</param>
/// <param name="Rule"><see cref="ByMasks"/>, or the name of a <see cref="MaskFreeRule"/>.</param>
public sealed record ThresholdChoice(float Threshold, string Rule)
{
    /// <summary>The best mIoU on the masks of the validation split.</summary>
    public const string ByMasks = "masks";
}
