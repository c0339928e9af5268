namespace Wsss;

/// <summary>An image or mask file that cannot be read or written, or whose size does not fit.</summary>
public sealed class ImageFileException(string message, Exception? inner = null) : WsssException(message, inner);
