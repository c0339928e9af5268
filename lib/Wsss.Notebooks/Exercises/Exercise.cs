using System.Globalization;
using static TorchSharp.torch;

namespace Wsss.Notebooks.Exercises;

/// <summary>
/// Checks of what a reader of a notebook writes. A place that is still empty holds null: then the answer is "not yet", never an error,
/// so that an untouched notebook runs to its end.
/// </summary>
/// <example>
/// <code>
/// Tensor MyMap(Tensor features, Tensor weights)
/// {
///     return null;   // your line
/// }
/// Exercise.Compare(MyMap(features, weights), maps)
/// </code>
/// </example>
public static class Exercise
{
    private const string NothingYet = "this is still to be written. Put your own in place of null and run the cell again.";

    /// <summary>Compares a tensor with the library's: its shape, then its values, in double precision whatever the types are.</summary>
    /// <param name="mine">The reader's, of any shape, type and device; null while nothing is written.</param>
    /// <param name="theirs">What it should be.</param>
    /// <param name="tolerance">How far a value may be off, as a share of the largest absolute value of <paramref name="theirs"/>.</param>
    public static ExerciseResult Compare(Tensor? mine, Tensor theirs, double tolerance = 1e-4)
    {
        if (mine is null) return new(Verdict.NotYet, NothingYet);
        if (!mine.shape.SequenceEqual(theirs.shape))
            return new(Verdict.Wrong, $"the shape is {Place(mine.shape)}, expected {Place(theirs.shape)}.");
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        double[] found = Values(mine), expected = Values(theirs);
        double allowed = tolerance * (expected.Select(Math.Abs).DefaultIfEmpty().Max() is var largest and > 0 ? largest : 1);
        // Not "greater than": what is not a number differs too.
        int[] wrong = [.. Enumerable.Range(0, found.Length).Where(i => !(Math.Abs(found[i] - expected[i]) <= allowed))];
        double worst = found.Zip(expected, (a, b) => Math.Abs(a - b)).DefaultIfEmpty().Max();
        if (wrong.Length == 0)
            return new(Verdict.Right, $"the same as the library's, {Place(mine.shape)}; the largest difference is {Short(worst)}.");
        string where = $"{wrong.Length} of {found.Length} values differ, first at {Place(Index(wrong[0], mine.shape))}: " +
            $"{Short(found[wrong[0]])}, expected {Short(expected[wrong[0]])}; the largest difference is {Short(worst)}.";
        return new(Verdict.Wrong, Factor(found, expected, allowed) is { } factor
            ? $"{where} Times {Short(factor)} it would be the same." : where);
    }

    /// <summary>Compares a row of values with the library's: their number, then each.</summary>
    /// <param name="mine">The reader's; null while nothing is written.</param>
    /// <param name="theirs">What it should be.</param>
    /// <param name="tolerance">As for a tensor.</param>
    public static ExerciseResult Compare(float[]? mine, float[] theirs, double tolerance = 1e-4)
    {
        using var scope = NewDisposeScope();
        return Compare(mine is null ? null : tensor(mine), tensor(theirs), tolerance);
    }

    /// <summary>Compares a number with the one that is right.</summary>
    /// <param name="mine">The reader's; null while nothing is written.</param>
    /// <param name="theirs">What it should be.</param>
    /// <param name="tolerance">How far it may be off, as a share of <paramref name="theirs"/>; absolute where that is 0.</param>
    /// <param name="hint">Said with a wrong answer; may be null.</param>
    /// <param name="because">Said with the right answer; may be null.</param>
    public static ExerciseResult Compare(
        double? mine, double theirs, double tolerance = 1e-4, string? hint = null, string? because = null)
    {
        double allowed = tolerance * (theirs == 0 ? 1 : Math.Abs(theirs));
        return Answer(mine, theirs - allowed, theirs + allowed, hint, because);
    }

    /// <summary>Whether a number lies in the range of the right ones.</summary>
    /// <param name="mine">The reader's; null while nothing is written.</param>
    /// <param name="least">The smallest right answer.</param>
    /// <param name="most">The largest right answer, at least <paramref name="least"/>.</param>
    /// <param name="hint">Said with a wrong answer; may be null.</param>
    /// <param name="because">Said with the right answer; may be null.</param>
    public static ExerciseResult Answer(double? mine, double least, double most, string? hint = null, string? because = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(least, most);
        if (mine is not { } value) return new(Verdict.NotYet, NothingYet);
        string? fault = value < least ? "too small" : value > most ? "too large" : double.IsNaN(value) ? "not a number" : null;
        return fault is null
            ? new(Verdict.Right, With($"{Short(value)}.", because))
            : new(Verdict.Wrong, With($"{Short(value)} is {fault}.", hint));
    }

    /// <summary>Whether the right one of several words was chosen; letters may be small or large.</summary>
    /// <param name="mine">The reader's; null while nothing is written.</param>
    /// <param name="choices">What there is to choose from.</param>
    /// <param name="right">The right one of <paramref name="choices"/>.</param>
    /// <param name="hint">Said with a wrong answer; may be null.</param>
    /// <param name="because">Said with the right answer; may be null.</param>
    /// <exception cref="ArgumentException"><paramref name="right"/> is none of the choices.</exception>
    public static ExerciseResult Choose(
        string? mine, IReadOnlyList<string> choices, string right, string? hint = null, string? because = null)
    {
        if (!choices.Contains(right)) throw new ArgumentException($"Expected one of {Listed(choices)}, found '{right}'.", nameof(right));
        if (mine is null) return new(Verdict.NotYet, $"choose {Listed(choices)}, put it in place of null and run the cell again.");
        string word = mine.Trim();
        if (!choices.Contains(word, StringComparer.OrdinalIgnoreCase))
            return new(Verdict.Wrong, $"expected {Listed(choices)}, found \"{word}\".");
        return word.Equals(right, StringComparison.OrdinalIgnoreCase)
            ? new(Verdict.Right, With($"{right}.", because))
            : new(Verdict.Wrong, With($"it is not \"{word}\".", hint));
    }

    private static double[] Values(Tensor tensor) =>
        tensor.detach().to_type(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();

    /// <summary>What the whole tensor would have to be multiplied by; null if no factor makes it right.</summary>
    private static double? Factor(double[] found, double[] expected, double allowed)
    {
        double square = found.Sum(value => value * value);
        if (!(square > 0) || !double.IsFinite(square)) return null;
        double factor = found.Zip(expected, (a, b) => a * b).Sum() / square;
        bool isRight = found.Zip(expected, (a, b) => Math.Abs(factor * a - b)).All(difference => difference <= allowed);
        return factor != 0 && isRight ? factor : null;
    }

    private static long[] Index(long flat, long[] shape)
    {
        var index = new long[shape.Length];
        for (int i = shape.Length - 1; i >= 0; i--) (flat, index[i]) = (flat / shape[i], flat % shape[i]);
        return index;
    }

    private static string Place(long[] numbers) => $"[{string.Join(", ", numbers)}]";

    private static string Listed(IReadOnlyList<string> choices) => string.Join(" or ", choices.Select(choice => $"\"{choice}\""));

    private static string With(string sentence, string? more) => string.IsNullOrWhiteSpace(more) ? sentence : $"{sentence} {more}";

    private static string Short(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
