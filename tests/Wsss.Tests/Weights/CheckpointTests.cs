using Wsss.Weights;
using static TorchSharp.torch;
using static Wsss.Tests.Weights.PickleWriter;

namespace Wsss.Tests.Weights;

/// <summary>What lies around a state dict in the files that training code writes.</summary>
public sealed class CheckpointTests
{
    private static readonly byte[] Storage = TorchSaved.Bytes(1f, 2);

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model_state_dict")]
    [InlineData("model")]
    [InlineData("net")]
    [InlineData("params")]
    [InlineData("state_dict_ema")]
    [InlineData("ema")]
    [InlineData("teacher")]
    public void A_wrapper_is_left_out_and_named(string nest)
    {
        using var scope = NewDisposeScope();
        using IWeightFile file = Open(("epoch", 3), (nest, State(1)), ("best_acc1", tensor(71.2f)), ("optimizer", Optimizer()));
        Assert.Equal(["w"], file.Tensors.Keys);
        Assert.Equal((nest, 0), (file.Nest, file.OtherNests.Count));
        Assert.Equal([1f, 1], Toys.Values(file.Read("w")));
    }

    [Fact]
    public void The_network_comes_before_its_average_which_is_told()
    {
        using var scope = NewDisposeScope();
        using IWeightFile file = Open(("ema", State(2)), ("model", State(1)));
        Assert.Equal([1f, 1], Toys.Values(file.Read("w")));
        Assert.Equal("model", file.Nest);
        Assert.Equal(["ema"], file.OtherNests);
    }

    [Fact]
    public void What_is_not_taken_is_told()
    {
        using var scope = NewDisposeScope();
        using (IWeightFile file = Open(("model", State(1)), ("decoder", State(2)), ("prototypes", ones(2, 2)), ("optimizer", Optimizer())))
        {
            Assert.Equal(["w"], file.Tensors.Keys);
            Assert.Equal(["decoder", "prototypes"], file.OtherNests);
        }
        using (IWeightFile file = Open(("stem", State(1)), ("net", Dict(("model", State(2)), ("out", State(3))))))
            Assert.Equal(["stem", "out"], file.OtherNests);
    }

    [Theory]
    [InlineData("backbone", "upsample", "decoder")]
    [InlineData("clamp", "scaler_net", "sampler")]
    [InlineData("encoder", "resampler", "looped")]
    public void Parts_whose_names_only_sound_like_an_optimizers_are_taken(params string[] names)
    {
        using var scope = NewDisposeScope();
        using IWeightFile file = Open([.. names.Select(name => (name, (object?)State(1)))]);
        Assert.Equal(names.Select(name => $"{name}.w"), file.Tensors.Keys);
    }

    [Theory]
    [InlineData("optimizer")]
    [InlineData("optimizer_G")]
    [InlineData("lr_schedulers")]
    [InlineData("amp")]
    [InlineData("amp_scaler")]
    [InlineData("scaler_state_dict")]
    [InlineData("cuda_rng_state")]
    public void What_trainings_keep_besides_is_no_part(string name)
    {
        using var scope = NewDisposeScope();
        using IWeightFile file = Open(("trunk", State(1)), (name, State(2)));
        Assert.Equal(["trunk.w"], file.Tensors.Keys);
    }

    [Fact]
    public void One_dict_under_two_names_is_two_parts()
    {
        byte[] pickle = new PickleWriter().Op(EmptyDict, Mark).Text("encoder_q").Op(EmptyDict, (byte)'q', 0)
            .Text("w").Tensor("FloatStorage", "0", 2, 0, [2], [1]).Op(SetItem).Text("encoder_k").Op((byte)'h', 0).Op(SetItems).Stop();
        using IWeightFile file = WeightFile.Open("test.pth", new MemoryStream(TorchSaved.File(pickle, Storage)));
        Assert.Equal(["encoder_k.w", "encoder_q.w"], file.Tensors.Keys.Order());
    }

    [Fact]
    public void Wrappers_in_wrappers_are_named_with_dots()
    {
        using var scope = NewDisposeScope();
        using IWeightFile file = Open(("net", Dict(("model", Dict(("state_dict", State(1)))))));
        Assert.Equal(["w"], file.Tensors.Keys);
        Assert.Equal("net.model.state_dict", file.Nest);
    }

    [Fact]
    public void Dicts_of_other_names_are_parts_and_their_names_are_joined()
    {
        using var scope = NewDisposeScope();
        using IWeightFile file = Open(
            ("trunk", State(1)),
            ("fc", Dict(("weight", ones(2, 2)), ("bias", zeros(2)))),
            ("optimizer_G", Optimizer())
        );
        Assert.Equal(["fc.bias", "fc.weight", "trunk.w"], file.Tensors.Keys.Order());
        Assert.Equal("", file.Nest);
    }

    [Fact]
    public void A_head_beside_the_wrapper_is_taken_with_it()
    {
        using var scope = NewDisposeScope();
        using IWeightFile file = Open(("state_dict", State(1)), ("classifier", Dict(("weight", ones(2, 2)))));
        Assert.Equal(["classifier.weight", "w"], file.Tensors.Keys.Order());
    }

    [Fact]
    public void The_first_state_dict_of_a_list_is_taken()
    {
        using var scope = NewDisposeScope();
        using IWeightFile file = WeightFile.Open(
            "list.pth",
            new MemoryStream(SavedCheckpoint.File(new object[] { 7, State(1), State(2) }))
        );
        Assert.Equal([1f, 1], Toys.Values(file.Read("w")));
        Assert.Equal("[1]", file.Nest);
    }

    [Fact]
    public void Objects_of_known_classes_are_passed_over()
    {
        using var scope = NewDisposeScope();
        (string, Action<PickleWriter>)[] objects =
        [
            // argparse.Namespace(lr=1)
            ("args", p => p.Global("argparse", "Namespace").Op(EmptyTuple, 0x81, EmptyDict).Text("lr").Int(1).Op(SetItem, Build)),
            // numpy.float64(.5): dtype('f8', 0, 1) with its state, and 8 bytes as text
            (
                "best",
                p =>
                    p.Global("numpy.core.multiarray", "scalar")
                        .Op(Mark)
                        .Global("numpy", "dtype")
                        .Op(Mark)
                        .Text("f8")
                        .Op(False, True, ToTuple, Call)
                        .Op(Mark)
                        .Int(3)
                        .Text("<")
                        .Op(None, None, None, ToTuple, Build)
                        .Global("_codecs", "encode")
                        .Op(Mark)
                        .Text("\0")
                        .Text("latin1")
                        .Op(ToTuple, Call)
                        .Op(ToTuple, Call)
            ),
            ("numbers", p => p.Global("__builtin__", "set").Op(Mark, EmptyList, Mark).Int(1).Int(2).Op(Appends, ToTuple, Call)),
            ("set", p => p.Op(0x8f, Mark).Int(1).Op(0x90)),
            ("frozen", p => p.Op(Mark).Int(1).Op(0x91)),
            ("bytes", p => p.Op((byte)'C', 2, 7, 7)),
            ("longer bytes", p => p.Op((byte)'B', 2, 0, 0, 0, 7, 7)),
            ("text of Python 2", p => p.Op((byte)'T', 1, 0, 0, 0, (byte)'w')),
            ("ordered", p => p.Global("omegaconf.dictconfig", "DictConfig").Op(EmptyTuple, 0x81, Mark).Text("a").Int(1).Op(SetItems)),
            ("seed", p => p.Op(0x8a, 9, 1, 0, 0, 0, 0, 0, 0, 0x80, 0)),
            ("path", p => p.Global("pathlib", "PosixPath").Op(Mark).Text("/").Text("tmp").Op(ToTuple, Call)),
            (
                "config",
                p =>
                    p.Global("omegaconf.dictconfig", "DictConfig")
                        .Op(EmptyTuple, 0x81, EmptyDict)
                        .Text("_content")
                        .Op(EmptyDict, SetItem, Build)
            ),
            ("size", p => p.Global("torch", "Size").Numbers(2, 3).Op(0x85, Call)),
            ("type", p => p.Global("torch", "float32")),
            ("counts", p => p.Global("collections", "defaultdict").Global("builtins", "list").Op(0x85, Call).Text("a").Int(1).Op(SetItem)),
            (
                "callbacks",
                p => p.Op(EmptyDict).Global("pytorch_lightning.callbacks.model_checkpoint", "ModelCheckpoint").Op(EmptyDict, SetItem)
            ),
        ];
        using IWeightFile file = Open([.. objects.Select(item => (item.Item1, (object?)item.Item2)), ("state_dict", State(1))]);
        Assert.Equal("state_dict", file.Nest);
        Assert.Equal([1f, 1], Toys.Values(file.Read("w")));
    }

    [Fact]
    public void A_parameter_with_attributes_is_its_numbers()
    {
        using var scope = NewDisposeScope();
        byte[] pickle = new PickleWriter()
            .Op(EmptyDict)
            .Text("w")
            .Global("torch._utils", "_rebuild_parameter_with_state")
            .Op(Mark)
            .Tensor("FloatStorage", "0", 2, 0, [2], [1])
            .Op(True)
            .OrderedDict()
            .Op(EmptyDict)
            .Text("is_norm")
            .Op(True, SetItem)
            .Op(ToTuple, Call, SetItem)
            .Stop();
        using IWeightFile file = WeightFile.Open("test.pth", new MemoryStream(TorchSaved.File(pickle, Storage)));
        Assert.Equal([1f, 2], Toys.Values(file.Read("w")));
    }

    [Fact]
    public void Texts_of_Python_2_are_keys_too()
    {
        using var scope = NewDisposeScope();
        byte[] pickle = new PickleWriter()
            .Op(EmptyDict)
            .Op((byte)'U', 1, (byte)'w')
            .Tensor("FloatStorage", "0", 2, 0, [2], [1])
            .Op(SetItem)
            .Stop();
        using IWeightFile file = WeightFile.Open("test.pth", new MemoryStream(TorchSaved.File(pickle, Storage)));
        Assert.Equal(["w"], file.Tensors.Keys);
    }

    [Fact]
    public void A_whole_network_a_list_and_a_checkpoint_without_tensors_are_named()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("whole network as a Python object ('torch.nn.modules.container.Sequential')",
            Refuse((Action<PickleWriter>)(p => p.Global("torch.nn.modules.container", "Sequential").Op(EmptyTuple, 0x81))));
        Assert.Contains("a list of 2 value(s) without names", Refuse(new object[] { ones(2), ones(2) }));
        Assert.Contains("found no tensors there, but the keys epoch, optimizer", Refuse(Dict(("epoch", 3), ("optimizer", Optimizer()))));
        Assert.Contains("nothing at all", Refuse(Dict()));
        Assert.Contains("'a.w' occurs twice", Refuse(Dict(("a", State(1)), ("a.w", ones(1)))));
    }

    [Fact]
    public void Dicts_that_share_dicts_are_searched_once()
    {
        Assert.Contains("found no tensors there, but the keys all, model", RefuseFile(SharedDicts(p => p)));
        // With tensors half-way down each way there is another name.
        string many = RefuseFile(SharedDicts(p => p.Text("w").Tensor("FloatStorage", "0", 2, 0, [2], [1]).Op(SetItem)));
        Assert.Contains("in more than 10000 ways", many);
    }

    // Each of 10 levels holds the one before it 50 times, 50⁹ ways, and the fifth something besides.
    private static byte[] SharedDicts(Func<PickleWriter, PickleWriter> fill)
    {
        var pickle = new PickleWriter().Op(EmptyDict).Text("all").Op(Mark, EmptyDict, (byte)'q', 0);
        for (byte level = 1; level < 10; level++)
        {
            pickle.Op(EmptyDict, (byte)'q', level);
            if (level == 4) fill(pickle);
            pickle.Op(Mark);
            for (int i = 0; i < 50; i++) pickle.Text($"{i}").Op((byte)'h', (byte)(level - 1));
            pickle.Op(SetItems);
        }
        pickle.Op(ToTuple, SetItem).Text("model").Op((byte)'h', 9, SetItem);
        return TorchSaved.File(pickle.Stop(), Storage);
    }

    [Fact]
    public void The_format_before_version_1_6_is_read()
    {
        using var scope = NewDisposeScope();
        byte[] whole = SavedCheckpoint.LegacyFile(
            Dict(("state_dict", Dict(("w", arange(6, float32).reshape(2, 3)), ("n", tensor(7L)), ("v", tensor([3f])))), ("epoch", 3))
        );
        using (IWeightFile file = WeightFile.Open("old.pth", new MemoryStream(whole)))
        {
            Assert.Equal("state_dict", file.Nest);
            Assert.Equal([0f, 1, 2, 3, 4, 5], Toys.Values(file.Read("w")));
            Assert.Equal([2, 3], file.Tensors["w"].Shape);
            Assert.Equal(7, file.Read("n").item<long>());
            Assert.Equal([3f], Toys.Values(file.Read("v")));
        }
        for (int length = 0; length < whole.Length; length++)
            Assert.Throws<WeightFileException>(() => WeightFile.Open("cut.pth", new MemoryStream(whole[..length])));
    }

    [Fact]
    public void An_old_file_whose_storages_are_not_what_it_says_is_refused()
    {
        byte[] pickle = new PickleWriter().Op(EmptyDict).Text("w").Tensor("FloatStorage", "0", 2, 0, [2], [1]).Op(SetItem).Stop();
        Assert.Contains("names one that it does not describe", RefuseFile(SavedCheckpoint.Legacy(pickle, [("1", 2, Storage)])));
        Assert.Contains("should have 1099511627776 numbers", RefuseFile(SavedCheckpoint.Legacy(pickle, [("0", 1L << 40, Storage)])));
        Assert.Contains("should have -1 numbers", RefuseFile(SavedCheckpoint.Legacy(pickle, [("0", -1, Storage)])));
        Assert.Contains("should hold 2 numbers", RefuseFile(SavedCheckpoint.Legacy(pickle, [("0", 1, Storage)])));
        Assert.Contains("'0' occurs twice", RefuseFile(SavedCheckpoint.Legacy(pickle, [("0", 2, Storage), ("0", 2, Storage)])));
        Assert.Contains("lacks", RefuseFile(SavedCheckpoint.Legacy(pickle, [])));
    }

    private static (string, object?)[] Dict(params (string, object?)[] items) => items;

    private static (string, object?)[] State(float value) => Dict(("w", full([2], value)));

    // Keyed by the parameters' numbers, as PyTorch's optimizers keep it.
    private static Action<PickleWriter> Optimizer() =>
        pickle =>
            pickle
                .Op(EmptyDict)
                .Text("state")
                .Op(EmptyDict)
                .Int(0)
                .Op(EmptyDict)
                .Text("exp_avg")
                .Tensor("FloatStorage", "0", 2, 0, [2], [1])
                .Op(SetItem, SetItem, SetItem);

    private static IWeightFile Open(params (string, object?)[] items) =>
        WeightFile.Open("test.pth", new MemoryStream(SavedCheckpoint.File(items)));

    private static string Refuse(object content) => RefuseFile(SavedCheckpoint.File(content));

    private static string RefuseFile(byte[] file)
    {
        string message = Assert.Throws<WeightFileException>(() => WeightFile.Open("test.pth", new MemoryStream(file))).Message;
        Assert.StartsWith("test.pth", message);
        return message;
    }
}
