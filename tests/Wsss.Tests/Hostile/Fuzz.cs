using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;

namespace Wsss.Tests.Hostile;

/// <summary>
/// Damages valid files at random, always in the same way, and gives them to a reader: each is read or refused by an error of the library,
/// and nothing else happens. WSSS_FUZZ says how many files of a kind are tried, WSSS_FUZZ_SEED which ones (eng/fuzz.sh).
/// </summary>
internal static class Fuzz
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

    /// <summary>How many damaged files of a kind are tried.</summary>
    public static int Iterations { get; } = Number("WSSS_FUZZ", 2000);

    private static int Seed { get; } = Number("WSSS_FUZZ_SEED", 1);

    /// <summary>Tries a reader.</summary>
    /// <param name="seeds">Valid files.</param>
    /// <param name="telling">What means something in the format, and so is put in more often than by chance.</param>
    /// <param name="read">Reads a file from its bytes.</param>
    /// <param name="mend">Makes checksums and the like fit again, which is done to every other file; null for none.</param>
    public static void Check(
        IReadOnlyList<byte[]> seeds,
        IReadOnlyList<byte[]> telling,
        Action<byte[]> read,
        Func<byte[], byte[]>? mend = null
    )
    {
        foreach (byte[] seed in seeds)
            read(seed);
        int good = 0,
            refused = 0;
        var (slowest, longest, clock) = (TimeSpan.Zero, 0, new Stopwatch());
        for (int i = 0; i < Iterations; i++)
        {
            var random = new Random(unchecked(Seed * 1_000_003 + i));
            byte[] file = Damaged(random, seeds, telling);
            if (mend is not null && i % 2 == 0)
                file = mend(file);
            clock.Restart();
            try
            {
                read(file);
                good++;
            }
            catch (WsssException error)
            {
                Assert.False(string.IsNullOrWhiteSpace(error.Message));
                refused++;
            }
            catch (Exception error)
            {
                string kept = Path.Combine(Path.GetTempPath(), $"wsss-fuzz-{Seed}-{i}.bin");
                File.WriteAllBytes(kept, file);
                Assert.Fail($"File {i} of seed {Seed}, kept as {kept}: expected an error of the library, found {error}");
            }
            if (clock.Elapsed > slowest)
                (slowest, longest) = (clock.Elapsed, i);
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{good} read, {refused} refused; slowest {slowest.TotalMilliseconds:0} ms, file {longest}"
        );
        // Damage that never, or always, mattered would test nothing.
        Assert.True(good > 0 && refused > Iterations / 20, $"{good} read, {refused} refused");
    }

    /// <summary>One of the files with one to three changes.</summary>
    public static byte[] Damaged(Random random, IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> telling)
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
