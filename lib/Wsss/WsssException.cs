namespace Wsss;

/// <summary>
/// Base of every error that this library raises on purpose. The message says what was expected, what was found and
/// what to do about it.
/// </summary>
public class WsssException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A data set that cannot be used: a missing folder, an empty split, a class index outside the list.</summary>
public sealed class DataSetException(string message, Exception? inner = null) : WsssException(message, inner);

/// <summary>An image or mask file that cannot be read or written, or whose size does not fit.</summary>
public sealed class ImageFileException(string message, Exception? inner = null) : WsssException(message, inner);

/// <summary>A weight file that is broken, or whose tensors do not fit the network.</summary>
public sealed class WeightFileException(string message, Exception? inner = null) : WsssException(message, inner);

/// <summary>A recipe whose options contradict each other or lie outside their range.</summary>
public sealed class RecipeException(string message, Exception? inner = null) : WsssException(message, inner);

/// <summary>The native libtorch could not be loaded, or the device that was asked for is not there.</summary>
public sealed class TorchException(string message, Exception? inner = null) : WsssException(message, inner);
