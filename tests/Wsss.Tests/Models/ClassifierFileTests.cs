using Wsss.Models;
using Wsss.Tests.Weights;
using Wsss.Weights;
using static TorchSharp.torch;

namespace Wsss.Tests.Models;

/// <summary>One classifier in the forms in which people save it: each gives its logits again, and says what was left out.</summary>
public sealed class ClassifierFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Path => _folder.File("weights.pth");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("as it is", "head fc [3, 128]")]
    [InlineData("data parallel", "without the prefix 'module.'")]
    [InlineData("data parallel of a part", "without the prefix 'module.'")]
    [InlineData("compiled", "without the prefix '_orig_mod.'")]
    [InlineData("encoder in a network", "without the prefix 'module.net.encoder.', head net.head [3, 128]")]
    [InlineData("imagenet example", "taken from 'state_dict', without the prefix 'module.'")]
    [InlineData("lightning", "taken from 'state_dict', without the prefix 'model.backbone.', head model.classifier [3, 128]")]
    [InlineData("own name", "without the prefix 'my_net.'")]
    [InlineData("nested", "taken from 'net.model', head fc [3, 128]")]
    [InlineData("two parts", "without the prefix 'backbone.', head classifier [3, 128]")]
    [InlineData("linear probe", "taken from 'state_dict', head classifier [3, 128]")]
    [InlineData("averaged", "without the prefix 'module.'")]
    [InlineData("average beside", "without the prefix 'model.', head fc [3, 128], left aside: ema_model.")]
    [InlineData("momentum encoder", "without the prefix 'encoder_q.', head fc [3, 128], left aside: encoder_k.")]
    [InlineData("training's own", "head fc [3, 128]")]
    [InlineData("head twice", "head classifier [3, 128]")]
    [InlineData("convolution", "head classifier [3, 128, 1, 1]")]
    [InlineData("without bias", "head last_linear [3, 128]")]
    [InlineData("deep head", "head cls_head.fc [3, 128]")]
    [InlineData("numbered", "without the prefix '0.', head 2 [3, 128]")]
    [InlineData("own classifier", "without the prefix 'backbone.', head head.conv [3, 128, 1, 1]")]
    [InlineData("list", "taken from '[0]', head fc [3, 128]")]
    [InlineData("before 1.6", "taken from 'model', without the prefix 'module.'")]
    public void A_form_gives_the_same_logits_and_is_told(string form, string expected)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var source = new Toy();
        bool hasBias = form is not ("without bias" or "convolution");
        object content = Save(form, source);
        File.WriteAllBytes(Path, form == "before 1.6" ? SavedCheckpoint.LegacyFile(content) : SavedCheckpoint.File(content));

        (Classifier found, LoadReport report) = ClassifierFile.Load("menagerie_net", Path);

        using (found)
        {
            // The mean before or after the head: sums in another order, of terms that are larger than their sum.
            Assert.True(allclose(source.Logits(hasBias), found.call(source.Image, null).Logits, 1e-5, 1e-5));
            Assert.False(found.training);
        }
        Assert.True(report.IsExact);
        Assert.Contains(expected, $"{report.Form}");
    }

    [Theory]
    [InlineData("children", "layers numbered as the children of a ResNet, head fc")]
    [InlineData("children of an encoder", "without the prefix 'encoder.', layers numbered as the children of a ResNet")]
    [InlineData("irn", "without the prefix 'resnet50.', head classifier [2, 512, 1, 1]")]
    [InlineData("irn's stages", "layers named as IRN's stages, head classifier")]
    [InlineData("irn's list", "without the prefix 'backbone.', layers numbered as IRN's list of stages, head classifier")]
    [InlineData("layer0", "the layers before layer1 named layer0, head fc")]
    public void A_ResNet_under_other_names_gives_the_same_features(string form, string expected)
    {
        using var scope = NewDisposeScope();
        using Backbone source = Backbones.Create("resnet18", 32),
            target = Backbones.Create("resnet18", 32);
        Dictionary<string, Tensor> state = source.state_dict();
        Tensor head = randn(2, 512, 1, 1);
        string[] children = ["conv1", "bn1", "layer1", "layer2", "layer3", "layer4"];
        (string, object?)[] Named(params string[] names) =>
            [
                .. state.Select(item =>
                {
                    int dot = item.Key.IndexOf('.');
                    return (names[Array.IndexOf(children, item.Key[..dot])] + item.Key[dot..], (object?)item.Value);
                }),
            ];
        (string, object?)[] numbered = Named("0", "1", "4", "5", "6", "7"),
            stages = Named("stage1.0", "stage1.1", "stage1.4", "stage2.0", "stage3.0", "stage4.0"),
            list = Named("backbone.0.0", "backbone.0.1", "backbone.0.4", "backbone.1.0", "backbone.2.0", "backbone.3.0");
        (string, object?)[] content = form switch
        {
            "children" => [.. numbered, ("fc.weight", head)],
            "children of an encoder" => [.. numbered.Select(item => ($"encoder.{item.Item1}", item.Item2)), ("fc.weight", head)],
            "irn" =>
            [
                .. SavedCheckpoint.Dict(state, "resnet50."),
                .. stages,
                ("classifier.weight", head),
                .. list,
                ("newly_added.0.weight", head),
            ],
            "irn's stages" => [.. stages, ("classifier.weight", head)],
            "irn's list" => [("classifier.weight", head), .. list],
            _ => [.. Named("layer0.0", "layer0.1", "layer1", "layer2", "layer3", "layer4"), ("fc.weight", head)],
        };
        File.WriteAllBytes(Path, SavedCheckpoint.File(content));

        Assert.True(NetworkWeights.LoadBackbone(target, Path).IsExact);
        (Classifier found, LoadReport report) = ClassifierFile.Load("resnet18", Path);

        using (found)
        {
            Assert.Contains(expected, $"{report.Form}");
            foreach ((string key, Tensor value) in source.state_dict())
            {
                Assert.True(allclose(value, target.state_dict()[key], 0, 0), key);
                Assert.True(allclose(value, found.Backbone.state_dict()[key], 0, 0), key);
            }
            Assert.True(allclose(head, ((GapHead)found.Head).Weight, 0, 0));
            Assert.Equal([0f, 0], Toys.Values(((GapHead)found.Head).Bias));
        }
    }

    [Fact]
    public void The_features_of_a_MobileNet_alone_are_found()
    {
        using var scope = NewDisposeScope();
        using Backbone source = Backbones.Create("mobilenet_v2", 32),
            target = Backbones.Create("mobilenet_v2", 32);
        Dictionary<string, Tensor> state = source.state_dict();
        File.WriteAllBytes(
            Path,
            SavedCheckpoint.File(state.Select(item => (item.Key["features.".Length..], (object?)item.Value)).ToArray())
        );
        LoadReport report = NetworkWeights.LoadBackbone(target, Path);
        Assert.True(report.IsExact);
        Assert.Equal("names without 'features.'", $"{report.Form}");
        foreach ((string key, Tensor value) in state)
            Assert.True(allclose(value, target.state_dict()[key], 0, 0), key);
    }

    [Fact]
    public void A_transformer_in_a_wrapper_keeps_its_two_heads()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using VisionTransformer trunk = ((VisionTransformerDesign)Backbones.Find("menagerie_vit")).CreateWith(TokenKind.Distilled);
        trunk.eval();
        Tensor image = randn(1, 3, 32, 32);
        Tensor[] weights = [randn(2, trunk.Channels), randn(2, trunk.Channels)];
        (string, object?)[] state =
        [
            .. SavedCheckpoint.Dict(trunk.state_dict(), "module."),
            ("module.head.weight", weights[0]),
            ("module.head_dist.weight", weights[1]),
        ];
        Write([("model", state)]);
        Activation features = trunk.Run(new Activation(image), 0, trunk.Layers.Count);
        Tensor expected = (features.ClassTokens![.., 0].matmul(weights[0].t()) + features.ClassTokens[.., 1].matmul(weights[1].t())) / 2;
        (Classifier found, _) = ClassifierFile.Load("menagerie_vit", Path);
        using (found)
            Assert.True(allclose(expected, found.call(image, null).Logits, 1e-5, 1e-5));
    }

    [Fact]
    public void A_named_head_is_taken_from_among_several()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var source = new Toy();
        Write([.. source.Trunk(), .. source.Head("fc"), ("aux.linear.weight", zeros(7, 128)), ("neck.weight", ones(128))]);
        Assert.Contains("found fc [3, 128], aux.linear [7, 128]. Name the head", Refuse());
        foreach (string name in (string[])["fc", "fc.weight"])
        {
            (Classifier found, LoadReport report) = ClassifierFile.Load("menagerie_net", Path, head: name);
            using (found) Assert.True(allclose(source.Logits(), found.call(source.Image, null).Logits, 1e-5, 1e-5));
            Assert.Equal(["aux.linear.weight", "neck.weight"], report.Ignored);
        }
        (Classifier other, _) = ClassifierFile.Load("menagerie_net", Path, head: "linear");
        using (other) Assert.Equal(7, other.ClassNames.Count);
        Assert.Contains("expected a layer 'fcc' for the head. Did you mean fc? Found fc [3, 128], aux.linear [7, 128]", Refuse("fcc"));
    }

    [Fact]
    public void A_head_of_several_layers_or_other_inputs_is_refused()
    {
        using var scope = NewDisposeScope();
        using var source = new Toy();
        Write([.. source.Trunk(), ("head.0.weight", zeros(64, 128)), ("head.2.weight", zeros(3, 64))]);
        Assert.Contains("found head.0 [64, 128] followed by head.2 [3, 64]", Refuse());
        Assert.Contains("expected a head that takes the backbone's 128 channels, found head.2 [3, 64]", Refuse("head.2"));
        Write([.. source.Trunk(), ("fc.weight", zeros(3, 512))]);
        Assert.Contains("expected a layer [C, 128] from the backbone's channels to the classes, found fc [3, 512]", Refuse());
        Write([.. source.Trunk()]);
        Assert.Contains(
            "found a backbone alone or another network. The file has bn1.* (5, such as bn1.bias), conv1.weight, layer1.*",
            Refuse()
        );
    }

    [Fact]
    public void A_layer_that_logits_may_depend_on_is_refused_by_name()
    {
        using var scope = NewDisposeScope();
        using var source = new Toy();
        Write([.. source.Trunk(), .. source.Head("fc"), ("bottleneck.weight", ones(128)), ("bottleneck.running_mean", ones(128))]);
        string message = Refuse();
        Assert.Contains("Not known to the network: bottleneck.running_mean, bottleneck.weight.", message);
        Assert.Contains("name its head", message);
    }

    [Theory]
    [InlineData("conv1.weight", float.NaN, "conv1.weight (1 of 648 numbers NaN or infinite)")]
    [InlineData("fc.bias", float.PositiveInfinity, "fc.bias (1 of 3 numbers NaN or infinite)")]
    [InlineData("layer1.0.bn1.running_var", -1f, "layer1.0.bn1.running_var (1 of ")]
    public void Numbers_that_no_network_can_have_are_refused_by_name(string key, float value, string expected)
    {
        using var scope = NewDisposeScope();
        using var source = new Toy();
        (string Key, object? Value)[] state = [.. source.Trunk(), .. source.Head("fc")];
        using (no_grad()) ((Tensor)state.Single(item => item.Key == key).Value!).view(-1)[0] = value;
        Write([("state_dict", state.Select(item => ($"module.{item.Key}", item.Value)).ToArray())]);
        string message = Refuse();
        Assert.Contains(Path, message);
        Assert.Contains($"module.{expected}", message);
        if (key == "fc.bias") return;
        using Backbone target = Backbones.Create("menagerie_net", 8);
        float[] before = Toys.Values(target.state_dict()["conv1.weight"]);
        Assert.Contains($"module.{expected}", Assert.Throws<WeightFileException>(() => NetworkWeights.LoadBackbone(target, Path)).Message);
        Assert.Equal(before, Toys.Values(target.state_dict()["conv1.weight"]));
        using IWeightFile file = WeightFile.Open(Path);
        Assert.StartsWith($"module.{expected}", Assert.Single(NetworkWeights.CompareBackbone(target, file).Unusable));
    }

    [Fact]
    public void A_number_beyond_float32_is_infinite_here()
    {
        using var scope = NewDisposeScope();
        using var source = new Toy();
        Write([.. source.Trunk(), ("fc.weight", zeros(3, 128)), ("fc.bias", tensor([0, 1e300, 0]))]);
        Assert.Contains("fc.bias (1 of 3 numbers NaN or infinite)", Refuse());
    }

    [Fact]
    public void Another_network_is_refused_with_what_the_file_has_and_what_was_expected()
    {
        using var scope = NewDisposeScope();
        using var source = new Toy();
        Write([.. source.Trunk().Select(item => ($"module.{item.Key}", item.Value)), ("module.fc.weight", zeros(3, 128))]);
        string message = Assert.Throws<WeightFileException>(() => ClassifierFile.Load("mobilenet_v2", Path)).Message;
        Assert.Contains("does not fit mobilenet_v2", message);
        Assert.Contains("features.0.0.weight (expected [32, 3, 3, 3])", message);
        Assert.Contains("module.conv1.weight", message);
        Assert.Contains("module.layer1.* (", message);
        Assert.Contains("name the network that the file is of", message);
        Assert.True(message.Length < 2000, message);
    }

    [Fact]
    public void Weights_for_grey_images_are_named_as_such()
    {
        using var scope = NewDisposeScope();
        using var source = new Toy();
        Write([
            .. source.Trunk().Select(item => item.Key == "conv1.weight" ? (item.Key, ((Tensor)item.Value!).sum(1, keepdim: true)) : item),
            .. source.Head("fc"),
        ]);
        string message = Refuse();
        Assert.Contains("does not fit menagerie_net", message);
        Assert.Contains("conv1.weight (expected [24, 3, 3, 3], found [24, 1, 3, 3])", message);
        Assert.Contains("grey", message);
    }

    [Fact]
    public void A_name_with_control_characters_cannot_steer_a_terminal()
    {
        using var scope = NewDisposeScope();
        using var source = new Toy();
        Write([.. source.Trunk(), .. source.Head("fc"), ("neck\x1b[31m.weight", ones(128))]);
        Assert.DoesNotContain('\x1b', Refuse());
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        using var source = new Toy();
        using (var scope = NewDisposeScope()) Write([.. source.Trunk(), .. source.Head("fc"), .. source.Head("again")]);
        long before = Toys.LiveTensors;
        ClassifierFile.Load("menagerie_net", Path).Network.Dispose();
        Assert.Throws<WeightFileException>(() => ClassifierFile.Load("menagerie_net", Path, head: "none"));
        Assert.Equal(before, Toys.LiveTensors);
    }

    private static object Save(string form, Toy toy)
    {
        (string, object?)[] Under(string prefix, (string Key, object? Value)[] items) =>
            [.. items.Select(item => (prefix + item.Key, item.Value))];
        (string, object?)[] In(string name, (string, object?)[] items) =>
            [("epoch", 3), (name, items), ("best", tensor(71.2f)), ("arch", "toy")];
        (string Key, object? Value)[] trunk = toy.Trunk(),
            fc = toy.Head("fc"),
            classifier = toy.Head("classifier");
        (string, object?)[] flat = [.. trunk, .. fc],
            nothing = [.. trunk.Select(item => (item.Key, (object?)zeros_like((Tensor)item.Value!)))];
        return form switch
        {
            "data parallel" => Under("module.", flat),
            "data parallel of a part" => trunk
                .Select(item => (item.Key.Replace("bn1.", "bn1.module.").Replace("layer", "module.layer"), item.Value))
                .Concat(fc)
                .ToArray(),
            "compiled" => Under("_orig_mod.", flat),
            "encoder in a network" => new[] { Under("module.net.encoder.", trunk), Under("module.net.", toy.Head("head")) }
                .SelectMany(part => part)
                .ToArray(),
            "imagenet example" => In("state_dict", Under("module.", flat)),
            "lightning" => In("state_dict", [.. Under("model.backbone.", trunk), .. Under("model.", classifier)]),
            "own name" => In("my_net", flat),
            "nested" => In("net", In("model", flat)),
            "two parts" => new (string, object?)[] { ("backbone", trunk), ("classifier", Parts(classifier)), ("epoch", 1) },
            "linear probe" => new (string, object?)[] { ("state_dict", trunk), ("classifier", Parts(classifier)) },
            "averaged" => Under("module.", flat).Prepend(("n_averaged", tensor(3L))).ToArray(),
            "average beside" => new[] { Under("ema_model.", [.. nothing, .. fc]), Under("model.", flat), [("criterion.weight", ones(3))] }
                .SelectMany(part => part)
                .ToArray(),
            "momentum encoder" => new[] { Under("encoder_k.", [.. nothing, .. fc]), Under("encoder_q.", flat), [("queue", ones(4, 5))] }
                .SelectMany(part => part)
                .ToArray(),
            "training's own" => flat.Concat(
                    new (string, object?)[] { ("loss_fn.weight", ones(3)), ("global_step", tensor(7L)), ("ema.decay", tensor(0.9f)) }
                )
                .ToArray(),
            "head twice" => trunk
                .Concat(classifier)
                .Concat(
                    Under(
                        "newly_added.",
                        [("0.weight", ((Tensor)classifier[0].Value!).clone()), ("0.bias", ((Tensor)classifier[1].Value!).clone())]
                    )
                )
                .ToArray(),
            "convolution" => trunk.Append(("classifier.weight", ((Tensor)classifier[0].Value!).reshape(3, 128, 1, 1))).ToArray(),
            "without bias" => trunk.Append(("last_linear.weight", classifier[0].Value)).ToArray(),
            "deep head" => trunk.Concat(toy.Head("cls_head.fc")).ToArray(),
            "numbered" => new[] { Under("0.", trunk), toy.Head("2") }.SelectMany(part => part).ToArray(),
            "own classifier" => Under("backbone.", trunk)
                .Concat([("head.conv.weight", ((Tensor)fc[0].Value!).reshape(3, 128, 1, 1)), ("head.bias", fc[1].Value)])
                .ToArray(),
            "list" => new object[] { flat, 7 },
            "before 1.6" => In("model", Under("module.", flat)),
            _ => flat,
        };

        static (string, object?)[] Parts((string, object? Value)[] head) => [("weight", head[0].Value), ("bias", head[1].Value)];
    }

    private void Write((string, object?)[] content) => File.WriteAllBytes(Path, SavedCheckpoint.File(content));

    private string Refuse(string? head = null) =>
        Assert.Throws<WeightFileException>(() => ClassifierFile.Load("menagerie_net", Path, head: head)).Message;

    /// <summary>A small network whose statistics are not those of a new one, and a linear head.</summary>
    private sealed class Toy : IDisposable
    {
        private readonly MenagerieNet _trunk = new();
        private readonly Tensor _weight, _bias;

        public Toy()
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            random.manual_seed(1);
            foreach ((string key, Tensor value) in _trunk.state_dict())
            {
                if (key.EndsWith("running_mean")) value.copy_(randn_like(value) * 0.1);
                if (key.EndsWith("running_var")) value.copy_(rand_like(value) + 0.5);
            }
            _trunk.eval();
            (_weight, _bias, Image) = (randn(3, 128), randn(3), randn(1, 3, 32, 24));
            foreach (Tensor tensor in (Tensor[])[_weight, _bias, Image]) tensor.DetachFromDisposeScope();
        }

        public Tensor Image { get; }

        /// <summary>The global average of the features through the linear head.</summary>
        public Tensor Logits(bool hasBias = true)
        {
            Tensor logits = _trunk.call(Image).mean([2, 3]).matmul(_weight.t());
            return hasBias ? logits + _bias : logits;
        }

        /// <summary>Copies, so that a test may change them.</summary>
        public (string Key, object? Value)[] Trunk() =>
            [.. _trunk.state_dict().Select(item => (item.Key, (object?)item.Value.detach().clone()))];

        public (string Key, object? Value)[] Head(string name) => [($"{name}.weight", _weight.clone()), ($"{name}.bias", _bias.clone())];

        public void Dispose()
        {
            _trunk.Dispose();
            foreach (Tensor tensor in (Tensor[])[_weight, _bias, Image]) tensor.Dispose();
        }
    }
}
