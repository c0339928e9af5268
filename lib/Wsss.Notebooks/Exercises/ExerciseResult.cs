namespace Wsss.Notebooks.Exercises;

/// <summary>What <see cref="Exercise"/> found; a cell that ends with one shows its text.</summary>
/// <param name="Verdict">Whether the answer is right.</param>
/// <param name="Message">One sentence or two: what is right, or how the answer differs.</param>
public sealed record ExerciseResult(Verdict Verdict, string Message)
{
    /// <summary>True for the right answer.</summary>
    public bool IsRight => Verdict == Verdict.Right;

    /// <summary>The verdict in words: <c>Right</c>, <c>Wrong</c> or <c>Not yet</c>.</summary>
    public string Heading => Verdict switch
    {
        Verdict.Right => "Right",
        Verdict.Wrong => "Wrong",
        _ => "Not yet",
    };

    /// <summary>The verdict and the message on one line, such as <c>Right: the largest difference is 0.</c></summary>
    public override string ToString() => $"{Heading}: {Message}";
}
