using MathNet.Numerics.Distributions;

namespace Wsss.Evaluation;

/// <summary>A mean over repeated runs and how far the true mean may lie from it.</summary>
/// <param name="Mean">The sample mean.</param>
/// <param name="HalfWidth">Half the length of the 95 % confidence interval; null for a single run, which says nothing about its
/// spread.</param>
public sealed record Interval(double Mean, double? HalfWidth)
{
    private const double Confidence = 0.95;

    /// <summary>
    /// Student's interval of n independent runs: mean ± t(0.975, n − 1) · s / √n, with s² the unbiased variance. With three
    /// runs t is 4.3: few seeds make wide intervals, and honestly so.
    /// </summary>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public static Interval Of(params IReadOnlyList<double> values)
    {
        if (values.Count == 0) throw new ArgumentException("Expected at least one value for an interval, found none.");
        double mean = values.Average();
        if (values.Count == 1) return new Interval(mean, null);
        double variance = values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1);
        double t = StudentT.InvCDF(0, 1, values.Count - 1, (1 + Confidence) / 2);
        return new Interval(mean, t * Math.Sqrt(variance / values.Count));
    }

    /// <summary>In per cent with one decimal: <c>49.9 ± 1.2</c>, or <c>49.9</c> for a single run.</summary>
    public string Percent() => HalfWidth is { } half ? $"{Table.Percent(Mean)} ± {Table.Percent(half)}" : Table.Percent(Mean);

    /// <summary>As a difference in points of per cent with its sign: <c>+2.3 ± 1.1</c>.</summary>
    public string Points() => HalfWidth is { } half ? $"{Table.Points(Mean)} ± {Table.Percent(half)}" : Table.Points(Mean);

    /// <summary>
    /// A difference in points and whether it can be told from none: <c>+8.6 ± 1.3 points</c>;
    /// <c>+1.1 ± 1.6 points, which may be nothing</c>;
    /// <c>+9.1 points on one seed, which does not say how much of it is chance</c>.
    /// </summary>
    public string DifferenceInWords() => HalfWidth is not { } half
        ? $"{Points()} points on one seed, which does not say how much of it is chance"
        : $"{Points()} points{(Math.Abs(Mean) > half ? "" : ", which may be nothing")}";
}
