namespace Wsss.Notebooks.Tests.Course;

/// <summary>A number as a sentence quotes it.</summary>
/// <param name="Text">As it is written, with a sign where it has one.</param>
/// <param name="Sentence">Where it stands.</param>
internal sealed record QuotedNumber(string Text, string Sentence)
{
    /// <summary>
    /// Whether it is a value, rounded to the digits that are quoted. A written sign must be the value's; without one either is meant
    /// ("loses 7.2 points").
    /// </summary>
    public bool Is(double value)
    {
        double quoted = Evidence.Read(Text);
        bool isSigned = Text[0] is '+' or '-' or '−';
        int point = Text.IndexOf('.', StringComparison.Ordinal);
        double half = 0.5 * Math.Pow(10, point < 0 ? 0 : -(Text.Length - point - 1)) + 1e-9;
        return Math.Abs(isSigned ? value - quoted : Math.Abs(value) - quoted) <= half;
    }
}
