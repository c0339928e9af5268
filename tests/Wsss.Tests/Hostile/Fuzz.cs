using System.Diagnostics;

namespace Wsss.Tests.Hostile;

/// <summary>
/// Damages valid files at random, always in the same way, and gives them to a reader: each is read or refused by an error of the library,
/// and nothing else happens. A damaged file that reaches code which none before it reached is damaged further, as if it were valid.
/// </summary>
internal static class Fuzz
{
    // Longer ones, repeated again and again, would only be slower.
    private const int LongestKept = 4096;

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
        List<byte[]> corpus = [.. seeds];
        var branches = new ReachedBranches();
        foreach (byte[] seed in seeds)
        {
            ReachedBranches.Begin();
            read(seed);
            branches.Grew();
        }
        int good = 0,
            refused = 0,
            ofSeeds = branches.Count;
        var (slowest, longest, clock) = (TimeSpan.Zero, 0, new Stopwatch());
        for (int i = 0; i < Damage.Iterations; i++)
        {
            var random = new Random(unchecked(Damage.Seed * 1_000_003 + i));
            // Most of the kept files are refused early: the valid ones have to come often enough.
            byte[] file = Damage.Of(random, random.Next(2) == 0 ? seeds : corpus, telling);
            if (mend is not null && i % 2 == 0)
                file = mend(file);
            ReachedBranches.Begin();
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
                string kept = Path.Combine(Path.GetTempPath(), $"wsss-fuzz-{Damage.Seed}-{i}.bin");
                File.WriteAllBytes(kept, file);
                Assert.Fail($"File {i} of seed {Damage.Seed}, kept as {kept}: expected an error of the library, found {error}");
            }
            if (clock.Elapsed > slowest)
                (slowest, longest) = (clock.Elapsed, i);
            if (branches.Grew() && file.Length <= LongestKept)
                corpus.Add(file);
        }
        string reached = $"{ofSeeds} branches by the valid files, {branches.Count} by all, {corpus.Count - seeds.Count} files kept";
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{good} read, {refused} refused; slowest {slowest.TotalMilliseconds:0} ms, file {longest}"
                + (ofSeeds > 0 ? $"; {reached}" : "")
        );
        // Damage that never, or always, mattered would test nothing.
        Assert.True(good > 0 && refused > Damage.Iterations / 20, $"{good} read, {refused} refused");
    }
}
