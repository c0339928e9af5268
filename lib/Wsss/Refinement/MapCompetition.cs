using Wsss.Data;
using Wsss.Registry;

namespace Wsss.Refinement;

/// <summary>
/// The present classes of an image compete for its pixels by optimal transport, as the seeds of DHR do (Jo et al., <i>DHR: Dual
/// Features-Driven Hierarchical Rebalancing in Inter- and Intra-Class Regions for Weakly-Supervised Semantic Segmentation</i>, ECCV
/// 2024): each class has the same mass to lay out over the pixels, so that a small or weak one keeps its place beside a strong one.
/// </summary>
/// <remarks>
/// s_ik is the map of class k at pixel i, in 0…1. K_ik = exp(−(1 − s_ik)/ε); the plan is T_ik = r_i K_ik c_k, whose rows sum to 1/P for
/// each of P pixels and whose columns sum to 1/C for each of C classes, by Sinkhorn: r = (1/P) / (K c), c = (1/C) / (Kᵀ r), from c = 1,
/// until r changes by less than the tolerance on the mean, or 100 rounds. T is stretched to 0…1 within each class, and the refined map
/// is s ⊙ T.
/// <para>Matches the published code in ε = .1, marginals, rounds and tolerance: as r is about 1/P, the tolerance ends it after the second
/// round of any image of some size; 0 goes on to the plan itself. Differs: at the image's pixels, where the code works on the network's
/// grid; a class whose plan is the same at all pixels keeps its map, where the code's becomes 0; ranges below 10⁻⁵ are stretched too. One
/// class alone keeps its map, as in the code.</para>
/// </remarks>
[Registered("present classes compete for pixels by optimal transport; one alone stays as it is (DHR)", Name = "map-competition", Order = 7)]
public sealed record MapCompetition : MapRefinement
{
    // Of a plan's values, relative: below it they are equal but for rounding.
    private const double Equal = 1e-9;

    /// <summary>ε, above 0: the lower, the more a small difference between maps decides.</summary>
    public double Epsilon { get; init; } = 0.1;

    /// <summary>The most rounds of Sinkhorn's, at least 1.</summary>
    public int Rounds { get; init; } = 100;

    /// <summary>Rounds end where the mean of |r − r'| is below this, at least 0.</summary>
    public double Tolerance { get; init; } = 1e-2;

    /// <inheritdoc/>
    public override void Validate()
    {
        // exp(−1/ε) must not vanish.
        if (!(Epsilon is >= 0.01 and <= 1000)) throw new RecipeException($"Map competition: expected ε in 0.01…1000, found {Epsilon}.");
        if (Rounds < 1) throw new RecipeException($"Map competition: expected at least one round, found {Rounds}.");
        if (!(Tolerance >= 0)) throw new RecipeException($"Map competition: expected a tolerance of at least 0, found {Tolerance}.");
    }

    /// <inheritdoc/>
    public override MapRefiner Open(RefinementContext context) => Open();

    /// <summary>Gets ready to refine; nothing is learnt.</summary>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public MapRefiner Open()
    {
        Validate();
        return new Refiner(this);
    }

    /// <summary>T, the transport plan.</summary>
    /// <param name="maps">[C, P] in 0…1, class by class.</param>
    /// <param name="classes">C, at least 1.</param>
    /// <returns>[C, P] ≥ 0; sums to 1/C over each class, and after enough rounds to 1/P over each pixel.</returns>
    public double[] Plan(ReadOnlySpan<float> maps, int classes)
    {
        int pixels = maps.Length / classes;
        var k = new double[maps.Length];
        for (int i = 0; i < k.Length; i++) k[i] = Math.Exp((Math.Clamp(maps[i], 0, 1) - 1) / Epsilon);
        var (r, c) = (new double[pixels], new double[classes]);
        Array.Fill(r, 1);
        Array.Fill(c, 1);
        for (int round = 0; round < Rounds; round++)
        {
            double change = 0;
            for (int i = 0; i < pixels; i++)
            {
                double sum = 0;
                for (int j = 0; j < classes; j++) sum += k[j * pixels + i] * c[j];
                double next = 1 / (pixels * sum);
                change += Math.Abs(next - r[i]) / pixels;
                r[i] = next;
            }
            for (int j = 0; j < classes; j++)
            {
                double sum = 0;
                for (int i = 0; i < pixels; i++) sum += k[j * pixels + i] * r[i];
                c[j] = 1 / (classes * sum);
            }
            if (change < Tolerance) break;
        }
        for (int n = 0; n < k.Length; n++) k[n] *= r[n % pixels] * c[n / pixels];
        return k;
    }

    /// <summary>The maps after the competition.</summary>
    /// <param name="maps">The maps of one image.</param>
    /// <returns>Each at most as high as before; <paramref name="maps"/> itself where one class is alone.</returns>
    public LocalizationMaps Compete(LocalizationMaps maps)
    {
        int classes = maps.Classes.Count, pixels = maps.Width * maps.Height;
        if (classes < 2) return maps;
        double[] plan = Plan(maps.Values, classes);
        float[] values = [.. maps.Values];
        for (int k = 0; k < classes; k++)
        {
            ReadOnlySpan<double> own = plan.AsSpan(k * pixels, pixels);
            var (least, greatest) = (double.PositiveInfinity, double.NegativeInfinity);
            foreach (double mass in own) (least, greatest) = (Math.Min(least, mass), Math.Max(greatest, mass));
            if (greatest - least <= Equal * greatest) continue;
            for (int i = 0; i < pixels; i++) values[k * pixels + i] *= (float)((own[i] - least) / (greatest - least));
        }
        return new LocalizationMaps(maps.Id, maps.Width, maps.Height, maps.Classes, values);
    }

    private sealed class Refiner(MapCompetition competition) : MapRefiner
    {
        protected override LocalizationMaps RefineSome(RgbImage image, LocalizationMaps maps) => competition.Compete(maps);
    }
}
