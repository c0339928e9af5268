using System.Numerics;
using System.Runtime.CompilerServices;

namespace Wsss.Data;

/// <summary>
/// Reads and writes as many numbers of a span as a register holds, at its end fewer; each is computed alike wherever it lies.
/// </summary>
internal static class Lanes
{
    /// <summary>How many numbers a register holds; it differs between processors.</summary>
    public static int Count => Vector<float>.Count;

    /// <summary>The numbers from a place on, 0 beyond the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Read(ReadOnlySpan<float> values, int at) =>
        values.Length - at >= Count ? new Vector<float>(values[at..]) : ReadLast(values[at..]);

    /// <summary>Puts them there, as far as the span goes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(Vector<float> lanes, Span<float> values, int at)
    {
        if (values.Length - at >= Count) lanes.CopyTo(values[at..]);
        else WriteLast(lanes, values[at..]);
    }

    private static Vector<float> ReadLast(ReadOnlySpan<float> values)
    {
        Span<float> padded = stackalloc float[Count];
        padded.Clear();
        values.CopyTo(padded);
        return new Vector<float>(padded);
    }

    private static void WriteLast(Vector<float> lanes, Span<float> values)
    {
        Span<float> whole = stackalloc float[Count];
        lanes.CopyTo(whole);
        whole[..values.Length].CopyTo(values);
    }
}
