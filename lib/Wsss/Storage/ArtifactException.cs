namespace Wsss.Storage;

/// <summary>A stored result that is not what was written, or a store that cannot be written to.</summary>
public sealed class ArtifactException(string message, Exception? inner = null) : WsssException(message, inner);
