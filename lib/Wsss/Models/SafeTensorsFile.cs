using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>
/// Weights in the safetensors format (an 8-byte length, a JSON header, raw little-endian numbers), read tensor by tensor
/// straight into the memory where they are wanted. An open file holds a handle: dispose it.
/// </summary>
public sealed class SafeTensorsFile : IDisposable
{
    private const int ChunkBytes = 1 << 28; // spans end at 2 GB

    private readonly FileStream _stream;
    private readonly SafeTensorsHeader _header;

    private SafeTensorsFile(string path, FileStream stream, SafeTensorsHeader header)
    {
        Path = path;
        _stream = stream;
        _header = header;
    }

    /// <summary>The file's path, as given.</summary>
    public string Path { get; }

    /// <summary>The tensors by key.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => _header.Tensors;

    /// <summary>Free text that the writer left; empty if none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file and checks its whole header; no tensor is read yet.</summary>
    /// <exception cref="WeightFileException">The file cannot be opened, or is not a whole, valid safetensors file.</exception>
    public static SafeTensorsFile Open(string path)
    {
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return new SafeTensorsFile(path, stream, SafeTensorsHeader.Read(path, stream));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            stream?.Dispose();
            throw new WeightFileException($"{path} cannot be read: {error.Message}", error);
        }
        catch
        {
            stream?.Dispose();
            throw;
        }
    }

    /// <summary>Reads one tensor as the file has it.</summary>
    /// <param name="key">A key of <see cref="Tensors"/>.</param>
    /// <returns>A CPU tensor of the entry's shape and type; the caller owns it.</returns>
    /// <exception cref="WeightFileException">No such tensor, or the file cannot be read any more.</exception>
    public Tensor Read(string key)
    {
        TensorEntry entry = Find(key);
        Tensor tensor = empty([.. entry.Shape], entry.DType);
        try
        {
            Fill(key, entry, tensor);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Overwrites a tensor with one of the file, converted to its type, on its device.</summary>
    /// <param name="key">A key of <see cref="Tensors"/>.</param>
    /// <param name="target">As many elements as the entry has; its own shape stays.</param>
    /// <exception cref="WeightFileException">No such tensor, another element count, or the file cannot be read any more.</exception>
    public void ReadInto(string key, Tensor target)
    {
        TensorEntry entry = Find(key);
        if (target.NumberOfElements != entry.Shape.Aggregate(1L, (product, extent) => product * extent))
        {
            throw new WeightFileException(
                $"{Path}: tensor '{key}' should fill [{string.Join(", ", target.shape)}], found [{string.Join(", ", entry.Shape)}].");
        }
        if (target.dtype == entry.DType && target.device.type == TorchSharp.DeviceType.CPU && target.is_contiguous())
        {
            Fill(key, entry, target);
            return;
        }
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        target.copy_(Read(key).reshape(target.shape));
    }

    /// <summary>
    /// Writes tensors of any device and layout, atomically. The bytes depend on names, values and metadata alone: header
    /// keys are sorted; the data are sorted by the size of their type, wide first, then by key, so that each is aligned.
    /// </summary>
    /// <param name="path">The file to write; its folder is created if missing.</param>
    /// <param name="tensors">The tensors by key.</param>
    /// <param name="metadata">Free text to keep with them.</param>
    /// <exception cref="WeightFileException">A type that the format lacks, or the reserved key <c>__metadata__</c>.</exception>
    public static void Write(
        string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var items = new List<(string Key, Tensor Tensor, string Type, int Size)>();
        foreach ((string key, Tensor tensor) in tensors)
        {
            if (SafeTensorsHeader.Describe(tensor.dtype) is not { } type)
                throw new WeightFileException($"{path}: tensor '{key}' has type {tensor.dtype}, which safetensors lacks. Convert it first.");
            if (key == "__metadata__")
                throw new WeightFileException($"{path}: '__metadata__' is reserved by the format. Name the tensor differently.");
            items.Add((key, tensor, type.Name, type.Size));
        }
        items.Sort((a, b) => a.Size != b.Size ? b.Size.CompareTo(a.Size) : string.CompareOrdinal(a.Key, b.Key));
        var offsets = new SortedDictionary<string, HeaderEntry>(StringComparer.Ordinal);
        long end = 0;
        foreach ((string key, Tensor tensor, string type, int size) in items)
        {
            long start = end;
            end += tensor.NumberOfElements * size;
            offsets.Add(key, new HeaderEntry(type, tensor.shape, start, end));
        }
        byte[] header = BuildHeader(offsets, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> prefix = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
            stream.Write(prefix);
            stream.Write(header);
            foreach ((_, Tensor tensor, _, int size) in items) WriteData(stream, tensor, size);
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static byte[] BuildHeader(SortedDictionary<string, HeaderEntry> entries, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }
            foreach ((string key, HeaderEntry entry) in entries)
            {
                json.WriteStartObject(key);
                json.WriteString("dtype", entry.Type);
                json.WriteStartArray("shape");
                foreach (long extent in entry.Shape) json.WriteNumberValue(extent);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(entry.Start);
                json.WriteNumberValue(entry.End);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // Spaces up to a multiple of 8, so that the data are aligned in a mapped file.
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static void WriteData(Stream stream, Tensor tensor, int size)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Tensor flat = tensor.detach().cpu().contiguous().reshape(-1);
        int step = ChunkBytes / size;
        for (long start = 0; start < flat.NumberOfElements; start += step)
        {
            using Tensor chunk = flat.narrow(0, start, Math.Min(step, flat.NumberOfElements - start));
            stream.Write(chunk.bytes);
        }
    }

    private void Fill(string key, TensorEntry entry, Tensor target)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Tensor flat = target.detach().view(-1);
        int step = ChunkBytes / (int)target.ElementSize;
        try
        {
            _stream.Position = entry.Offset;
            for (long start = 0; start < flat.NumberOfElements; start += step)
            {
                using Tensor chunk = flat.narrow(0, start, Math.Min(step, flat.NumberOfElements - start));
                _stream.ReadExactly(chunk.bytes);
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

    private TensorEntry Find(string key) => Tensors.TryGetValue(key, out TensorEntry? entry)
        ? entry
        : throw new WeightFileException($"{Path} has no tensor '{key}'. It has: {string.Join(", ", Tensors.Keys.Order(StringComparer.Ordinal))}.");

    private readonly record struct HeaderEntry(string Type, long[] Shape, long Start, long End);
}
