using static TorchSharp.torch;

namespace Wsss.Weights;

/// <summary>
/// Weights as PyTorch's <c>torch.save</c> writes them: a zip archive with a pickle that describes the tensors and an
/// uncompressed entry <c>data/N</c> for each run of numbers; before version 1.6 pickles and numbers in a row. The pickle is read by a
/// machine that can only describe tensors and containers and never imports or calls anything, so that a hostile file can do no more than
/// fail. The state dict may lie under <c>state_dict</c>, <c>model</c> and the like; what is no tensor is ignored.
/// </summary>
/// <remarks>Checksums are not compared, as PyTorch itself can be told to leave them out.</remarks>
internal sealed class PthFile : IWeightFile
{
    private const int MostSharing = 16;
    private const string PickleName = "/data.pkl";

    private readonly TensorSource _source;

    private PthFile(TensorSource source, StateDictSearch.Result found)
    {
        _source = source;
        (Nest, OtherNests) = (found.Nest, found.Others);
    }

    /// <inheritdoc/>
    public string Path => _source.Path;

    /// <inheritdoc/>
    public string Format => "PyTorch";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => _source.Tensors;

    /// <inheritdoc/>
    public string Nest { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> OtherNests { get; }

    /// <summary>Empty: the format has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    /// <summary>Opens a file, reads its pickle and checks each tensor against the archive; no number is read yet.</summary>
    /// <exception cref="WeightFileException">
    /// The file cannot be opened; or is no state dict in one of PyTorch's formats, whole and little-endian; or its pickle contains what no
    /// state dict needs, which the message names.
    /// </exception>
    public static PthFile Open(string path) => WeightFile.OpenFile(path, Open);

    /// <summary>Reads the format from any stream that can seek; it belongs to the result unless this fails.</summary>
    internal static PthFile Open(string name, Stream stream)
    {
        try
        {
            var entries = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
            StateDictSearch.Result found = ReadEntries(stream, entries);
            return new PthFile(new TensorSource(name, stream, entries), found);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new WeightFileException(
                $"{name} is not a valid PyTorch file: {error.Message.TrimEnd('.')}. Download or save it again.",
                error
            );
        }
        catch (NotSupportedException error)
        {
            throw new WeightFileException($"{name} cannot be read: {error.Message}.", error);
        }
    }

    /// <inheritdoc/>
    public Tensor Read(string key) => _source.Read(key);

    /// <inheritdoc/>
    public void ReadInto(string key, Tensor target) => _source.ReadInto(key, target);

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private static StateDictSearch.Result ReadEntries(Stream stream, Dictionary<string, TensorEntry> entries)
    {
        if (IsBarePickle(stream))
        {
            (object? saved, IReadOnlyDictionary<string, StoredZip.Range> storages) = LegacyPickles.Read(stream);
            return Place(saved, "", storages, entries);
        }
        IReadOnlyDictionary<string, StoredZip.Range> places = StoredZip.Read(stream);
        string root = FindRoot(places.Keys);
        if (Find(places, $"{root}/byteorder") is { } order && !Bytes(stream, order, "byteorder", 16).AsSpan().SequenceEqual("little"u8))
            throw new NotSupportedException(
                "its numbers are not in little-endian order. Save it on a machine with an x86 or ARM processor"
            );
        object? content = StateDictPickle.Read(Bytes(stream, Find(places, root + PickleName)!.Value, "data.pkl", StateDictPickle.MaxBytes));
        return Place(content, $"{root}/data/", places, entries);
    }

    private static bool IsBarePickle(Stream stream)
    {
        stream.Position = 0;
        return stream.ReadByte() == 0x80;
    }

    private static StateDictSearch.Result Place(
        object? content,
        string folder,
        IReadOnlyDictionary<string, StoredZip.Range> places,
        Dictionary<string, TensorEntry> entries
    )
    {
        StateDictSearch.Result found = StateDictSearch.Find(content);
        foreach ((string key, PickledTensor tensor) in found.Tensors)
            entries.Add(key, Place(key, tensor, folder + tensor.Storage.Key, places));
        // Weights that are tied lie in the file once; many names for one storage would fill a disk from a small file.
        Int128 together = 0,
            held = 0;
        foreach (TensorEntry entry in entries.Values)
            together += entry.Bytes;
        foreach (string storage in found.Tensors.Values.Select(tensor => tensor.Storage.Key).Distinct())
            held += places[folder + storage].Length;
        if (together > MostSharing * held)
            throw new NotSupportedException(
                $"its tensors have {together} bytes together, more than {MostSharing} times the {held} that it holds. Save it without "
                    + "tensors that share their numbers"
            );
        return found;
    }

    private static string FindRoot(IEnumerable<string> names)
    {
        var roots = new List<string>();
        foreach (string name in names)
        {
            string inside = name[(name.IndexOf('/') + 1)..];
            if (inside == "constants.pkl" || inside.StartsWith("code/", StringComparison.Ordinal))
            {
                throw new NotSupportedException(
                    "it is a TorchScript archive, a program with its weights. Save its weights alone in Python: "
                        + "torch.save(torch.jit.load(path).state_dict(), other_path)"
                );
            }
            if (name.EndsWith(PickleName, StringComparison.Ordinal) && inside.Length == PickleName.Length - 1)
                roots.Add(name[..^PickleName.Length]);
        }
        return roots is [string root]
            ? root
            : throw new NotSupportedException(
                $"it is a zip archive with {roots.Count} entries NAME/data.pkl, expected one. Give a file that torch.save wrote"
            );
    }

    private static TensorEntry Place(string key, PickledTensor tensor, string storage, IReadOnlyDictionary<string, StoredZip.Range> places)
    {
        ((WeightType type, _, long count), long offset, long[] shape, long[] strides) = tensor;
        StoredZip.Range place =
            Find(places, storage) ?? throw new InvalidDataException($"tensor '{key}' lies in '{storage}', which the archive lacks");
        if (count < 0 || (Int128)count * type.Size != place.Length)
            throw new InvalidDataException(
                $"tensor '{key}': '{storage}' should hold {count} numbers of {type.Size} bytes, found {place.Length} bytes"
            );
        if (shape.Length != strides.Length || strides.Any(stride => stride < 0) || TensorEntry.ByteCount(type, shape) is not { } bytes)
            throw new InvalidDataException(
                $"tensor '{key}' has shape [{string.Join(", ", shape)}] and strides [{string.Join(", ", strides)}], which no tensor can "
                    + "have"
            );
        // The extents' product is a long, so that this sum is below 2¹²⁷.
        Int128 end = offset;
        for (int d = 0; d < shape.Length && bytes > 0; d++)
            end += (Int128)(shape[d] - 1) * strides[d];
        if (offset < 0 || (bytes > 0 ? end >= count : end > count))
            throw new InvalidDataException($"tensor '{key}' reaches from number {offset} to {end} of '{storage}', which holds {count}");
        // An expanded tensor repeats its numbers: a few bytes could ask for any amount of memory.
        if (bytes > place.Length)
            throw new NotSupportedException(
                $"tensor '{key}' of shape [{string.Join(", ", shape)}] repeats the {count} numbers of '{storage}'. Save it after "
                    + ".contiguous()"
            );
        return new TensorEntry(type, shape, place.Offset + offset * type.Size) { Strides = IsInOrder(shape, strides) ? null : strides };
    }

    /// <summary>Whether the numbers follow each other in the shape's order; along an extent of 1 any stride will do.</summary>
    private static bool IsInOrder(long[] shape, long[] strides)
    {
        if (shape.Contains(0)) return true;
        long expected = 1;
        for (int d = shape.Length - 1; d >= 0; d--)
        {
            if (shape[d] != 1 && strides[d] != expected) return false;
            expected *= shape[d];
        }
        return true;
    }

    private static StoredZip.Range? Find(IReadOnlyDictionary<string, StoredZip.Range> places, string name)
    {
        if (!places.TryGetValue(name, out StoredZip.Range place)) return null;
        return place.IsStored ? place : throw new NotSupportedException(
            $"its entry '{name}' is compressed or encrypted, which torch.save never does. Unpack it and pack it again without");
    }

    private static byte[] Bytes(Stream stream, StoredZip.Range place, string name, int limit)
    {
        if (place.Length > limit) throw new InvalidDataException($"its entry '{name}' has {place.Length} bytes, expected at most {limit}");
        var bytes = new byte[place.Length];
        stream.Position = place.Offset;
        stream.ReadExactly(bytes);
        return bytes;
    }
}
