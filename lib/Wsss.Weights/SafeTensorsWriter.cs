using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace Wsss.Weights;

/// <summary>Writes safetensors files; <see cref="SafeTensorsFile.Write(string, IWeightFile)"/> says in which order.</summary>
internal static class SafeTensorsWriter
{
    /// <summary>Writes the header, then asks for one tensor after another.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="tensors">What will be written.</param>
    /// <param name="get">Gives a tensor by its key; one that it makes is released after it was written.</param>
    /// <param name="metadata">Free text to keep with them.</param>
    public static void Write(
        string path, IEnumerable<(string Key, ScalarType DType, IReadOnlyList<long> Shape)> tensors, Func<string, Tensor> get,
        IReadOnlyDictionary<string, string>? metadata)
    {
        var items = new List<(string Key, WeightType Type, IReadOnlyList<long> Shape)>();
        foreach ((string key, ScalarType dtype, IReadOnlyList<long> shape) in tensors)
        {
            WeightType type = WeightType.All.FirstOrDefault(type => type.DType == dtype)
                ?? throw new WeightFileException($"{path}: tensor '{key}' has type {dtype}, which safetensors lacks. Convert it first.");
            if (key == SafeTensorsHeader.MetadataKey)
                throw new WeightFileException($"{path}: '{key}' is reserved by the format. Name the tensor differently.");
            items.Add((key, type, shape));
        }
        items.Sort((a, b) => a.Type.Size != b.Type.Size ? b.Type.Size.CompareTo(a.Type.Size) : string.CompareOrdinal(a.Key, b.Key));
        var entries = new SortedDictionary<string, TensorEntry>(StringComparer.Ordinal);
        long end = 0;
        foreach ((string key, WeightType type, IReadOnlyList<long> shape) in items)
        {
            var entry = new TensorEntry(type, shape, end);
            end += entry.Bytes;
            entries.Add(key, entry);
        }
        byte[] header = BuildHeader(entries, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> prefix = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
            stream.Write(prefix);
            stream.Write(header);
            foreach ((string key, WeightType type, _) in items) WriteData(stream, () => get(key), type.Size);
        });
    }

    private static byte[] BuildHeader(SortedDictionary<string, TensorEntry> entries, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafeTensorsHeader.MetadataKey);
                foreach ((string key, string value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }
            foreach ((string key, TensorEntry entry) in entries)
            {
                json.WriteStartObject(key);
                json.WriteString("dtype", entry.Type.SafeTensorsName);
                json.WriteStartArray("shape");
                foreach (long extent in entry.Shape) json.WriteNumberValue(extent);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(entry.Offset);
                json.WriteNumberValue(entry.Offset + entry.Bytes);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // Spaces up to a multiple of 8, so that the data are aligned in a mapped file.
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static void WriteData(Stream stream, Func<Tensor> get, int size)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Tensor flat = get().detach().cpu().contiguous().reshape(-1);
        int step = TensorSource.ChunkBytes / size;
        for (long start = 0; start < flat.NumberOfElements; start += step)
        {
            using Tensor chunk = flat.narrow(0, start, Math.Min(step, flat.NumberOfElements - start));
            stream.Write(chunk.bytes);
        }
    }
}
