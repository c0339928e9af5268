using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using Tensorboard;

namespace Wsss.Training;

/// <summary>
/// A training's curves as TensorBoard reads them: losses under <c>loss/</c>, validation metrics under <c>validation/</c>, a point per
/// epoch.
/// </summary>
/// <remarks>
/// The messages are TorchSharp's; the file is written here, as its <c>SummaryWriter</c> gives times in other units than seconds and puts
/// the machine's name into the file's. A file is a sequence of records: length (uint64), masked CRC of these 8 bytes, message, masked
/// CRC of the message; little-endian, the CRC is Castagnoli's (CRC-32C), masked as TFRecord says: rotated right by 15 bits, plus
/// 0xa282ead8. Source: TensorFlow, <i>TFRecords format details</i>.
/// </remarks>
internal static class TrainingEvents
{
    /// <summary>TensorBoard takes each file whose name has <c>tfevents</c> in it.</summary>
    public const string FileName = "events.out.tfevents";

    /// <summary>Writes the curves into a training's folder.</summary>
    /// <param name="folder">Of the training.</param>
    /// <param name="history">Its epochs; the number of an epoch is the step.</param>
    /// <param name="end">When training ended; the epochs' times are counted back from there.</param>
    public static void Write(string folder, TrainingHistory history, DateTimeOffset end) =>
        AtomicFile.Write(Path.Combine(folder, FileName), stream => Write(stream, history, end));

    private static void Write(Stream stream, TrainingHistory history, DateTimeOffset end)
    {
        double seconds = end.ToUnixTimeMilliseconds() / 1000.0 - history.Seconds;
        Write(stream, new Event { WallTime = seconds, FileVersion = "brain.Event:2" });
        foreach (var epoch in history.Epochs)
        {
            seconds += epoch.Seconds;
            var summary = new Summary();
            foreach (var (name, value) in epoch.Losses) Add(summary, $"loss/{name}", value);
            foreach (var (name, value) in epoch.Metrics) Add(summary, $"validation/{name}", value);
            Write(stream, new Event { WallTime = seconds, Step = epoch.Epoch, Summary = summary });
        }
    }

    private static void Add(Summary summary, string tag, double value) =>
        summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)value });

    private static void Write(Stream stream, Event message)
    {
        byte[] content = message.ToByteArray();
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)content.Length);
        stream.Write(length);
        WriteChecksum(stream, length);
        stream.Write(content);
        WriteChecksum(stream, content);
    }

    private static void WriteChecksum(Stream stream, ReadOnlySpan<byte> bytes)
    {
        Span<byte> checksum = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, Checksum(bytes));
        stream.Write(checksum);
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte value in bytes) crc = BitOperations.Crc32C(crc, value);
        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8u;
    }
}
