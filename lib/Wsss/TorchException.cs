namespace Wsss;

/// <summary>The native libtorch could not be loaded, or the device that was asked for is not there.</summary>
public sealed class TorchException(string message, Exception? inner = null) : WsssException(message, inner);
