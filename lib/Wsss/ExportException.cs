namespace Wsss;

/// <summary>A network, or a folder, that cannot be written for other programs.</summary>
public sealed class ExportException(string message, Exception? inner = null) : WsssException(message, inner);
