namespace Wsss.Notebooks.Sessions;

/// <summary>Where <see cref="InterruptRewriter"/> makes a script interruptible.</summary>
internal enum InterruptPlaces
{
    /// <summary>In loops, at the entry of functions, and in waits.</summary>
    All,

    /// <summary>In loops alone, where only whole statements are put in.</summary>
    Loops,
}
