using Wsss.Tests.Hostile;
using Wsss.Weights;
using static TorchSharp.torch;

namespace Wsss.Tests.Weights;

/// <summary>Small valid files with random damage: each is read or refused, and nothing else happens.</summary>
public sealed class MutatedWeightFileTests
{
    // Single bytes that mean something in a pickle or JSON, and the heads of a zip archive's parts.
    private static readonly byte[][] Telling =
    [
        .. "(.0JKMNQRXabcehijqrstu]}) \"{[:,-19"u8.ToArray().Select(letter => new[] { letter }),
        .. ((byte[])[0x80, 0x81, 0x85, 0x8a, 0x93, 0x94, 0xff, 0]).Select(opcode => new[] { opcode }),
        [.. "PK\x1\x2"u8],
        [.. "PK\x3\x4"u8],
        [.. "PK\x5\x6"u8],
        [.. "PK\x6\x6"u8],
    ];

    [Fact]
    public void A_damaged_PyTorch_file_is_read_or_refused() => Check(TorchSaved.File(Pickle, Storages), file => file);

    [Fact]
    public void A_damaged_pickle_is_read_or_refused() => Check(Pickle, pickle => TorchSaved.File(pickle, Storages));

    [Fact]
    public void A_damaged_file_of_an_old_PyTorch_is_read_or_refused() =>
        Check(SavedCheckpoint.Legacy(Pickle, [("0", 6, Storages[0]), ("1", 3, Storages[1]), ("2", 1, Storages[2])]), file => file);

    [Fact]
    public void A_damaged_safetensors_file_is_read_or_refused() => Check(SafeTensors(), file => file);

    [Fact]
    public void A_damaged_safetensors_header_is_read_or_refused()
    {
        byte[] whole = SafeTensors();
        int length = BitConverter.ToInt32(whole);
        Check(whole[8..(8 + length)], header => [.. BitConverter.GetBytes((long)header.Length), .. header, .. whole[(8 + length)..]]);
    }

    private static byte[] Pickle { get; } = new PickleWriter().Op(PickleWriter.EmptyDict).Text("model").OrderedDict().Op(PickleWriter.Mark)
        .Text("a").Tensor("FloatStorage", "0", 6, 0, [2, 3], [1, 2]).Text("b").Tensor("BoolStorage", "1", 3, 1, [2], [1])
        .Text("c").Tensor("LongStorage", "2", 1, 0, [], []).Op(PickleWriter.SetItems, PickleWriter.SetItem).Stop();

    private static byte[][] Storages { get; } = [TorchSaved.Bytes(1f, 2, 3, 4, 5, 6), [1, 0, 1], TorchSaved.Bytes(7L)];

    private static byte[] SafeTensors()
    {
        using var folder = new TempFolder();
        using var scope = NewDisposeScope();
        SafeTensorsFile.Write(
            folder.File("w"),
            new Dictionary<string, Tensor>
            {
                ["a"] = ones(2, 3),
                ["b"] = tensor(new[] { true, false }),
                ["c"] = tensor(7L),
            },
            new Dictionary<string, string> { ["x"] = "1" }
        );
        return File.ReadAllBytes(folder.File("w"));
    }

    private static void Check(byte[] valid, Func<byte[], byte[]> complete)
    {
        long live = Toys.LiveTensors;
        Fuzz.Check([valid], Telling, file => Read(complete(file)));
        Assert.Equal(live, Toys.LiveTensors);
    }

    private static void Read(byte[] bytes)
    {
        using IWeightFile file = WeightFile.Open("damaged", new MemoryStream(bytes));
        foreach ((string key, TensorEntry entry) in file.Tensors)
        {
            using Tensor tensor = file.Read(key);
            Assert.Equal((entry.Elements, entry.DType), (tensor.NumberOfElements, tensor.dtype));
            Assert.InRange(entry.Bytes, 0, bytes.Length);
        }
    }
}
