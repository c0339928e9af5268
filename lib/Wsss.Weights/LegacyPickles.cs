using System.Buffers.Binary;

namespace Wsss.Weights;

/// <summary>
/// The form in which <c>torch.save</c> wrote before version 1.6: one pickle after another (a magic number, a version, the
/// machine, the content, the storages' keys), and then each storage in the order of the keys: how many numbers, and these.
/// </summary>
internal static class LegacyPickles
{
    private const int Pickles = 5;
    private const int ContentPlace = 3;

    // Protocol 2, the whole number 0x1950a86a20f9469cfc6c, stop.
    private static readonly byte[] Magic = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'];

    /// <summary>Reads the pickles and finds the storages; no number is read yet.</summary>
    /// <param name="stream">The file, at any place.</param>
    /// <returns>What was saved, and where each storage lies by its key.</returns>
    /// <exception cref="InvalidDataException">It is broken, or truncated.</exception>
    /// <exception cref="NotSupportedException">It was not written by <c>torch.save</c>, or asks for what no state dict needs.</exception>
    public static (object? Content, IReadOnlyDictionary<string, StoredZip.Range> Places) Read(Stream stream)
    {
        var bytes = new byte[Math.Min(stream.Length, StateDictPickle.MaxBytes)];
        stream.Position = 0;
        stream.ReadExactly(bytes);
        if (!bytes.AsSpan().StartsWith(Magic))
        {
            throw new NotSupportedException(
                "it is a pickle that torch.save did not write. Save a state dict with a current PyTorch: torch.save(model.state_dict(), "
                    + "path)"
            );
        }
        int at = Magic.Length;
        object? content = null,
            keys = null;
        var storages = new Dictionary<string, PickledStorage>(StringComparer.Ordinal);
        for (int i = 1; i < Pickles; i++)
        {
            keys = StateDictPickle.ReadOne(bytes, ref at, storages);
            if (i == ContentPlace)
                content = keys;
        }
        return (content, Places(stream, keys, at, storages));
    }

    private static Dictionary<string, StoredZip.Range> Places(
        Stream stream,
        object? keys,
        long at,
        Dictionary<string, PickledStorage> storages
    )
    {
        var places = new Dictionary<string, StoredZip.Range>(StringComparer.Ordinal);
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (object? item in keys as List<object?> ?? throw new InvalidDataException("it has no list of its storages"))
        {
            if (item is not string key || !storages.TryGetValue(key, out PickledStorage? storage))
                throw new InvalidDataException("its list of storages names one that it does not describe");
            stream.Position = at;
            stream.ReadExactly(number);
            long count = BinaryPrimitives.ReadInt64LittleEndian(number);
            at += number.Length;
            if (count < 0 || (Int128)count * storage.Type.Size > stream.Length - at)
            {
                throw new InvalidDataException(
                    $"its storage '{PlainText.Shown(key)}' should have {count} numbers, but only {stream.Length - at} bytes follow"
                );
            }
            if (!places.TryAdd(key, new StoredZip.Range(at, count * storage.Type.Size, IsStored: true)))
                throw new InvalidDataException($"its storage '{PlainText.Shown(key)}' occurs twice");
            at += count * storage.Type.Size;
        }
        return places;
    }
}
