namespace Wsss.Weights;

/// <summary>A name that a pickle may mention; it stands for itself, nothing is looked up by it.</summary>
internal enum PickledName
{
    OrderedDict,
    RebuildTensor,
    RebuildParameter,
    RebuildParameterWithState,
    DefaultDict,
}

/// <summary>
/// A class of <see cref="InertNames"/>, an object of it, or a value of no use here: it takes whatever is done to it and stays what it is.
/// </summary>
internal sealed class PickledObject
{
    public static PickledObject Any { get; } = new();

    private PickledObject()
    {
    }
}

/// <summary>A text or a whole number as the key of a dict.</summary>
/// <param name="Text">Null for a number.</param>
/// <param name="Number">0 for a text.</param>
internal readonly record struct PickledKey(string? Text, long Number = 0)
{
    /// <summary>Seeded anew in each process: no file can be made whose keys all collide.</summary>
    public override int GetHashCode() => HashCode.Combine(Text, Number);

    public override string ToString() => Text ?? $"{Number}";
}

/// <summary>A dict or an OrderedDict.</summary>
internal sealed class PickledDict(bool isOrdered) : Dictionary<PickledKey, object?>
{
    /// <summary>Whether it may carry attributes, as a state dict does; these are ignored.</summary>
    public bool IsOrdered { get; } = isOrdered;
}

/// <summary>A run of numbers beside the pickle.</summary>
/// <param name="Type">Their type.</param>
/// <param name="Key">Name of the entry <c>data/Key</c>.</param>
/// <param name="Count">How many the pickle says they are.</param>
internal sealed record PickledStorage(WeightType Type, string Key, long Count);

/// <summary>A view of a storage, all of it unchecked.</summary>
/// <param name="Storage">Where its numbers are.</param>
/// <param name="Offset">Numbers of the storage before its first.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Strides">Numbers from one element to the next along each dimension.</param>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides);
