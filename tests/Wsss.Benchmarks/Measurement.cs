using System.Diagnostics;
using System.Globalization;

namespace Wsss.Benchmarks;

/// <summary>
/// A time or a peak of memory as a ratio against a reference, both measured in one process: machines differ and are noisy,
/// ratios travel.
/// </summary>
/// <param name="Name">What was measured.</param>
/// <param name="Reference">What it is compared with.</param>
/// <param name="Ratio">Median over the repeats of value / reference value.</param>
/// <param name="Low">Smallest ratio.</param>
/// <param name="High">Largest ratio.</param>
/// <param name="ReferenceValue">Median value of the reference on this machine.</param>
/// <param name="Unit">Of that value.</param>
internal sealed record Measurement(
    string Name,
    string Reference,
    double Ratio,
    double Low,
    double High,
    double ReferenceValue,
    string Unit = "ms"
)
{
    private const int Repeats = 7;

    /// <summary>The columns of <see cref="Row"/>.</summary>
    public static IReadOnlyList<string> Headers { get; } = ["benchmark", "against", "ratio (median)", "range", "target", "reference"];

    /// <summary>What the ratio is meant to stay within; null for a figure that is only reported.</summary>
    public double? Target { get; init; }

    /// <summary>Warms both up, then runs them in turn.</summary>
    public static Measurement Of(string name, Action work, string reference, Action referenceWork)
    {
        referenceWork();
        work();
        var ratios = new double[Repeats];
        var references = new double[Repeats];
        for (int i = 0; i < Repeats; i++)
        {
            references[i] = Milliseconds(referenceWork);
            ratios[i] = Milliseconds(work) / references[i];
        }
        Array.Sort(ratios);
        Array.Sort(references);
        return new Measurement(name, reference, ratios[Repeats / 2], ratios[0], ratios[^1], references[Repeats / 2]);
    }

    /// <summary>Warms up, then measures against a time that is asked for.</summary>
    public static Measurement OfTime(string name, Action work, string reference, double milliseconds)
    {
        work();
        double[] ratios = [.. Enumerable.Range(0, Repeats).Select(_ => Milliseconds(work) / milliseconds).Order()];
        return new Measurement(name, reference, ratios[Repeats / 2], ratios[0], ratios[^1], milliseconds) { Target = 1 };
    }

    /// <summary>One row of the table.</summary>
    public IReadOnlyList<string> Row() =>
    [
        Name, Reference, Format(Ratio), $"{Format(Low)}–{Format(High)}", Target is { } target ? $"≤ {Format(target)}" : "-",
        $"{ReferenceValue.ToString("0", CultureInfo.InvariantCulture)} {Unit}",
    ];

    private static string Format(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture);

    private static double Milliseconds(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
