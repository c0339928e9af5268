using System.Text;

namespace Wsss.Data;

/// <summary>
/// Run lengths as COCO keeps them: pixels column by column from the top left, the lengths of runs outside and inside in turn,
/// the first one outside and so possibly 0. The compressed form is a string of the characters 48…111 with six bits each, five of
/// the number and one that says whether more follow, low bits first and signed; from the fourth run on, it is the difference to the
/// run before the last (<c>maskApi.c</c> of COCO's toolbox).
/// </summary>
internal static class CocoRle
{
    private const int FirstCharacter = 48, ValueBits = 5, ValueMask = 0x1f, SignBit = 0x10, MoreBit = 0x20;

    // Seven groups hold 35 bits, more than any run has.
    private const int MostGroups = 7;

    /// <summary>The runs of a label.</summary>
    /// <param name="mask">A class mask.</param>
    /// <param name="label">The label that is inside.</param>
    public static int[] Encode(LabelMap mask, byte label)
    {
        var counts = new List<int>();
        bool inside = false;
        int run = 0;
        for (int x = 0; x < mask.Width; x++)
        {
            for (int i = x; i < mask.Values.Length; i += mask.Width)
            {
                if (mask.Values[i] == label != inside)
                {
                    counts.Add(run);
                    (run, inside) = (0, !inside);
                }
                run++;
            }
        }
        counts.Add(run);
        return [.. counts];
    }

    /// <summary>The mask of runs.</summary>
    /// <param name="counts">Lengths of the runs; together width·height.</param>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <returns>1 inside, 0 outside.</returns>
    /// <exception cref="AnnotationException">A run is negative, or they do not fill the mask.</exception>
    public static LabelMap Decode(IReadOnlyList<int> counts, int width, int height)
    {
        long pixels = Pixels(width, height);
        long sum = 0;
        foreach (int count in counts)
            sum += count >= 0 ? count : throw new AnnotationException($"Expected run lengths of at least 0, found {count}.");
        if (sum != pixels)
            throw new AnnotationException($"Expected run lengths of {width}·{height} = {pixels} pixels together, found {sum}.");
        byte[] values = new byte[pixels];
        int at = 0;
        for (int run = 0; run < counts.Count; run++)
        {
            int end = at + counts[run];
            if (run % 2 == 1) for (int i = at; i < end; i++) values[i % height * width + i / height] = 1;
            at = end;
        }
        return new LabelMap(width, height, values);
    }

    /// <summary>The mask of runs in compressed form.</summary>
    /// <param name="counts">The string.</param>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <returns>1 inside, 0 outside.</returns>
    /// <exception cref="AnnotationException">The string is none of runs, or they do not fill the mask.</exception>
    public static LabelMap Decode(string counts, int width, int height) => Decode(Decompress(counts), width, height);

    /// <summary>The compressed form of runs.</summary>
    /// <param name="counts">Lengths of the runs.</param>
    public static string Compress(IReadOnlyList<int> counts)
    {
        var text = new StringBuilder();
        for (int i = 0; i < counts.Count; i++)
        {
            long rest = i > 2 ? (long)counts[i] - counts[i - 2] : counts[i];
            bool more = true;
            while (more)
            {
                int group = (int)(rest & ValueMask);
                rest >>= ValueBits;
                // The last group's sign bit is that of the number.
                more = (group & SignBit) != 0 ? rest != -1 : rest != 0;
                text.Append((char)(FirstCharacter + (more ? group | MoreBit : group)));
            }
        }
        return text.ToString();
    }

    /// <summary>The runs of a compressed form.</summary>
    /// <param name="text">The string.</param>
    /// <exception cref="AnnotationException">A character or number that cannot be, or the end is missing.</exception>
    public static int[] Decompress(string text)
    {
        var counts = new List<int>();
        for (int at = 0; at < text.Length;)
        {
            long number = 0;
            bool more = true;
            for (int shift = 0; more; shift += ValueBits)
            {
                if (at == text.Length || shift == MostGroups * ValueBits)
                {
                    throw new AnnotationException(
                        $"Expected compressed run lengths, found a number without end at position {at} of {text.Length}.");
                }
                int group = text[at++] - FirstCharacter;
                if (group is < 0 or >= 2 * MoreBit)
                {
                    throw new AnnotationException(
                        $"Expected compressed run lengths of the characters '0'…'o', found '{text[at - 1]}' at position {at - 1}.");
                }
                number |= (long)(group & ValueMask) << shift;
                more = (group & MoreBit) != 0;
                if (!more && (group & SignBit) != 0) number |= -1L << (shift + ValueBits);
            }
            if (counts.Count > 2) number += counts[^2];
            if (number is < 0 or > int.MaxValue)
                throw new AnnotationException($"Expected run lengths of 0…{int.MaxValue}, found {number} as run {counts.Count}.");
            counts.Add((int)number);
        }
        return [.. counts];
    }

    /// <summary>Width·height, checked.</summary>
    /// <exception cref="AnnotationException">A mask cannot have that size.</exception>
    internal static long Pixels(int width, int height)
    {
        long pixels = (long)width * height;
        return width >= 1 && height >= 1 && pixels <= Array.MaxLength ? pixels
            : throw new AnnotationException($"Expected a mask of 1…{Array.MaxLength} pixels, found a size of {width}×{height}.");
    }
}
