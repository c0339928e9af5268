namespace Wsss;

/// <summary>
/// Base of every error that Wsss raises on purpose. The message says what was expected, what was found and
/// what to do about it.
/// </summary>
public class WsssException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What mends it, where a program can say more about that than the message.</summary>
    internal Remedy Remedy { get; init; }
}

/// <summary>A weight file that is broken, or whose tensors do not fit the network.</summary>
public sealed class WeightFileException(string message, Exception? inner = null) : WsssException(message, inner);

/// <summary>A recipe whose options contradict each other or lie outside their range.</summary>
public sealed class RecipeException(string message, Exception? inner = null) : WsssException(message, inner);

/// <summary>A file that is missing, no regular file, too large for what it should hold, or that may not be read.</summary>
public sealed class InputFileException(string message, Exception? inner = null) : WsssException(message, inner);
