using static TorchSharp.torch;

namespace Wsss.Weights;

/// <summary>One tensor of a weight file.</summary>
public sealed record TensorEntry
{
    /// <summary>More dimensions than any network has, and as many as libtorch's kernels take.</summary>
    internal const int MaxDimensions = 64;

    /// <summary>A tensor whose shape <see cref="ByteCount"/> allows.</summary>
    internal TensorEntry(WeightType type, IReadOnlyList<long> shape, long offset)
    {
        Type = type;
        Shape = shape;
        Offset = offset;
        Bytes = ByteCount(type, shape) ?? throw new ArgumentOutOfRangeException(nameof(shape));
    }

    /// <summary>Type of its numbers.</summary>
    public ScalarType DType => Type.DType;

    /// <summary>Its shape; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The product of the extents; 1 for a scalar.</summary>
    public long Elements => Bytes / Type.Size;

    /// <summary>Its size once it is read.</summary>
    public long Bytes { get; }

    internal WeightType Type { get; }

    /// <summary>Byte of the file at which its first number lies.</summary>
    internal long Offset { get; }

    /// <summary>
    /// Numbers from one element to the next along each dimension; null where they follow each other in the shape's order.
    /// </summary>
    internal IReadOnlyList<long>? Strides { get; init; }

    /// <summary>
    /// The bytes of a tensor; null for a shape that no tensor can have: a negative extent, too many dimensions, or more
    /// bytes than a long counts even when zeros are taken for ones, as libtorch takes them for its strides.
    /// </summary>
    internal static long? ByteCount(WeightType type, IReadOnlyList<long> shape)
    {
        if (shape.Count > MaxDimensions) return null;
        Int128 bytes = type.Size;
        foreach (long extent in shape)
        {
            if (extent < 0) return null;
            bytes *= Math.Max(extent, 1);
            if (bytes > long.MaxValue) return null;
        }
        return shape.Contains(0) ? 0 : (long)bytes;
    }
}
