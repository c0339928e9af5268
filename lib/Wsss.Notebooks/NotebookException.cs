namespace Wsss.Notebooks;

/// <summary>A notebook that cannot be read or run: a broken file, an unknown parameter, a value of the wrong type.</summary>
internal sealed class NotebookException(string message, Exception? inner = null) : WsssException(message, inner);
