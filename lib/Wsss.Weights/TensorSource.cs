using static TorchSharp.torch;

namespace Wsss.Weights;

/// <summary>Reads tensors whose places in a stream are known and checked; what the readers of all formats share.</summary>
/// <param name="path">What error messages call the file.</param>
/// <param name="stream">Belongs to this from now on.</param>
/// <param name="tensors">The tensors by key; each lies within the stream.</param>
internal sealed class TensorSource(string path, Stream stream, IReadOnlyDictionary<string, TensorEntry> tensors) : IDisposable
{
    /// <summary>Spans end at 2 GB; longer tensors are read and written in pieces.</summary>
    public const int ChunkBytes = 1 << 28;

    public string Path { get; } = path;

    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; } = tensors;

    public Tensor Read(string key)
    {
        TensorEntry entry = Find(key);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Tensor tensor = empty([.. entry.Shape], entry.DType);
        if (entry.Strides is null)
        {
            Fill(key, entry, tensor);
        }
        else
        {
            long[] shape = [.. entry.Shape], strides = [.. entry.Strides];
            Tensor span = empty(1 + shape.Zip(strides, (extent, stride) => (extent - 1) * stride).Sum(), entry.DType);
            Fill(key, entry, span);
            tensor.copy_(span.as_strided(shape, strides));
        }
        return tensor.MoveToOuterDisposeScope();
    }

    public void ReadInto(string key, Tensor target)
    {
        TensorEntry entry = Find(key);
        if (target.NumberOfElements != entry.Elements)
        {
            throw new WeightFileException(
                $"{Path}: tensor '{key}' should fill [{string.Join(", ", target.shape)}], found [{string.Join(", ", entry.Shape)}]."
            );
        }
        bool direct =
            entry.Strides is null
            && target.dtype == entry.DType
            && target.device.type == TorchSharp.DeviceType.CPU
            && target.is_contiguous();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        if (direct)
            Fill(key, entry, target);
        else
            target.copy_(Read(key).reshape(target.shape));
    }

    public void Dispose() => stream.Dispose();

    /// <summary>Fills a contiguous CPU tensor with the bytes from the entry's offset on.</summary>
    private void Fill(string key, TensorEntry entry, Tensor target)
    {
        using var scope = NewDisposeScope();
        Tensor flat = target.detach().view(-1);
        int step = ChunkBytes / entry.Type.Size;
        try
        {
            stream.Position = entry.Offset;
            for (long start = 0; start < flat.NumberOfElements; start += step)
            {
                using Tensor chunk = flat.narrow(0, start, Math.Min(step, flat.NumberOfElements - start));
                stream.ReadExactly(chunk.bytes);
                // Any byte but 0 and 1 in a Boolean tensor is undefined behaviour in libtorch.
                if (entry.DType == ScalarType.Bool && chunk.bytes.IndexOfAnyExceptInRange((byte)0, (byte)1) >= 0)
                    throw new WeightFileException($"{Path}: the Boolean tensor '{key}' holds a byte other than 0 and 1.");
            }
        }
        catch (IOException error)
        {
            throw new WeightFileException($"{Path}: tensor '{key}' cannot be read: {error.Message}", error);
        }
    }

    private TensorEntry Find(string key) =>
        Tensors.TryGetValue(key, out TensorEntry? entry)
            ? entry
            : throw new WeightFileException(
                $"{Path} has no tensor '{key}'. It has: {string.Join(", ", Tensors.Keys.Order(StringComparer.Ordinal))}."
            );
}
