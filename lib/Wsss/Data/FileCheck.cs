namespace Wsss.Data;

/// <summary>How a file or folder that was checked is.</summary>
internal enum FileState
{
    /// <summary>As expected.</summary>
    Ok,

    /// <summary>Not needed, or it cannot be checked.</summary>
    Note,

    /// <summary>It is needed and not there.</summary>
    Missing,

    /// <summary>It is there and not what it should be.</summary>
    Wrong,
}

/// <summary>What came of checking a file or folder of other people's.</summary>
/// <param name="What">The file or folder.</param>
/// <param name="State">How it is.</param>
/// <param name="Expected">What it should be.</param>
/// <param name="Found">What it is.</param>
/// <param name="ToDo">What to do about it, mostly a command for the shell; null if nothing.</param>
internal sealed record FileCheck(string What, FileState State, string Expected, string Found, string? ToDo = null)
{
    /// <summary>Whether something must be done before the files can be used.</summary>
    public bool Failed => State is FileState.Missing or FileState.Wrong;
}
