using System.Buffers.Binary;

namespace Wsss.Data;

/// <summary>What must be known of a WebP file before it is decoded. Source: RFC 9649, section 2.</summary>
internal static class WebpFormat
{
    private const int RiffHeader = 12, ChunkHeader = 8, FrameHeader = 16;

    /// <summary>Whether a file begins as a WebP.</summary>
    public static bool IsWebp(ReadOnlySpan<byte> file) =>
        file.Length >= RiffHeader && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8);

    /// <summary>Whether a WebP has as many bytes as its header says.</summary>
    public static bool IsComplete(ReadOnlySpan<byte> file) =>
        BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) <= file.Length - ChunkHeader;

    /// <summary>Whether the first picture of a WebP is coded without loss; true where none is found.</summary>
    public static bool IsLossless(ReadOnlySpan<byte> file)
    {
        long at = RiffHeader;
        while (at + ChunkHeader <= file.Length)
        {
            var chunk = file[(int)at..];
            if (chunk.StartsWith("VP8 "u8)) return false;
            if (chunk.StartsWith("VP8L"u8)) return true;
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            // A frame of an animation holds chunks of its own; others are padded to an even length.
            at += ChunkHeader + (chunk.StartsWith("ANMF"u8) ? FrameHeader : length + length % 2);
        }
        return true;
    }
}
