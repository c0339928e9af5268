using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Wsss.Weights;

/// <summary>The checked header of a safetensors file: nothing of it is believed before it has been compared with the file.</summary>
internal sealed class SafeTensorsHeader
{
    public const string MetadataKey = "__metadata__";
    // Of the largest networks it has a million bytes; the reference implementation stops at a hundred million.
    private const int MaxLength = 1 << 24;
    private const int MaxTensors = 100_000;

    private readonly string _path;

    private SafeTensorsHeader(string path) => _path = path;

    public Dictionary<string, TensorEntry> Tensors { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <exception cref="WeightFileException">The header or the layout that it describes is broken.</exception>
    public static SafeTensorsHeader Read(string path, Stream stream)
    {
        var header = new SafeTensorsHeader(path);
        if (WeightFile.IsPyTorch(stream))
        {
            throw new WeightFileException(
                $"{path} is a file of PyTorch's torch.save, expected safetensors. Open it with "
                    + $"{nameof(WeightFile)}.{nameof(WeightFile.Open)}."
            );
        }
        long fileLength = stream.Length;
        if (fileLength < 8)
            throw header.Broken($"expected at least 8 bytes, found {fileLength}");
        Span<byte> prefix = stackalloc byte[8];
        stream.ReadExactly(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxLength)
            throw header.Broken(
                $"expected a header of at most {MaxLength} bytes, found one of {length}; if it never was safetensors: only that and "
                    + "PyTorch's zip format are read"
            );
        if ((long)length > fileLength - 8)
            throw header.Broken($"the header should have {length} bytes, but the file has only {fileLength - 8} after its length");
        var json = new byte[(int)length];
        stream.ReadExactly(json);
        try
        {
            header.Parse(json, dataStart: 8 + (long)length);
        }
        // InvalidOperationException is what System.Text.Json raises for text that is not valid Unicode.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw header.Broken($"the header is not valid JSON ({error.Message})", error);
        }
        header.CheckLayout(8 + (long)length, fileLength);
        return header;
    }

    private void Parse(byte[] json, long dataStart)
    {
        // Token by token: a tree of the whole takes many times its bytes.
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw Broken("the header is not a JSON object");
        bool hasMetadata = false;
        while (NextName(ref reader) is { } key)
        {
            if (key != MetadataKey)
            {
                if (Tensors.Count == MaxTensors)
                    throw Broken($"it has more than {MaxTensors} tensors");
                if (!Tensors.TryAdd(key, ParseEntry(key, ref reader, dataStart)))
                    throw Broken($"the key '{PlainText.Shown(key)}' occurs twice");
                continue;
            }
            if (hasMetadata)
                throw Broken("the key '__metadata__' occurs twice");
            hasMetadata = true;
            ParseMetadata(ref reader);
        }
        // Nothing but blanks may follow, which the reader sees to.
        reader.Read();
    }

    /// <summary>The next member's name, with the reader at its value; null at the object's end.</summary>
    private static string? NextName(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject) return null;
        string name = reader.GetString()!;
        reader.Read();
        return name;
    }

    private void ParseMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Broken("'__metadata__' is not an object");
        while (NextName(ref reader) is { } name)
        {
            if (reader.TokenType != JsonTokenType.String) throw Broken($"the metadata '{PlainText.Shown(name)}' is not a string");
            if (!Metadata.TryAdd(name, reader.GetString()!)) throw Broken($"the metadata '{PlainText.Shown(name)}' occurs twice");
        }
    }

    private TensorEntry ParseEntry(string name, ref Utf8JsonReader reader, long dataStart)
    {
        string key = PlainText.Shown(name);
        string? typeName = null;
        List<long>? shape = null,
            offsets = null;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Broken($"tensor '{key}' is not described by an object");
        while (NextName(ref reader) is { } field)
        {
            if (field == "dtype" && typeName is null && reader.TokenType == JsonTokenType.String)
                typeName = reader.GetString();
            else if (field == "shape" && shape is null)
                shape = Numbers(key, field, ref reader);
            else if (field == "data_offsets" && offsets is null)
                offsets = Numbers(key, field, ref reader);
            else
                throw Broken($"tensor '{key}' has an unexpected, repeated or mistyped field '{PlainText.Shown(field)}'");
        }
        if (typeName is null || shape is null || offsets is not { Count: 2 })
            throw Broken($"tensor '{key}' needs dtype, shape and two data_offsets");
        WeightType type =
            WeightType.All.FirstOrDefault(type => type.SafeTensorsName == typeName)
            ?? throw Broken(
                $"tensor '{key}' has dtype '{PlainText.Shown(typeName)}', expected one of "
                    + $"{string.Join(", ", WeightType.All.Select(t => t.SafeTensorsName))}"
            );
        if (TensorEntry.ByteCount(type, shape) is not { } expected || offsets[0] > long.MaxValue - dataStart)
            throw Broken($"tensor '{key}' is too large: shape [{string.Join(", ", shape)}], offset {offsets[0]}");
        long length = offsets[1] - offsets[0];
        if (length != expected)
        {
            throw Broken(
                $"tensor '{key}' of shape [{string.Join(", ", shape)}] and dtype {typeName} needs {expected} bytes, "
                    + $"its data_offsets span {length}"
            );
        }
        return new TensorEntry(type, shape, dataStart + offsets[0]);
    }

    private List<long> Numbers(string key, string field, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Broken($"'{field}' of tensor '{key}' is not an array");
        List<long> numbers = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
                throw Broken(
                    $"'{field}' of tensor '{key}' holds {PlainText.Shown(Encoding.UTF8.GetString(reader.ValueSpan))}, expected whole "
                        + "numbers from 0"
                );
            if (numbers.Count == TensorEntry.MaxDimensions)
                throw Broken($"'{field}' of tensor '{key}' holds more than {TensorEntry.MaxDimensions} numbers");
            numbers.Add(number);
        }
        return numbers;
    }

    /// <summary>The format allows neither gaps nor overlaps, and nothing after the last tensor.</summary>
    private void CheckLayout(long dataStart, long fileLength)
    {
        long end = dataStart;
        string before = "the header";
        foreach ((string key, TensorEntry entry) in Tensors.OrderBy(t => t.Value.Offset).ThenBy(t => t.Value.Bytes))
        {
            if (entry.Offset != end)
            {
                throw Broken(
                    $"tensor '{PlainText.Shown(key)}' {(entry.Offset < end ? "overlaps" : "leaves a gap after")} {before}: "
                        + $"expected it at byte {end - dataStart} of the data, found {entry.Offset - dataStart}"
                );
            }
            if (entry.Bytes > fileLength - end)
                throw Broken(
                    $"tensor '{PlainText.Shown(key)}' needs {entry.Bytes} bytes, but the file ends after {fileLength - end}: it is "
                        + "truncated"
                );
            end += entry.Bytes;
            before = $"tensor '{PlainText.Shown(key)}'";
        }
        if (end != fileLength)
            throw Broken($"expected the file to end after {end} bytes, found {fileLength}");
    }

    private WeightFileException Broken(string problem, Exception? inner = null) =>
        new($"{_path} is not a valid safetensors file: {problem}. Download or write it again.", inner);
}
