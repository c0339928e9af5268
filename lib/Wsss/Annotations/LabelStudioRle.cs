using Wsss.Data;

namespace Wsss.Annotations;

/// <summary>
/// Brush masks as Label Studio keeps them: the bytes of an RGBA image, all four of a pixel 255 inside and 0 outside, row by row, in
/// the packed run lengths of <c>thi.ng/rle-pack</c>, bit for bit as its converter writes them (<c>mask2rle</c>). A head of 32 bits for
/// the number of bytes, 5 for their width less 1 and four times 4 for the widths of lengths less 1; then for each run a bit 1, two bits
/// that choose the width, the length less 1, and the byte.
/// </summary>
internal static class LabelStudioRle
{
    private const int Channels = 4, ValueBits = 8;

    private static readonly int[] LengthBits = [3, 4, 8, 16];

    /// <summary>The packed runs of a label.</summary>
    /// <param name="mask">A class mask.</param>
    /// <param name="label">The label that is inside.</param>
    /// <returns>As the bytes of <c>value.rle</c>.</returns>
    public static byte[] Encode(LabelMap mask, byte label)
    {
        var bits = new BitWriter();
        bits.Write((uint)((long)Channels * mask.Values.Length), 32);
        bits.Write(ValueBits - 1, 5);
        foreach (int width in LengthBits) bits.Write((uint)width - 1, 4);
        for (int start = 0; start < mask.Values.Length;)
        {
            bool inside = mask.Values[start] == label;
            int end = start + 1;
            while (end < mask.Values.Length && mask.Values[end] == label == inside) end++;
            WriteRun(bits, (long)Channels * (end - start), inside ? byte.MaxValue : (byte)0);
            start = end;
        }
        return bits.ToBytes();
    }

    /// <summary>The mask of packed runs.</summary>
    /// <param name="rle">The bytes of <c>value.rle</c>.</param>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <returns>1 where a pixel's last channel, which says how opaque it is, is above 0; 0 elsewhere.</returns>
    /// <exception cref="AnnotationException">The runs end too early, or they are of another size.</exception>
    public static LabelMap Decode(IReadOnlyList<byte> rle, int width, int height)
    {
        byte[] values = new byte[CocoRle.Pixels(width, height)];
        var bits = new BitReader(rle);
        long length = bits.Read(32);
        if (length != (long)Channels * values.Length)
            throw new AnnotationException($"Expected {Channels}·{width}·{height} bytes in runs, found {length}.");
        int valueBits = (int)bits.Read(5) + 1;
        int[] lengthBits = [.. LengthBits.Select(_ => (int)bits.Read(4) + 1)];
        for (long at = 0; at < length;)
        {
            bool run = bits.Read(1) == 1;
            long end = at + 1 + bits.Read(lengthBits[bits.Read(2)]);
            if (end > length) throw new AnnotationException($"Expected runs of {length} bytes, found a run up to {end}.");
            uint value = run ? bits.Read(valueBits) : 0;
            for (; at < end; at++)
            {
                if (!run) value = bits.Read(valueBits);
                if (at % Channels == Channels - 1 && value > 0) values[at / Channels] = 1;
            }
        }
        return new LabelMap(width, height, values);
    }

    private static void WriteRun(BitWriter bits, long length, byte value)
    {
        // What is left of a run that is longer than the longest keeps its width.
        int fits = Array.FindIndex(LengthBits, width => length <= 1L << width), size = fits >= 0 ? fits : LengthBits.Length - 1;
        for (int longest = 1 << LengthBits[^1]; length > 0; length -= longest)
        {
            bits.Write(1, 1);
            bits.Write((uint)size, 2);
            bits.Write((uint)Math.Min(length, longest) - 1, LengthBits[size]);
            bits.Write(value, ValueBits);
        }
    }

    /// <summary>Bits, the highest of a number first.</summary>
    private sealed class BitWriter
    {
        private readonly List<byte> _bytes = [];
        private int _current, _filled;

        public void Write(uint number, int bits)
        {
            for (int bit = bits - 1; bit >= 0; bit--)
            {
                _current = _current << 1 | (int)(number >> bit & 1);
                if (++_filled < 8) continue;
                _bytes.Add((byte)_current);
                (_current, _filled) = (0, 0);
            }
        }

        /// <summary>Filled up with zeros, at least one, as the converter does.</summary>
        public byte[] ToBytes() => [.. _bytes, (byte)(_current << 8 - _filled)];
    }

    private sealed class BitReader(IReadOnlyList<byte> bytes)
    {
        private long _at;

        public uint Read(int bits)
        {
            if (_at + bits > 8L * bytes.Count)
                throw new AnnotationException($"Expected more runs, found their end after {bytes.Count} bytes.");
            uint number = 0;
            for (int i = 0; i < bits; i++, _at++) number = number << 1 | (uint)(bytes[(int)(_at / 8)] >> (int)(7 - _at % 8) & 1);
            return number;
        }
    }
}
