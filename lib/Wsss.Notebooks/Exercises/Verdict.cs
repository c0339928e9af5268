namespace Wsss.Notebooks.Exercises;

/// <summary>How far a reader's answer is.</summary>
public enum Verdict
{
    /// <summary>The place for it is still empty.</summary>
    NotYet,

    /// <summary>There is an answer, and it is another one.</summary>
    Wrong,

    /// <summary>The answer is the expected one.</summary>
    Right,
}
