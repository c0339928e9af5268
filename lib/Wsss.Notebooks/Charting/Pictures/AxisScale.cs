using System.Globalization;

namespace Wsss.Notebooks.Charting.Pictures;

/// <summary>Where values lie along a drawn axis, and its ticks.</summary>
/// <param name="Low">The value at its beginning.</param>
/// <param name="High">The value at its end.</param>
/// <param name="IsReversed">Whether it runs the other way.</param>
/// <param name="Ticks">Values with their labels.</param>
internal sealed record AxisScale(double Low, double High, bool IsReversed, IReadOnlyList<(double Value, string Label)> Ticks)
{
    /// <summary>A value's place, 0 at the beginning and 1 at the end.</summary>
    public double At(double value) => IsReversed ? (High - value) / (High - Low) : (value - Low) / (High - Low);

    /// <summary>The scale of an axis.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="traces">What is drawn along it.</param>
    /// <param name="mostTicks">How many ticks there is room for.</param>
    public static AxisScale Of(FigureAxis axis, IReadOnlyList<FigureTrace> traces, int mostTicks)
    {
        if (axis.Categories.Count > 0)
            return new(-0.5, axis.Categories.Count - 0.5, axis.IsReversed, [.. axis.Categories.Select((name, i) => ((double)i, name))]);
        var (low, high) = axis.Range ?? OfData(axis, traces);
        double step = axis.Step is { } given && (high - low) / given <= mostTicks ? given : NiceStep((high - low) / Math.Max(1, mostTicks));
        return new(low, high, axis.IsReversed, Labelled(low, high, step));
    }

    /// <summary>The least of 1, 2 and 5 times a power of ten that is no less.</summary>
    public static double NiceStep(double least)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        foreach (double step in (double[])[1, 2, 5])
        {
            if (step * power >= least * (1 - 1e-9)) return step * power;
        }
        return 10 * power;
    }

    /// <summary>The multiples of a step within a range, with as many decimals as the step has.</summary>
    public static (double Value, string Label)[] Labelled(double low, double high, double step)
    {
        int decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(step) - 1e-9), 0, 12);
        double slack = 1e-9 * (high - low);
        int first = (int)Math.Ceiling((low - slack) / step), last = (int)Math.Floor((high + slack) / step);
        // As plotly.js writes them: numbers of four digits stand without a comma, as years do.
        string format = $"{(Math.Max(-low, high) < 10_000 ? "0" : "#,0")}.{new string('0', decimals)}";
        return [.. Enumerable.Range(first, Math.Clamp(last - first + 1, 0, 100))
            .Select(i => (i * step, Number(Math.Round(i * step, decimals), format)))];
    }

    private static (double Low, double High) OfData(FigureAxis axis, IReadOnlyList<FigureTrace> traces)
    {
        double[] values = [.. traces.SelectMany(trace => Values(axis, trace))];
        if (values.Length == 0) return (0, 1);
        double low = values.Min(), high = values.Max();
        if (axis.FromZero) (low, high) = (Math.Min(low, 0), Math.Max(high, 0));
        if (low == high) (low, high) = (low - 0.5, high + 0.5);
        // Curves along x go from edge to edge; markers would be cut there.
        double room = axis.IsHorizontal && !traces.Any(trace => trace.HasMarkers) ? 0 : 0.05 * (high - low);
        return (axis.FromZero && low == 0 ? 0 : low - room, axis.FromZero && high == 0 ? 0 : high + room);
    }

    private static IEnumerable<double> Values(FigureAxis axis, FigureTrace trace)
    {
        foreach (var (i, place) in (axis.IsHorizontal ? trace.Xs : trace.Ys).Index())
        {
            if (place is not { } value) continue;
            double error = !axis.IsHorizontal && i < trace.Errors.Count ? trace.Errors[i] ?? 0 : 0;
            yield return value - error;
            yield return value + error;
            if (!axis.IsHorizontal && trace.Kind == TraceKind.Bar) yield return 0;
        }
    }

    private static string Number(double value, string format) =>
        value.ToString(format, CultureInfo.InvariantCulture).Replace('-', '−');
}
