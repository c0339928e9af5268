using CsCheck;
using Wsss.Tests.Hostile;
using Wsss.Weights;
using static TorchSharp.torch;

namespace Wsss.Tests.Weights;

/// <summary>Small valid files with random damage: each is read or refused, and nothing else happens.</summary>
public sealed class MutatedWeightFileTests
{
    private static readonly int Iterations = 3 * Fuzz.Iterations;

    // Bytes that mean something in a pickle, a zip directory or JSON come more often than by chance.
    private static readonly byte[] Telling =
    [
        .. "(.0JKMNQRXabcehijqrstu]}) \"{[:,-19PK\x1\x2\x5\x6"u8,
        0x80,
        0x81,
        0x85,
        0x8a,
        0x93,
        0x94,
        0xff,
        0,
    ];
    private static readonly Gen<byte> Byte = Gen.Frequency((1, Gen.Byte), (1, Gen.Int[0, Telling.Length - 1].Select(i => Telling[i])));

    private static readonly Gen<(int Kind, double At, double From, byte[] Bytes)[]> Damage =
        Gen.Select(Gen.Int[0, 4], Gen.Double[0, 1], Gen.Double[0, 1], Byte.Array[1, 8]).Array[1, 3];

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
        int read = 0, refused = 0;
        Assert.True(TryRead(complete(valid)));
        long live = Toys.LiveTensors;
        Damage.Sample(damage =>
        {
            byte[] file = complete(damage.Aggregate(valid, Apply));
            if (TryRead(file)) read++;
            else refused++;
        }, iter: Iterations, threads: 1);
        Assert.Equal(live, Toys.LiveTensors);
        // Damage that never, or always, mattered would test nothing.
        Assert.True(read > Iterations / 1000 && refused > Iterations / 10, $"{read} read, {refused} refused");
    }

    private static bool TryRead(byte[] bytes)
    {
        try
        {
            using IWeightFile file = WeightFile.Open("damaged", new MemoryStream(bytes));
            foreach ((string key, TensorEntry entry) in file.Tensors)
            {
                using Tensor tensor = file.Read(key);
                Assert.Equal((entry.Elements, entry.DType), (tensor.NumberOfElements, tensor.dtype));
                Assert.InRange(entry.Bytes, 0, bytes.Length);
            }
            return true;
        }
        catch (WeightFileException)
        {
            return false;
        }
    }

    private static byte[] Apply(byte[] file, (int Kind, double At, double From, byte[] Bytes) damage)
    {
        int at = (int)(damage.At * file.Length),
            from = (int)(damage.From * file.Length),
            end = Math.Min(file.Length, at + damage.Bytes.Length);
        return damage.Kind switch
        {
            0 => [.. file[..at], .. damage.Bytes[..(end - at)], .. file[end..]], // overwritten
            1 => [.. file[..at], .. damage.Bytes, .. file[at..]], // inserted
            2 => [.. file[..at], .. file[end..]], // deleted
            3 => file[..at], // truncated
            _ => [.. file[..at], .. file[from..Math.Min(file.Length, from + 40)], .. file[end..]], // spliced
        };
    }
}
