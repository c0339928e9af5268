namespace Wsss.Data;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>The data cannot be used, or results would be wrong.</summary>
    Error,

    /// <summary>Results may be wrong; a person should look.</summary>
    Warning,

    /// <summary>How something was read that can be read in several ways.</summary>
    Note,
}

/// <summary>Something about a data set that a person should know before training on it.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="File">The file, or the name of the split, that it is about.</param>
/// <param name="What">What was found.</param>
/// <param name="ToDo">What to do about it; empty where <paramref name="What"/> says it, or nothing is to be done.</param>
public sealed record DataFinding(FindingSeverity Severity, string File, string What, string ToDo = "")
{
    /// <summary>An error that reading a file gave.</summary>
    internal static DataFinding Of(WsssException error, string file) => new(FindingSeverity.Error, file, error.Message);

    /// <summary>What was found and what to do, in one line.</summary>
    public override string ToString() => ToDo.Length == 0 ? What : $"{What} {ToDo}";
}

/// <summary>A source that knows more about how its files were read than its samples show.</summary>
internal interface IFindingSource : IMaskedSource
{
    /// <summary>What a person should know; known without decoding photographs.</summary>
    IReadOnlyList<DataFinding> Findings { get; }
}
