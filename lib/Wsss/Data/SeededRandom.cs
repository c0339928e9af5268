using System.Numerics;

namespace Wsss.Data;

/// <summary>
/// Random numbers that are the same on every machine and runtime: xoshiro256** (Blackman and Vigna 2018), seeded by
/// SplitMix64 from any number of keys, so that each (seed, epoch, sample) has its own stream whatever the order.
/// </summary>
/// <remarks>
/// Only integer arithmetic and exactly rounded operations, hence no platform's log or cosine in the results. Not
/// thread-safe: make one per piece of work, which costs a few nanoseconds.
/// </remarks>
/// <example><code>var random = SeededRandom.For(seed, epoch, index);</code></example>
public sealed class SeededRandom
{
    private ulong _s0, _s1, _s2, _s3;

    private SeededRandom(ulong state)
    {
        _s0 = SplitMix(ref state);
        _s1 = SplitMix(ref state);
        _s2 = SplitMix(ref state);
        _s3 = SplitMix(ref state);
    }

    /// <summary>The stream of a list of keys; other keys, or the same in another order, give an independent stream.</summary>
    /// <param name="keys">At least one key, such as seed, epoch and sample index.</param>
    /// <exception cref="ArgumentException">No key was given.</exception>
    public static SeededRandom For(params ReadOnlySpan<long> keys)
    {
        if (keys.IsEmpty)
            throw new ArgumentException("Expected at least one key for a random stream, found none; pass the seed.", nameof(keys));
        ulong state = 0;
        foreach (long key in keys)
        {
            // The position enters through the chained mixing, so (1, 2) and (2, 1) differ.
            state ^= (ulong)key;
            state = SplitMix(ref state);
        }
        return new SeededRandom(state);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public double NextDouble(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Uniform in 0 … <paramref name="count"/> − 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public int Next(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return (int)Math.BigMul(NextUInt64(), (ulong)count, out _);
    }

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>Puts the items into a random order in place (Fisher–Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
