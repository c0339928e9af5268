namespace Wsss;

/// <summary>Annotations that cannot be read: runs that do not fill their mask, a polygon without area, another form.</summary>
internal sealed class AnnotationException(string message, Exception? inner = null) : WsssException(message, inner);
