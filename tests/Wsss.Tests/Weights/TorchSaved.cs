using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Wsss.Tests.Weights;

/// <summary>Writes pickles by hand, opcode by opcode, as Python's pickletools names them.</summary>
internal sealed class PickleWriter
{
    public const byte Mark = (byte)'(',
        EmptyDict = (byte)'}',
        EmptyList = (byte)']',
        EmptyTuple = (byte)')',
        ToTuple = (byte)'t',
        Call = (byte)'R',
        Build = (byte)'b',
        SetItem = (byte)'s',
        SetItems = (byte)'u',
        Append = (byte)'a',
        Appends = (byte)'e',
        None = (byte)'N',
        True = 0x88,
        False = 0x89,
        PersistentId = (byte)'Q',
        Memoize = 0x94,
        StackGlobal = 0x93;

    private readonly MemoryStream _bytes = new();

    public PickleWriter(byte protocol = 2) => Op(0x80, protocol);

    public PickleWriter Op(params ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public PickleWriter Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Op((byte)'X').Op(length).Op(utf8);
    }

    public PickleWriter Int(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return value == (byte)value ? Op((byte)'K', (byte)value)
            : value == (int)value ? Op((byte)'J').Op(bytes[..4])
            : Op(0x8a, 8).Op(bytes);
    }

    public PickleWriter Numbers(params long[] values)
    {
        Op(Mark);
        foreach (long value in values) Int(value);
        return Op(ToTuple);
    }

    public PickleWriter Global(string module, string name) => Op((byte)'c').Op(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    public PickleWriter OrderedDict() => Global("collections", "OrderedDict").Op(EmptyTuple, Call);

    public PickleWriter Storage(string type, string key, long count) =>
        Op(Mark).Text("storage").Global("torch", type).Text(key).Text("cpu").Int(count).Op(ToTuple, PersistentId);

    public PickleWriter Tensor(string type, string key, long count, long offset, long[] shape, long[] strides) =>
        Global("torch._utils", "_rebuild_tensor_v2")
            .Op(Mark)
            .Storage(type, key, count)
            .Int(offset)
            .Numbers(shape)
            .Numbers(strides)
            .Op(False)
            .OrderedDict()
            .Op(ToTuple, Call);

    public byte[] Stop()
    {
        Op((byte)'.');
        return _bytes.ToArray();
    }
}

/// <summary>Files as torch.save makes them, in memory.</summary>
internal static class TorchSaved
{
    /// <summary>A zip archive of uncompressed entries.</summary>
    public static byte[] Zip(params IEnumerable<(string Name, byte[] Content)> entries) => Zip(CompressionLevel.NoCompression, entries);

    /// <summary>A zip archive.</summary>
    public static byte[] Zip(CompressionLevel level, params IEnumerable<(string Name, byte[] Content)> entries)
    {
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream entry = archive.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }
        return bytes.ToArray();
    }

    /// <summary>A pickle and its storages 0, 1, ….</summary>
    public static byte[] File(byte[] pickle, params IEnumerable<byte[]> storages) =>
        Zip([
            ("w/data.pkl", pickle),
            ("w/byteorder", "little"u8.ToArray()),
            .. storages.Select((storage, i) => ($"w/data/{i}", storage)),
            ("w/version", "3\n"u8.ToArray()),
        ]);

    /// <summary>A state dict of float32 vectors, each in its own storage, with the attributes that PyTorch adds.</summary>
    public static byte[] Vectors(params (string Key, float[] Values)[] tensors)
    {
        var pickle = new PickleWriter().OrderedDict().Op(PickleWriter.Mark);
        for (int i = 0; i < tensors.Length; i++)
            pickle.Text(tensors[i].Key).Tensor("FloatStorage", $"{i}", tensors[i].Values.Length, 0, [tensors[i].Values.Length], [1]);
        pickle
            .Op(PickleWriter.SetItems, PickleWriter.EmptyDict)
            .Text("_metadata")
            .OrderedDict()
            .Op(PickleWriter.SetItem, PickleWriter.Build);
        return File(pickle.Stop(), tensors.Select(tensor => Bytes<float>(tensor.Values)));
    }

    /// <summary>Numbers as they lie in memory.</summary>
    public static byte[] Bytes<T>(params ReadOnlySpan<T> values)
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).ToArray();
}
