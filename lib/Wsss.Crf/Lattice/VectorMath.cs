using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wsss.Crf.Lattice;

/// <summary>The exponential of eight numbers at once.</summary>
internal static class VectorMath
{
    /// <summary>
    /// eˣ for x ≤ 0, within 2 units in the last place; exactly 0 below −60. Probabilities that small change nothing, and the
    /// denormal numbers that they would lead to are slow.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ExpOfNegative(Vector256<float> x)
    {
        const float Smallest = -60;
        // x = n·ln 2 + r with |r| ≤ ½ ln 2; ln 2 in two parts, the first exact in few bits.
        var n = Vector256.Floor(x * 1.44269504f + Vector256.Create(0.5f));
        var r = x - n * 0.693359375f + n * 2.12194440e-4f;
        // Taylor's series of e^r to the seventh degree: its rest is below 6e-9 there.
        var p = r * (1f / 5040) + Vector256.Create(1f / 720);
        p = p * r + Vector256.Create(1f / 120);
        p = p * r + Vector256.Create(1f / 24);
        p = p * r + Vector256.Create(1f / 6);
        p = p * r + Vector256.Create(0.5f);
        p = p * r + Vector256.Create(1f);
        p = p * r + Vector256.Create(1f);
        var power = ((Vector256.ConvertToInt32(n) + Vector256.Create(127)) << 23).AsSingle();
        // The mask also drops what overflowed on the way.
        return p * power & Vector256.GreaterThanOrEqual(x, Vector256.Create(Smallest));
    }
}
