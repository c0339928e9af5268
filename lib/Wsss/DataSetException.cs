namespace Wsss;

/// <summary>A data set that cannot be used: a missing folder, an empty split, a class index outside the list.</summary>
public sealed class DataSetException(string message, Exception? inner = null) : WsssException(message, inner);
