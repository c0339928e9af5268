using System.Buffers.Binary;
using System.Text;

namespace Wsss.Weights;

/// <summary>
/// Where the entries of a zip archive lie, so that those that are stored as they are can be read in place, as PyTorch's
/// are; <see cref="System.IO.Compression.ZipArchive"/> does not tell the places, and reads directories of any length. Whatever does not
/// add up is refused: two entries of one name, overlaps, sizes beyond the file. Checksums are not compared.
/// </summary>
internal static class StoredZip
{
    private const int MaxDirectoryBytes = 1 << 26;
    private const int MaxEntries = 100_000;
    private const int EndBytes = 22;
    private const int LocatorBytes = 20;
    private const int Zip64EndBytes = 56;
    private const int HeaderBytes = 46;
    private const int LocalHeaderBytes = 30;
    private const ushort Zip64Field = 1;
    private const int Encrypted = 1;
    private const int Deflated = 8;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the directory and compares it with each entry's own header.</summary>
    /// <exception cref="InvalidDataException">The archive is broken.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static IReadOnlyDictionary<string, Range> Read(Stream stream)
    {
        Directory directory = FindDirectory(stream);
        if (directory.Entries > MaxEntries || directory.Bytes > MaxDirectoryBytes)
            throw new InvalidDataException(
                $"its directory has {directory.Entries} entries in {directory.Bytes} bytes, more than the {MaxEntries} in "
                    + $"{MaxDirectoryBytes} that are read"
            );
        byte[] bytes = ReadAt(stream, directory.Offset, (int)directory.Bytes);
        var entries = new List<Entry>();
        for (int at = 0; at < bytes.Length && entries.Count <= directory.Entries;)
        {
            Entry entry = ParseHeader(bytes.AsSpan(at), out int length);
            entries.Add(entry);
            at += length;
        }
        if (entries.Count != directory.Entries)
            throw new InvalidDataException(
                $"its directory should have {directory.Entries} entries, found "
                    + $"{(entries.Count > directory.Entries ? "more" : entries.Count)}"
            );
        return Place(stream, entries, directory.Offset);
    }

    /// <summary>The end record is the archive's last; a comment may follow it, and a 64-bit form precede it.</summary>
    private static Directory FindDirectory(Stream stream)
    {
        int tailLength = (int)Math.Min(stream.Length, EndBytes + ushort.MaxValue);
        long tailStart = stream.Length - tailLength;
        byte[] tail = ReadAt(stream, tailStart, tailLength);
        for (int at = tailLength - EndBytes; at >= 0; at--)
        {
            ReadOnlySpan<byte> end = tail.AsSpan(at);
            if (!end.StartsWith("PK\x5\x6"u8) || EndBytes + U16(end, 20) != end.Length)
                continue;
            long limit = tailStart + at;
            var found = new Directory(U16(end, 10), U32(end, 12), U32(end, 16));
            if (found.Entries == ushort.MaxValue || found.Bytes == uint.MaxValue || found.Offset == uint.MaxValue)
                (found, limit) = FindDirectory64(stream, limit);
            if (found.Offset < 0 || found.Bytes < 0 || found.Offset > limit - found.Bytes)
                throw new InvalidDataException(
                    $"its directory should be {found.Bytes} bytes from byte {found.Offset}, but it ends at {limit}"
                );
            return found;
        }
        throw new InvalidDataException("it has no end record: it is truncated");
    }

    private static (Directory Directory, long Limit) FindDirectory64(Stream stream, long end)
    {
        byte[] locator = end < LocatorBytes ? [] : ReadAt(stream, end - LocatorBytes, LocatorBytes);
        if (!locator.AsSpan().StartsWith("PK\x6\x7"u8))
            throw new InvalidDataException("it lacks the 64-bit end record that its end record points to");
        long offset = I64(locator, 8);
        if (offset < 0 || offset > end - LocatorBytes - Zip64EndBytes)
            throw new InvalidDataException($"its 64-bit end record should be at byte {offset}, which is not before its end");
        byte[] record = ReadAt(stream, offset, Zip64EndBytes);
        if (!record.AsSpan().StartsWith("PK\x6\x6"u8))
            throw new InvalidDataException("its 64-bit end record is broken");
        return (new Directory(I64(record, 32), I64(record, 40), I64(record, 48)), offset);
    }

    private static Entry ParseHeader(ReadOnlySpan<byte> header, out int length)
    {
        if (header.Length < HeaderBytes || !header.StartsWith("PK\x1\x2"u8))
            throw new InvalidDataException("its directory is broken");
        int nameLength = U16(header, 28),
            extraLength = U16(header, 30);
        length = HeaderBytes + nameLength + extraLength + U16(header, 32);
        if (length > header.Length)
            throw new InvalidDataException("its directory is broken");
        string name = Name(header.Slice(HeaderBytes, nameLength));
        bool isOpen = (U16(header, 8) & Encrypted) == 0,
            isStored = isOpen && U16(header, 10) == 0,
            isDeflated = isOpen && U16(header, 10) == Deflated;
        long stored = U32(header, 20),
            size = U32(header, 24),
            offset = U32(header, 42);
        ReadOnlySpan<byte> extra = header.Slice(HeaderBytes + nameLength, extraLength);
        while (extra.Length >= 4)
        {
            (ushort kind, int fieldLength) = (U16(extra, 0), U16(extra, 2));
            if (fieldLength > extra.Length - 4)
                throw new InvalidDataException($"its entry '{name}' has a broken extra field");
            if (kind == Zip64Field)
            {
                ReadOnlySpan<byte> wide = extra.Slice(4, fieldLength);
                if (size == uint.MaxValue)
                    size = TakeWide(ref wide, name);
                if (stored == uint.MaxValue)
                    stored = TakeWide(ref wide, name);
                if (offset == uint.MaxValue)
                    offset = TakeWide(ref wide, name);
            }
            extra = extra[(4 + fieldLength)..];
        }
        if (isStored && stored != size)
            throw new InvalidDataException($"its entry '{name}' is stored in {stored} bytes, but should have {size}");
        return new Entry(name, offset, new Range(0, stored, isStored) { IsDeflated = isDeflated, Size = size });
    }

    private static IReadOnlyDictionary<string, Range> Place(Stream stream, List<Entry> entries, long end)
    {
        var places = new Dictionary<string, Range>(StringComparer.Ordinal);
        long free = 0; // the first byte that no entry has taken
        foreach ((string name, long offset, Range range) in entries.OrderBy(entry => entry.Offset))
        {
            long size = range.Length;
            if (offset < free)
                throw new InvalidDataException($"its entry '{name}' overlaps another");
            if (offset > end - LocalHeaderBytes)
                throw new InvalidDataException($"its entry '{name}' should start at byte {offset}, beyond the {end} bytes of entries");
            byte[] local = ReadAt(stream, offset, LocalHeaderBytes);
            int nameLength = U16(local, 26);
            long start = offset + LocalHeaderBytes + nameLength + U16(local, 28);
            if (
                !local.AsSpan().StartsWith("PK\x3\x4"u8)
                || start > end
                || Name(ReadAt(stream, offset + LocalHeaderBytes, nameLength)) != name
            )
                throw new InvalidDataException($"its entry '{name}' is not where the directory says");
            if (size < 0 || size > end - start)
                throw new InvalidDataException($"its entry '{name}' should have {size} bytes, but only {end - start} follow");
            if (!places.TryAdd(name, range with { Offset = start }))
                throw new InvalidDataException($"its entry '{name}' occurs twice");
            free = start + size;
        }
        return places;
    }

    private static byte[] ReadAt(Stream stream, long offset, int count)
    {
        var bytes = new byte[count];
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static string Name(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidDataException("the name of an entry is not UTF-8", error);
        }
    }

    private static long TakeWide(ref ReadOnlySpan<byte> field, string name)
    {
        if (field.Length < 8) throw new InvalidDataException($"its entry '{name}' has a broken extra field");
        long value = I64(field, 0);
        field = field[8..];
        return value;
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);

    /// <summary>An entry's bytes in the stream.</summary>
    /// <param name="Offset">The first.</param>
    /// <param name="Length">How many.</param>
    /// <param name="IsStored">Whether they are the entry's content; else it is compressed or encrypted.</param>
    internal readonly record struct Range(long Offset, long Length, bool IsStored)
    {
        /// <summary>Whether they are the content, deflated.</summary>
        public bool IsDeflated { get; init; }

        /// <summary>Bytes of the content, as the directory says.</summary>
        public long Size { get; init; } = Length;
    }

    private readonly record struct Directory(long Entries, long Bytes, long Offset);

    private readonly record struct Entry(string Name, long Offset, Range Range);
}
