using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Wsss.Weights;
using static TorchSharp.torch;
using static Wsss.Tests.Weights.PickleWriter;

namespace Wsss.Tests.Weights;

public sealed class HostilePthTests
{
    private const long MaxAllocated = 1 << 20;

    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("builtins", "getattr")]
    [InlineData("torch", "load")]
    [InlineData("torch", "ComplexFloatStorage")]
    [InlineData("torch._utils", "_rebuild_tensor")]
    [InlineData("subprocess", "Popen")]
    [InlineData("__main__", "Namespace")]
    [InlineData("numpy", "load")]
    [InlineData("pathlib2", "PosixPath")]
    [InlineData("collections", "OrderedDict.fromkeys")]
    public void Any_other_global_is_refused_by_name(string module, string name)
    {
        string message = Refuse(new PickleWriter().Global(module, name).Op(Mark).Text("touch here").Op(ToTuple, Call).Stop());
        Assert.Contains($"'{module}.{name}'", message);
        Assert.Contains("state dict", message);
        Assert.Contains($"'{module}.{name}'", Refuse(new PickleWriter(4).Text(module).Text(name).Op(StackGlobal).Stop()));
    }

    [Theory]
    [InlineData("INST", (byte)'i')]
    [InlineData("OBJ", (byte)'o')]
    [InlineData("NEWOBJ", 0x81)]
    [InlineData("NEWOBJEX", 0x92)]
    [InlineData("EXT1", 0x82)]
    [InlineData("EXT2", 0x83)]
    [InlineData("EXT4", 0x84)]
    [InlineData("PERSID", (byte)'P')]
    [InlineData("DUP", (byte)'2')]
    [InlineData("POP", (byte)'0')]
    [InlineData("BINUNICODE8", 0x8d)]
    [InlineData("NEXTBUFFER", 0x97)]
    [InlineData("unknown opcode 0xff", 0xff)]
    public void Any_other_opcode_is_refused_by_name(string name, byte opcode) =>
        Assert.Contains(
            name,
            Refuse(new PickleWriter().Op(Mark).Global("collections", "OrderedDict").Op(EmptyTuple, opcode).Op("os\nsystem\n"u8).Stop())
        );

    [Fact]
    public void Only_the_three_known_calls_are_understood()
    {
        Assert.Contains("no function", Refuse(new PickleWriter().Text("print").Op(EmptyTuple, Call).Stop()));
        Assert.Contains("no function", Refuse(new PickleWriter().Global("torch", "FloatStorage").Op(EmptyTuple, Call).Stop()));
        Assert.Contains(
            "OrderedDict has other arguments",
            Refuse(new PickleWriter().Global("collections", "OrderedDict").Numbers(1).Op(Call).Stop())
        );
        Assert.Contains(
            "RebuildTensor has other",
            Refuse(new PickleWriter().Global("torch._utils", "_rebuild_tensor_v2").Numbers(1, 2, 3, 4, 5, 6).Op(Call).Stop())
        );
        Assert.Contains(
            "RebuildParameter has other",
            Refuse(new PickleWriter().Global("torch._utils", "_rebuild_parameter").Numbers(1, 2, 3).Op(Call).Stop())
        );
        Assert.Contains("no OrderedDict", Refuse(new PickleWriter().Op(EmptyDict, EmptyDict, Build).Stop()));
        Assert.Contains("no OrderedDict", Refuse(new PickleWriter().OrderedDict().Op(EmptyTuple, Build).Stop()));
    }

    [Fact]
    public void A_persistent_id_of_another_form_is_refused()
    {
        Assert.Contains("persistent id", Refuse(new PickleWriter().Text("0").Op(PersistentId).Stop()));
        Assert.Contains(
            "persistent id",
            Refuse(
                new PickleWriter()
                    .Op(Mark)
                    .Text("module")
                    .Global("torch", "FloatStorage")
                    .Text("0")
                    .Text("cpu")
                    .Int(1)
                    .Op(ToTuple, PersistentId)
                    .Stop()
            )
        );
        Assert.Contains(
            "persistent id",
            Refuse(
                new PickleWriter()
                    .Op(Mark)
                    .Text("storage")
                    .Text("FloatStorage")
                    .Text("0")
                    .Text("cpu")
                    .Int(1)
                    .Op(ToTuple, PersistentId)
                    .Stop()
            )
        );
        Assert.Contains(
            "persistent id",
            Refuse(
                new PickleWriter()
                    .Op(Mark)
                    .Text("storage")
                    .Global("torch", "FloatStorage")
                    .Int(0)
                    .Text("cpu")
                    .Int(1)
                    .Op(ToTuple, PersistentId)
                    .Stop()
            )
        );
    }

    // A storage of 4 float32.
    [Theory]
    [InlineData("0", 4, 1, new long[] { 4 }, new long[] { 1 }, "from number 1 to 4")]
    [InlineData("0", 4, -1, new long[] { 2 }, new long[] { 1 }, "from number -1")]
    [InlineData("0", 4, long.MaxValue, new long[] { 2 }, new long[] { 1 }, "which holds 4")]
    [InlineData("0", 4, 5, new long[] { 0 }, new long[] { 1 }, "which holds 4")]
    [InlineData("0", 4, 0, new long[] { 2, 2 }, new long[] { 3, 1 }, "from number 0 to 4")]
    [InlineData("0", 4, 0, new long[] { 2 }, new long[] { long.MaxValue }, "which holds 4")]
    [InlineData("0", 4, 3, new long[] { 2 }, new long[] { -1 }, "which no tensor can have")]
    [InlineData("0", 4, 0, new long[] { -2, -2 }, new long[] { 2, 1 }, "which no tensor can have")]
    [InlineData("0", 4, 0, new long[] { 4 }, new long[] { 1, 1 }, "which no tensor can have")]
    [InlineData("0", 4, 0, new long[] { 1L << 32, 1L << 32 }, new long[] { 0, 0 }, "which no tensor can have")]
    [InlineData("0", 4, 0, new long[] { 0, 1L << 32, 1L << 32 }, new long[] { 1, 1, 1 }, "which no tensor can have")]
    [InlineData("0", 4, 0, new long[] { 1L << 40 }, new long[] { 0 }, "repeats")]
    [InlineData("0", 5, 0, new long[] { 4 }, new long[] { 1 }, "should hold 5 numbers")]
    [InlineData("0", -4, 0, new long[] { 4 }, new long[] { 1 }, "should hold -4 numbers")]
    [InlineData("0", (1L << 62) + 4, 0, new long[] { 4 }, new long[] { 1 }, "numbers of 4 bytes")] // × 4 is 16 again in 64 bits
    [InlineData("0", 2_500_000_000, 0, new long[] { 2_500_000_000 }, new long[] { 1 }, "should hold 2500000000 numbers")]
    [InlineData("1", 4, 0, new long[] { 4 }, new long[] { 1 }, "'w/data/1', which the archive lacks")]
    [InlineData("../data.pkl", 4, 0, new long[] { 4 }, new long[] { 1 }, "which the archive lacks")]
    public void A_tensor_beyond_its_storage_is_refused_by_name(
        string storage, long count, long offset, long[] shape, long[] strides, string part)
    {
        string message = Refuse(
            new PickleWriter()
                .Op(EmptyDict)
                .Text("conv.weight")
                .Tensor("FloatStorage", storage, count, offset, shape, strides)
                .Op(SetItem)
                .Stop()
        );
        Assert.Contains("'conv.weight'", message);
        Assert.Contains(part, message);
    }

    [Fact]
    public void A_broken_pickle_is_refused()
    {
        Assert.Contains(
            "'w' occurs twice",
            Refuse(new PickleWriter().Op(EmptyDict, Mark).Text("w").Op(None).Text("w").Op(None).Op(SetItems).Stop())
        );
        Assert.Contains("neither", Refuse(new PickleWriter().Op(EmptyDict, EmptyTuple, None, SetItem).Stop()));
        Assert.Contains("neither", Refuse(new PickleWriter().Op(EmptyDict).Text(new string('k', 2000)).Op(None, SetItem).Stop()));
        Assert.Contains("keys without values", Refuse(new PickleWriter().Op(EmptyDict, Mark, None, SetItems).Stop()));
        Assert.Contains(
            "the number 7",
            Refuse(new PickleWriter().Op(EmptyDict).Int(7).Tensor("FloatStorage", "0", 4, 0, [4], [1]).Op(SetItem).Stop())
        );
        Assert.Contains("no list", Refuse(new PickleWriter().Op(None, None, Append).Stop()));
        Assert.Contains("there is none", Refuse(new PickleWriter().Op(Append).Stop()));
        Assert.Contains("there is none", Refuse(new PickleWriter().Op(EmptyDict, Mark, SetItem).Stop()));
        Assert.Contains("a mark", Refuse(new PickleWriter().Op(ToTuple).Stop()));
        Assert.Contains("after its end", Refuse(new PickleWriter().Op(EmptyDict, EmptyDict).Stop()));
        Assert.Contains("after its end", Refuse([.. new PickleWriter().Op(EmptyDict).Stop(), 0]));
        Assert.Contains("never kept", Refuse(new PickleWriter().Op((byte)'h', 3).Stop()));
        Assert.Contains("under the number", Refuse(new PickleWriter().Op(EmptyDict, (byte)'r').Op(0xff, 0xff, 0xff, 0xff).Stop()));
        Assert.Contains("protocol is 6", Refuse(new PickleWriter(6).Stop()));
        Assert.Contains("whole number has 255", Refuse(new PickleWriter().Op(0x8a, 255).Op(new byte[255]).Stop()));
        Assert.Contains("not UTF-8", Refuse(new PickleWriter().Op((byte)'X', 1, 0, 0, 0, 0xff).Stop()));
        Assert.Contains("4294967295 bytes", Refuse(new PickleWriter().Op((byte)'X', 0xff, 0xff, 0xff, 0xff).Stop()));
        Assert.Contains("no end", Refuse(new PickleWriter().Op((byte)'c').Stop()));
        Assert.Contains("no dict", Refuse(new PickleWriter().Tensor("FloatStorage", "0", 4, 0, [4], [1]).Stop()));
        Assert.Contains("found no tensors", Refuse(new PickleWriter().Op(EmptyDict).Stop()));
        Assert.Contains(
            "found no tensors",
            Refuse(new PickleWriter().Op(EmptyDict, (byte)'q', 0).Text("model").Op((byte)'h', 0, SetItem).Stop())
        ); // a dict inside itself
        Assert.Contains(
            "holds a list of 1 value",
            Refuse(new PickleWriter().Op([.. Enumerable.Repeat(EmptyTuple, 1), .. Enumerable.Repeat((byte)0x85, 10_000)]).Stop())
        );
    }

    [Fact]
    public void Huge_counts_are_refused_in_bounded_memory()
    {
        Assert.Contains("steps", Refuse(new PickleWriter().Op([.. Enumerable.Repeat(EmptyDict, 1_100_000)]).Stop(), 400 << 20));
        Assert.Contains("expected at most", Refuse(new byte[StateDictPickle.MaxBytes + 1], 100 << 20));
        byte[] tensors = [.. Enumerable.Repeat((byte[])[(byte)'h', 1, (byte)'h', 2, Call], 110_000).SelectMany(call => call)];
        Assert.Contains(
            "more than 100000 tensors",
            Refuse(
                new PickleWriter()
                    .Global("torch._utils", "_rebuild_tensor_v2")
                    .Op((byte)'q', 1)
                    .Op(Mark)
                    .Storage("FloatStorage", "0", 4)
                    .Int(0)
                    .Numbers(4)
                    .Numbers(1)
                    .Op(False)
                    .OrderedDict()
                    .Op(ToTuple)
                    .Op((byte)'q', 2)
                    .Op(tensors)
                    .Stop(),
                400 << 20
            )
        );
    }

    [Fact]
    public void Other_files_of_PyTorch_are_named()
    {
        (string, byte[]) pickle = ("m/data.pkl", new PickleWriter().Op(EmptyDict).Stop());
        Assert.Contains("TorchScript", RefuseFile(TorchSaved.Zip(pickle, ("m/constants.pkl", []))));
        Assert.Contains("TorchScript", RefuseFile(TorchSaved.Zip(pickle, ("m/code/__torch__.py", []))));
        Assert.Contains("little-endian", RefuseFile(TorchSaved.Zip(pickle, ("m/byteorder", "big"u8.ToArray()))));
        Assert.Contains("did not write", RefuseFile(new PickleWriter().Op(EmptyDict).Stop()));
        Assert.Contains("0 entries NAME/data.pkl", RefuseFile(TorchSaved.Zip(("word/document.xml", []))));
        Assert.Contains("0 entries NAME/data.pkl", RefuseFile(TorchSaved.Zip()));
        Assert.Contains("2 entries NAME/data.pkl", RefuseFile(TorchSaved.Zip(pickle, ("n/data.pkl", []))));
        Assert.Contains(
            "TorchScript",
            Assert.Throws<WeightFileException>(() => WeightFile.Open(SharedData.File("weights/csnet_saliency_224.torchscript.pt"))).Message
        );
    }

    [Fact]
    public void Compressed_and_repeated_entries_are_refused()
    {
        byte[] bomb = TorchSaved.Zip(CompressionLevel.Optimal, ("w/data.pkl", new byte[10_000_000]));
        Assert.True(bomb.Length < 20_000);
        Assert.Contains("'w/data.pkl' is compressed", RefuseFile(bomb));
        byte[] file = TorchSaved.Vectors(("w", [1, 2]));
        int record = LastIndexOf(file, Encoding.UTF8.GetBytes("w/data/0")) - 46;
        file[record + 8] |= 1; // encrypted
        Assert.Contains("'w/data/0' is compressed or encrypted", RefuseFile(file));
        (file[record + 8], file[record + 10]) = (0, 8); // deflated
        Assert.Contains("'w/data/0' is compressed or encrypted", RefuseFile(file));
        Assert.Contains("'w/data/0' occurs twice", RefuseFile(TorchSaved.Zip(("w/data.pkl", [1]), ("w/data/0", [1]), ("w/data/0", [2]))));
        Assert.Contains("'w/data.pkl' occurs twice", RefuseFile(TorchSaved.Zip(("w/data.pkl", [1]), ("w/data.pkl", [2]))));
    }

    // Byte positions in an entry's record of the directory.
    [Theory]
    [InlineData(20, 1_000_000, 4, "should have")]
    [InlineData(24, 1_000_000, 4, "should have")]
    [InlineData(28, 60_000, 2, "directory is broken")]
    [InlineData(30, 60_000, 2, "directory is broken")]
    [InlineData(42, 0, 4, "overlaps")]
    [InlineData(42, 1, 4, "overlaps")]
    [InlineData(42, 0x7fff_ffff, 4, "beyond")]
    [InlineData(42, 0xffff_fffe, 4, "beyond")]
    [InlineData(46, 'v', 1, "not where the directory says")]
    [InlineData(46, 0xff, 1, "not UTF-8")]
    public void A_directory_that_lies_is_refused(int at, long value, int size, string part)
    {
        byte[] file = TorchSaved.Vectors(("w", [1, 2]));
        int record = LastIndexOf(file, "PK\x1\x2"u8); // of the last entry, the version
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        bytes[..size].CopyTo(file.AsSpan(record + at));
        Assert.Contains(part, RefuseFile(file));
    }

    [Fact]
    public void A_size_that_reaches_into_another_entry_is_refused()
    {
        byte[] file = TorchSaved.Vectors(("w", [1, 2]));
        int record = LastIndexOf(file, Encoding.UTF8.GetBytes("w/data/0")) - 46;
        foreach (int at in (int[])[20, 24]) BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(record + at), 30);
        Assert.Contains("overlaps", RefuseFile(file));
        foreach (int at in (int[])[20, 24]) BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(record + at), 3_000_000_000);
        Assert.Contains("should have 3000000000 bytes", RefuseFile(file));
    }

    [Theory]
    [InlineData(10, 0xfffe, 2, "entries")] // entries
    [InlineData(10, 0xffff, 2, "64-bit end record")]
    [InlineData(12, 0xffff_fff0, 4, "should be")] // bytes
    [InlineData(16, 0xffff_fff0, 4, "should be")] // offset
    [InlineData(16, 0, 4, "directory is broken")]
    [InlineData(16, 0xffff_ffff, 4, "64-bit end record")]
    [InlineData(20, 7, 2, "truncated")] // comment
    public void An_end_record_that_lies_is_refused(int at, uint value, int size, string part)
    {
        byte[] file = TorchSaved.Vectors(("w", [1, 2]));
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        bytes[..size].CopyTo(file.AsSpan(file.Length - 22 + at));
        Assert.Contains(part, RefuseFile(file));
    }

    [Theory]
    [InlineData(0, 0, 0, null)]
    [InlineData(10_000_000_000, 0, 0, "should be")] // a directory of 10 GB
    [InlineData(long.MaxValue, 0, 0, "should be")]
    [InlineData(0, 10_000_000_000, 0, "should be")]
    [InlineData(0, -1, 0, "directory is broken")]
    [InlineData(0, -1_000_000, 0, "should be")]
    [InlineData(-1_000_000, 0, 0, "should be")]
    [InlineData(0, 0, 10_000_000_000, "not before its end")]
    [InlineData(0, 0, long.MinValue, "not before its end")]
    [InlineData(0, 0, -1, "64-bit end record is broken")]
    public void The_64_bit_end_record_is_read_and_checked(long bytesMore, long offsetMore, long recordMore, string? part)
    {
        byte[] file = TorchSaved.Vectors(("w", [1, 2]));
        ReadOnlySpan<byte> end = file.AsSpan(file.Length - 22);
        var (entries, bytes, offset) = (
            BinaryPrimitives.ReadUInt16LittleEndian(end[10..]),
            BinaryPrimitives.ReadUInt32LittleEndian(end[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(end[16..])
        );
        byte[] wide =
        [
            .. file[..^22],
            .. "PK\x6\x6"u8,
            .. TorchSaved.Bytes(44L),
            .. new byte[12],
            .. TorchSaved.Bytes((long)entries, entries, unchecked(bytes + bytesMore), offset + offsetMore),
            .. "PK\x6\x7"u8,
            .. new byte[4],
            .. TorchSaved.Bytes(file.Length - 22 + recordMore),
            1,
            0,
            0,
            0,
            .. "PK\x5\x6"u8,
            .. new byte[4],
            .. Enumerable.Repeat((byte)0xff, 12),
            0,
            0,
        ];
        ReadOrRefuse(wide, part);
    }

    // Size, stored size and place of an entry that say "see the field", as where they do not fit 32 bits.
    [Theory]
    [InlineData(24, 24, 0, null)]
    [InlineData(16, 16, 0, "broken extra field")]
    [InlineData(24, 30, 0, "broken extra field")]
    [InlineData(24, 24, 1, "should have 9")]
    [InlineData(24, 24, 10_000_000_000, "should have 10000000008")]
    public void The_64_bit_sizes_of_an_entry_are_read_and_checked(int bytes, ushort length, long more, string? part)
    {
        byte[] file = TorchSaved.Vectors(("w", [1, 2]));
        int record = LastIndexOf(file, Encoding.UTF8.GetBytes("w/data/0")) - 46;
        int after = record + 46 + "w/data/0".Length;
        Span<byte> header = file.AsSpan(record);
        uint place = BinaryPrimitives.ReadUInt32LittleEndian(header[42..]);
        BinaryPrimitives.WriteUInt16LittleEndian(header[30..], (ushort)(bytes + 4)); // the length of all fields
        foreach (int at in (int[])[20, 24, 42]) BinaryPrimitives.WriteUInt32LittleEndian(header[at..], uint.MaxValue);
        Span<byte> directoryBytes = file.AsSpan(file.Length - 10, 4);
        BinaryPrimitives.WriteUInt32LittleEndian(
            directoryBytes, BinaryPrimitives.ReadUInt32LittleEndian(directoryBytes) + (uint)(bytes + 4));
        byte[] field = [1, 0, .. TorchSaved.Bytes(length), .. TorchSaved.Bytes(8 + more, 8 + more / 2 * 2, place)[..bytes]];
        byte[] wide = [.. file[..after], .. field, .. file[after..]];
        ReadOrRefuse(wide, part);
    }

    [Fact]
    public void A_storage_that_many_tensors_share_must_not_make_a_small_file_large()
    {
        byte[] Shared(int tensors)
        {
            var pickle = new PickleWriter().Op(EmptyDict, Mark);
            for (int i = 0; i < tensors; i++) pickle.Text($"w{i}").Tensor("FloatStorage", "0", 4, 0, [4], [1]);
            return pickle.Op(SetItems).Stop();
        }
        Assert.Contains("have 272 bytes together, more than 16 times the 16", Refuse(Shared(17)));
        using IWeightFile read = WeightFile.Open(
            "shared.pth", new MemoryStream(TorchSaved.File(Shared(16), TorchSaved.Bytes(1f, 2, 3, 4))));
        Assert.Equal(16, read.Tensors.Count);
    }

    [Fact]
    public void A_storage_of_two_types_is_refused() => Assert.Contains("the storage '0' has two types", Refuse(
        new PickleWriter().Op(EmptyDict, Mark)
            .Text("a").Tensor("FloatStorage", "0", 4, 0, [4], [1])
            .Text("b").Tensor("IntStorage", "0", 4, 0, [4], [1])
            .Op(SetItems).Stop()));

    [Fact]
    public void A_file_that_can_no_longer_be_read_is_named_with_the_tensor()
    {
        var stream = new LostStream(TorchSaved.Vectors(("w", [1, 2])));
        using IWeightFile file = WeightFile.Open("lost.pth", stream);
        stream.IsLost = true;
        Assert.Contains(
            "lost.pth: tensor 'w' cannot be read: the disk is gone",
            Assert.Throws<WeightFileException>(() => file.Read("w")).Message
        );
    }

    [Fact]
    public void A_huge_directory_is_refused_before_it_is_read()
    {
        // The bytes that the end record promises are there, as a hole in the file.
        using var folder = new TempFolder();
        using (FileStream stream = File.Create(folder.File("hole.pth")))
        {
            stream.Write("PK\x3\x4"u8);
            stream.Position = 200_000_000;
            stream.Write([.. "PK\x5\x6"u8, .. new byte[4], 1, 0, 1, 0, .. TorchSaved.Bytes(199_000_000, 100), 0, 0]);
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("more than", Assert.Throws<WeightFileException>(() => WeightFile.Open(folder.File("hole.pth"))).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocated);
    }

    [Fact]
    public void A_file_that_ends_at_any_byte_is_refused()
    {
        byte[] whole = TorchSaved.Vectors(("w", [1, 2]));
        for (int length = 0; length < whole.Length; length++) RefuseFile(whole[..length]);
    }

    [Fact]
    public void A_boolean_that_is_neither_is_refused_in_any_order()
    {
        long before = Toys.LiveTensors;
        byte[] pickle = new PickleWriter().Op(EmptyDict, Mark).Text("a").Tensor("BoolStorage", "0", 4, 0, [4], [1])
            .Text("b").Tensor("BoolStorage", "0", 4, 0, [2, 2], [1, 2]).Op(SetItems).Stop();
        using IWeightFile file = WeightFile.Open("test.pth", new MemoryStream(TorchSaved.File(pickle, [[0, 1, 2, 1]])));
        Assert.Contains("'a'", Assert.Throws<WeightFileException>(() => file.Read("a")).Message);
        Assert.Contains("'b'", Assert.Throws<WeightFileException>(() => file.Read("b")).Message);
        using Tensor target = zeros(4);
        Assert.Throws<WeightFileException>(() => file.ReadInto("b", target));
        target.Dispose();
        Assert.Equal(before, Toys.LiveTensors);
    }

    /// <summary>The message about a pickle that lies beside a storage of 4 float32.</summary>
    private static string Refuse(byte[] pickle, long allocated = MaxAllocated) =>
        RefuseFile(TorchSaved.File(pickle, TorchSaved.Bytes(1f, 2, 3, 4)), allocated);

    /// <summary>A file of w = [1, 2] is read where no part of a message is expected, else refused with that.</summary>
    private static void ReadOrRefuse(byte[] file, string? part)
    {
        if (part is not null)
        {
            Assert.Contains(part, RefuseFile(file));
            return;
        }
        using IWeightFile read = WeightFile.Open("wide.pth", new MemoryStream(file));
        using Tensor found = read.Read("w");
        Assert.Equal([1f, 2], Toys.Values(found));
    }

    private static string RefuseFile(byte[] file, long allocated = MaxAllocated)
    {
        using var stream = new MemoryStream(file);
        long before = GC.GetAllocatedBytesForCurrentThread(), live = Toys.LiveTensors;
        string message = Assert.Throws<WeightFileException>(() => WeightFile.Open("hostile.pth", stream)).Message;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, allocated);
        Assert.Equal(live, Toys.LiveTensors);
        Assert.Contains("hostile.pth", message);
        return message;
    }

    private static int LastIndexOf(byte[] file, ReadOnlySpan<byte> part) => file.AsSpan().LastIndexOf(part);

    private sealed class LostStream(byte[] bytes) : MemoryStream(bytes)
    {
        public bool IsLost { get; set; }

        // What reads into spans comes here too.
        public override int Read(byte[] buffer, int offset, int count) =>
            IsLost ? throw new IOException("the disk is gone") : base.Read(buffer, offset, count);
    }
}
