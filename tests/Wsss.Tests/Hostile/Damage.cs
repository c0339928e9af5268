using System.Buffers.Binary;
using System.Globalization;

namespace Wsss.Tests.Hostile;

/// <summary>
/// Random damage to valid files and messages. WSSS_FUZZ says how much of a kind is tried, WSSS_FUZZ_SEED which (eng/fuzz.sh).
/// </summary>
internal static class Damage
{
    private static readonly long[] TellingNumbers =
    [
        0,
        1,
        -1,
        2,
        7,
        8,
        64,
        127,
        128,
        255,
        256,
        32767,
        65535,
        65536,
        int.MaxValue,
        uint.MaxValue,
        int.MinValue,
    ];

    /// <summary>How many damaged files or messages of a kind are tried.</summary>
    public static int Iterations { get; } = Number("WSSS_FUZZ", 2000);

    /// <summary>Which ones.</summary>
    public static int Seed { get; } = Number("WSSS_FUZZ_SEED", 1);

    /// <summary>One of the valid files with one to three changes.</summary>
    public static byte[] Of(Random random, IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> telling)
    {
        byte[] file = seeds[random.Next(seeds.Count)];
        for (int change = random.Next(1, 4); change > 0; change--) file = Changed(file, random, seeds, telling);
        return file;
    }

    private static byte[] Changed(byte[] file, Random random, IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> telling)
    {
        // The beginning holds the header in most formats.
        int at = random.Next(2) == 0 ? random.Next(Math.Min(file.Length + 1, 64)) : random.Next(file.Length + 1);
        int end = Math.Min(file.Length, at + random.Next(1, 9));
        switch (random.Next(9))
        {
            case 0:
                byte[] flipped = [.. file];
                if (at < file.Length) flipped[at] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 1:
                byte[] noise = new byte[end - at];
                random.NextBytes(noise);
                return [.. file[..at], .. noise, .. file[end..]];
            case 2 when telling.Count > 0: return [.. file[..at], .. telling[random.Next(telling.Count)], .. file[at..]];
            case 3 when telling.Count > 0: return [.. file[..at], .. telling[random.Next(telling.Count)], .. file[end..]];
            case 4: return [.. file[..at], .. file[end..]];
            case 5: return file[..at];
            case 6:
                byte[] other = seeds[random.Next(seeds.Count)];
                int from = random.Next(other.Length + 1);
                return [.. file[..at], .. other[from..Math.Min(other.Length, from + random.Next(64))], .. file[end..]];
            case 7:
                return [.. file[..at], .. Enumerable.Repeat(file[at..end], random.Next(1, 200)).SelectMany(part => part), .. file[end..]];
            default: return Numbered(file, at, random);
        }
    }

    private static byte[] Numbered(byte[] file, int at, Random random)
    {
        byte[] changed = [.. file];
        long number = TellingNumbers[random.Next(TellingNumbers.Length)];
        Span<byte> place = changed.AsSpan(at), bytes = stackalloc byte[8];
        if (random.Next(2) == 0) BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        else BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        int size = 1 << random.Next(1, 4);
        Span<byte> part = bytes[0] == 0 && number != 0 && number < 256 ? bytes[(8 - size)..] : bytes[..size];
        part[..Math.Min(part.Length, place.Length)].CopyTo(place);
        return changed;
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : otherwise;
}
