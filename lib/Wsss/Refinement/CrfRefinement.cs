using Wsss.Crf;
using Wsss.Data;
using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Refinement;

/// <summary>
/// From localization maps to refined ones: the maps and a background become the unary energies of a fully connected CRF, and
/// its marginals are the refined maps, whose borders follow the image's.
/// </summary>
[Registered("a fully connected CRF: pixels near each other and of like colours take the same label", Name = "crf", Order = 1)]
public sealed record CrfRefinement : MapRefinement
{
    /// <summary>The CRF; Potts, as the number of labels differs between images.</summary>
    public CrfOptions Crf { get; init; } = new();

    /// <summary>How maps become unary energies.</summary>
    public MapEvidence Evidence { get; init; } = new MapProbabilities();

    /// <inheritdoc/>
    public override void Validate()
    {
        DeviceCrf.Check(Crf, "CRF refinement");
        Evidence.Validate();
    }

    /// <inheritdoc/>
    public override MapRefiner Open(RefinementContext context) => Open(context.Run.Device);

    /// <summary>Gets ready to refine; a CRF learns from nothing but the image.</summary>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public MapRefiner Open(Device device)
    {
        Validate();
        return new Refiner(new DeviceCrf(Crf, device), Evidence);
    }

    private sealed class Refiner(DeviceCrf crf, MapEvidence evidence) : MapRefiner
    {
        public override void Dispose()
        {
            crf.Dispose();
            base.Dispose();
        }

        // The marginal of each class; those of a pixel and its background's sum to 1.
        protected override LocalizationMaps RefineSome(RgbImage image, LocalizationMaps maps)
        {
            int pixels = maps.Width * maps.Height;
            // [K + 1, H, W], background first
            float[] marginals = crf.Infer(image, evidence.Unary(maps), maps.Classes.Count + 1);
            return new LocalizationMaps(maps.Id, maps.Width, maps.Height, maps.Classes, marginals[pixels..]);
        }
    }
}

/// <summary>How localization maps become the unary energies of a CRF, with the background as label 0 and the k-th map as k + 1.</summary>
[Family("evidence")]
public abstract record MapEvidence
{
    /// <summary>The unary energies, [K + 1, H·W].</summary>
    public abstract float[] Unary(LocalizationMaps maps);

    /// <summary>Checks the options.</summary>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public abstract void Validate();
}

/// <summary>
/// Maps are probabilities, and the background's is (1 − max_k M_k)^α, as in PSA (Ahn &amp; Kwak, CVPR 2018). A larger α says less
/// background: the two are equal at .5 for α = 1, at .28 for α = 4.
/// </summary>
[Registered("maps are probabilities (PSA)", Name = "probabilities", Order = 1)]
public sealed record MapProbabilities : MapEvidence
{
    /// <summary>α, above 0; PSA takes 4 for sure background and 24 or more for sure objects.</summary>
    public double BackgroundPower { get; init; } = 4;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(BackgroundPower > 0 && double.IsFinite(BackgroundPower)))
            throw new RecipeException($"CRF refinement: expected a background power above 0, found {BackgroundPower}.");
    }

    /// <inheritdoc/>
    public override float[] Unary(LocalizationMaps maps)
    {
        int pixels = maps.Width * maps.Height;
        float[] probabilities = [.. new float[pixels], .. maps.Values];                          // [K + 1, H·W]
        Span<float> background = probabilities.AsSpan(0, pixels);
        for (int k = 0; k < maps.Classes.Count; k++)
        {
            ReadOnlySpan<float> map = maps.Map(k);
            for (int i = 0; i < pixels; i++) background[i] = Math.Max(background[i], map[i]);
        }
        for (int i = 0; i < pixels; i++) background[i] = (float)Math.Pow(1 - Math.Min(background[i], 1), BackgroundPower);
        return CrfUnary.FromProbabilities(probabilities);
    }
}

/// <summary>
/// Maps are thresholded by <see cref="ThresholdRule"/>, and the labels trusted with a probability, as in IRN (Ahn et al., CVPR
/// 2019): a threshold of .3 for what is surely an object, of .05 for what is surely background.
/// </summary>
[Registered("maps are thresholded, and the labels trusted with a probability (IRN)", Name = "labels", Order = 2)]
public sealed record MapLabels : MapEvidence
{
    /// <summary>The background score that the maps are compared with, 0…1.</summary>
    public float Threshold { get; init; } = 0.3f;

    /// <summary>Probability that a label is right, in 0…1 exclusive.</summary>
    public double Confidence { get; init; } = 0.7;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Threshold is >= 0 and <= 1))
            throw new RecipeException($"CRF refinement: expected a threshold in 0…1, found {Threshold}.");
        if (!(Confidence is > 0 and < 1))
            throw new RecipeException($"CRF refinement: expected a confidence between 0 and 1, found {Confidence}.");
    }

    /// <inheritdoc/>
    public override float[] Unary(LocalizationMaps maps)
    {
        byte[] labelOf = new byte[byte.MaxValue + 1]; // from c + 1 to the label of its map
        for (int k = 0; k < maps.Classes.Count; k++) labelOf[maps.Classes[k] + 1] = (byte)(k + 1);
        LabelMap labels = ThresholdRule.Apply(maps, Threshold);
        byte[] own = [.. labels.Values.Select(value => labelOf[value])];
        return CrfUnary.FromLabels(own, maps.Classes.Count + 1, Confidence);
    }
}
