namespace Wsss.Kernel;

/// <summary>A connection that cannot be served, a message that cannot be answered, or a kernel that cannot be installed.</summary>
internal sealed class KernelException(string message, Exception? inner = null) : WsssException(message, inner);
