using Wsss.Data;

namespace Wsss.Tests.Annotations;

/// <summary>Masks as tests write them: a digit is a label, a point is background.</summary>
internal static class Masks
{
    public static LabelMap Of(params string[] rows) =>
        new(rows[0].Length, rows.Length, [.. string.Concat(rows).Select(c => c == '.' ? (byte)0 : (byte)(c - '0'))]);

    /// <summary>Labels 0…<paramref name="labels"/> without any order: regions that touch at corners, holes in holes.</summary>
    public static LabelMap Random(int width, int height, int labels, int seed)
    {
        var random = SeededRandom.For(seed);
        return new LabelMap(width, height, [.. Enumerable.Range(0, width * height).Select(_ => (byte)random.Next(labels + 1))]);
    }

    /// <summary>1 where a mask has a label.</summary>
    public static byte[] Only(LabelMap mask, int label) => [.. mask.Values.Select(value => (byte)(value == label ? 1 : 0))];
}
