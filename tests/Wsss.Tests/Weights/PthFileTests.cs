using Wsss.Models;
using Wsss.Weights;
using static TorchSharp.torch;
using static Wsss.Tests.Weights.PickleWriter;

namespace Wsss.Tests.Weights;

public sealed class PthFileTests
{
    [Fact]
    public void Every_type_is_read()
    {
        using var scope = NewDisposeScope();
        (string Storage, Tensor Values)[] tensors =
        [
            ("FloatStorage", tensor([float.NaN, -0f, 1e-45f, float.PositiveInfinity])),
            ("DoubleStorage", tensor([Math.PI, double.MinValue])),
            ("HalfStorage", tensor([1.5f, -2]).to(float16)),
            ("BFloat16Storage", tensor([3.25f, 1e30f]).to(bfloat16)),
            ("LongStorage", tensor([long.MinValue, 7])),
            ("IntStorage", tensor([int.MinValue, 7])),
            ("ShortStorage", tensor(new short[] { -3, 4 })),
            ("CharStorage", tensor(new sbyte[] { -3, 4 })),
            ("ByteStorage", tensor(new byte[] { 255, 4, 1 })),
            ("BoolStorage", tensor(new[] { true, false, true })),
        ];
        var pickle = new PickleWriter().OrderedDict().Op(Mark);
        for (int i = 0; i < tensors.Length; i++)
        {
            long count = tensors[i].Values.NumberOfElements;
            pickle.Text(tensors[i].Storage).Tensor(tensors[i].Storage, $"{i}", count, 0, [count, 1], [1, 1]);
        }
        using IWeightFile file = Open(TorchSaved.File(pickle.Op(SetItems).Stop(), tensors.Select(t => t.Values.bytes.ToArray())));
        Assert.Equal("PyTorch", file.Format);
        Assert.Empty(file.Metadata);
        Assert.Equal(tensors.Length, file.Tensors.Count);
        foreach ((string key, Tensor expected) in tensors)
        {
            Tensor found = file.Read(key);
            Assert.Equal(expected.dtype, found.dtype);
            Assert.Equal([expected.NumberOfElements, 1], found.shape);
            Assert.Equal(expected.bytes, found.bytes);
            Assert.Equal((expected.NumberOfElements, expected.bytes.Length), (file.Tensors[key].Elements, file.Tensors[key].Bytes));
        }
    }

    [Theory]
    [InlineData(new long[] { }, new long[] { }, 3, new float[] { 3 })]
    [InlineData(new long[] { 2, 3 }, new long[] { 3, 1 }, 4, new float[] { 4, 5, 6, 7, 8, 9 })]
    [InlineData(new long[] { 3, 2 }, new long[] { 1, 3 }, 0, new float[] { 0, 3, 1, 4, 2, 5 })] // transposed
    [InlineData(new long[] { 2, 2 }, new long[] { 6, 2 }, 1, new float[] { 1, 3, 7, 9 })] // every second of part of the rows
    [InlineData(new long[] { 1, 3 }, new long[] { 999, 1 }, 7, new float[] { 7, 8, 9 })] // the stride of an extent of 1 means nothing
    [InlineData(new long[] { 3, 2 }, new long[] { 1, 1 }, 5, new float[] { 5, 6, 6, 7, 7, 8 })] // windows
    [InlineData(new long[] { 2 }, new long[] { 0 }, 9, new float[] { 9, 9 })]
    [InlineData(new long[] { 4, 0, 2 }, new long[] { 2, 2, 1 }, 10, new float[] { })]
    public void Any_view_of_a_storage_is_read_as_its_own_tensor(long[] shape, long[] strides, long offset, float[] expected)
    {
        using var scope = NewDisposeScope();
        byte[] pickle = new PickleWriter()
            .Op(EmptyDict)
            .Text("w")
            .Tensor("FloatStorage", "0", 10, offset, shape, strides)
            .Op(SetItem)
            .Stop();
        using IWeightFile file = Open(TorchSaved.File(pickle, TorchSaved.Bytes<float>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)));
        Tensor found = file.Read("w"),
            target = zeros(expected.Length, 1, float64);
        Assert.Equal(shape, found.shape);
        Assert.True(found.is_contiguous());
        Assert.Equal(TorchSaved.Bytes<float>(expected), found.bytes);
        file.ReadInto("w", target);
        Assert.Equal(TorchSaved.Bytes<float>(expected), target.to(float32).bytes);
    }

    [Fact]
    public void Tensors_may_share_a_storage()
    {
        using var scope = NewDisposeScope();
        byte[] pickle = new PickleWriter().OrderedDict().Op(Mark)
            .Text("a").Tensor("FloatStorage", "0", 4, 0, [2, 2], [2, 1]).Text("b").Tensor("FloatStorage", "0", 4, 0, [2, 2], [1, 2])
            .Text("c").Tensor("FloatStorage", "0", 4, 3, [1], [1]).Op(SetItems).Stop();
        using IWeightFile file = Open(TorchSaved.File(pickle, TorchSaved.Bytes(1f, 2, 3, 4)));
        Assert.Equal([1f, 2, 3, 4], Toys.Values(file.Read("a")));
        Assert.Equal([1f, 3, 2, 4], Toys.Values(file.Read("b")));
        Assert.Equal([4f], Toys.Values(file.Read("c")));
    }

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model")]
    public void A_state_dict_inside_a_checkpoint_is_found_and_the_rest_ignored(string nest)
    {
        byte[] pickle = new PickleWriter()
            .Op(EmptyDict, Mark)
            .Text("epoch")
            .Int(300)
            .Text("best")
            .Op((byte)'G')
            .Op(TorchSaved.Bytes(0.5).Reverse().ToArray())
            .Text("name")
            .Text("tiny")
            .Text("done")
            .Op(True)
            .Text("optimizer")
            .Op(EmptyDict, Mark)
            .Text("state")
            .Op(EmptyDict)
            .Int(0)
            .Op(EmptyDict)
            .Text("step")
            .Tensor("FloatStorage", "0", 2, 0, [2], [1])
            .Op(SetItem, SetItem)
            .Text("groups")
            .Op(EmptyList, EmptyList, Mark)
            .Int(1)
            .Int(-70_000)
            .Int(1L << 40)
            .Op(Appends, Append)
            .Op(SetItems)
            .Text(nest)
            .OrderedDict()
            .Op(Mark)
            .Text("w")
            .Tensor("FloatStorage", "0", 2, 1, [1], [1])
            .Text("extra")
            .Op(None)
            .Op(SetItems)
            .Op(SetItems)
            .Stop();
        using IWeightFile file = Open(TorchSaved.File(pickle, TorchSaved.Bytes(1f, 2)));
        using Tensor found = file.Read("w");
        Assert.Equal(["w"], file.Tensors.Keys);
        Assert.Equal([2f], Toys.Values(found));
    }

    [Fact]
    public void Protocol_four_parameters_and_the_memo_are_read()
    {
        using var scope = NewDisposeScope();
        byte[] name = [0x8c, 1];
        byte[] pickle = new PickleWriter(4)
            .Op([0x95, 9, 9, 9, 9, 9, 9, 9, 9])
            .Op(EmptyDict, Memoize, Mark)
            .Op(name)
            .Op((byte)'a')
            .Text("torch._utils")
            .Text("_rebuild_parameter")
            .Op(StackGlobal, Memoize, Mark)
            .Tensor("FloatStorage", "0", 2, 0, [2], [1])
            .Op(Memoize)
            .Op(True)
            .OrderedDict()
            .Op(ToTuple, Call)
            .Op(name)
            .Op((byte)'b')
            .Op((byte)'h', 2)
            .Op((byte)'q', 77)
            .Op(name)
            .Op((byte)'c')
            .Op((byte)'j', 77, 0, 0, 0)
            .Op(SetItems)
            .Stop();
        using IWeightFile file = Open(TorchSaved.File(pickle, TorchSaved.Bytes(1f, 2)));
        foreach (string key in (string[])["a", "b", "c"])
            Assert.Equal([1f, 2], Toys.Values(file.Read(key)));
    }

    [Fact]
    public void The_format_is_told_by_the_content()
    {
        using var folder = new TempFolder();
        using var scope = NewDisposeScope();
        string pth = folder.File("a.safetensors"),
            safe = folder.File("a.pth");
        File.WriteAllBytes(pth, TorchSaved.Vectors(("w", [1, 2])));
        // A header of 640 bytes begins with the bytes 0x80 0x02, as pickles do.
        SafeTensorsFile.Write(
            safe,
            new Dictionary<string, Tensor> { ["w"] = ones(2) },
            new Dictionary<string, string> { ["x"] = new('x', 560) }
        );
        Assert.Equal(0x80, File.ReadAllBytes(safe)[0]);
        using (IWeightFile file = WeightFile.Open(pth))
            Assert.IsType<PthFile>(file);
        using (IWeightFile file = WeightFile.Open(safe))
            Assert.IsType<SafeTensorsFile>(file);
        Assert.Contains("WeightFile.Open", Assert.Throws<WeightFileException>(() => SafeTensorsFile.Open(pth)).Message);
        Assert.Throws<WeightFileException>(() => PthFile.Open(safe));
        Assert.Contains("absent", Assert.Throws<WeightFileException>(() => WeightFile.Open(folder.File("absent"))).Message);
    }

    [Fact]
    public void A_saved_network_loads_and_converts_without_any_tensor_left_behind()
    {
        using var folder = new TempFolder();
        using var head = new GapHead(3, 2);
        byte[] pickle = new PickleWriter()
            .OrderedDict()
            .Op(Mark)
            .Text("conv.weight")
            .Tensor("HalfStorage", "0", 6, 0, [2, 3, 1, 1], [1, 2, 1, 1])
            .Text("bias")
            .Tensor("FloatStorage", "1", 2, 0, [2], [1])
            .Op(SetItems)
            .Stop();
        Half[] weight = [(Half)1, (Half)2, (Half)3, (Half)4, (Half)5, (Half)6];
        File.WriteAllBytes(folder.File("head.pth"), TorchSaved.File(pickle, TorchSaved.Bytes<Half>(weight), TorchSaved.Bytes(7f, 8)));
        long before = Toys.LiveTensors;
        Assert.True(NetworkWeights.Load(head, folder.File("head.pth")).IsExact);
        using (IWeightFile file = WeightFile.Open(folder.File("head.pth")))
            SafeTensorsFile.Write(folder.File("head.safetensors"), file);
        Assert.Equal(before, Toys.LiveTensors);
        Assert.Equal([1f, 3, 5, 2, 4, 6], Toys.Values(head.Weight));
        Assert.Equal([7f, 8], Toys.Values(head.Bias));
        using IWeightFile written = WeightFile.Open(folder.File("head.safetensors"));
        using Tensor found = written.Read("conv.weight");
        Assert.Equal(float16, found.dtype);
        Assert.Equal([2, 3, 1, 1], found.shape);
        using Tensor wide = found.to(float32);
        Assert.Equal([1f, 3, 5, 2, 4, 6], Toys.Values(wide));
    }

    [Fact]
    public void Both_formats_of_one_network_are_equal_to_the_bit()
    {
        string pth = SharedData.File("weights/mobilenet_v2_imagenet.pth"),
            safe = SharedData.File("weights/mobilenet_v2_imagenet.safetensors");
        using IWeightFile a = WeightFile.Open(pth),
            b = WeightFile.Open(safe);
        Assert.Equal(b.Tensors.Keys.Order(), a.Tensors.Keys.Order());
        foreach ((string key, TensorEntry entry) in b.Tensors)
        {
            using Tensor left = a.Read(key),
                right = b.Read(key);
            Assert.Equal((entry.DType, entry.Elements), (a.Tensors[key].DType, a.Tensors[key].Elements));
            Assert.Equal(right.shape, left.shape);
            Assert.True(right.bytes.SequenceEqual(left.bytes), key);
        }
        using Backbone backbone = Backbones.Create("mobilenet_v2", 16);
        Assert.Equal(312, NetworkWeights.LoadBackbone(backbone, pth).Loaded.Count);
        using Classifier classifier = Classifier.FromTorchvision("mobilenet_v2", pth);
        Assert.Equal(1000, classifier.ClassNames.Count);
    }

    private static IWeightFile Open(byte[] file) => WeightFile.Open("test.pth", new MemoryStream(file));
}
