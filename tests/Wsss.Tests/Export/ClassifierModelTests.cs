using Wsss.Expansion;
using Wsss.Export;
using Wsss.Models;
using Wsss.Sharpening;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Export;

public sealed class ClassifierModelTests
{
    private static readonly string[] Classes = ["cat", "dog", "bird"];
    private static readonly Dictionary<string, string> NoText = [];

    public static TheoryData<string, int> Networks
    {
        get
        {
            var networks = new TheoryData<string, int>();
            foreach (var design in Backbones.All) networks.Add(design.Name, design.NativeStride);
            networks.Add("mobilenet_v2", 16);
            networks.Add("resnet18", 8);
            return networks;
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Every_backbone_gives_the_logits_and_maps_that_it_gives_here(string name, int stride)
    {
        random.manual_seed(3);
        using var network = Of(new Recipe { Backbone = new BackboneSpec { Name = name, OutputStride = stride, Weights = null } });
        Compare(network);
    }

    public static TheoryData<Technique> Heads => new()
    {
        new MultiDilation { Rates = [1] },
        new MultiDilation { Rates = [1, 2, 3] },
        new MultiDilation { Rates = [1, 2, 3], ReducedChannels = 5 },
        new FeatureErasing { Threshold = 0.7, Fusion = MapFusion.Max },
        new FeatureErasing { Threshold = 0.95, Fusion = MapFusion.Sum },
        new Equivariance(),
        new Equivariance { EcrWeight = 1 },
        new BoundaryLoss(),
    };

    [Theory]
    [MemberData(nameof(Heads))]
    public void Every_head_of_a_technique_gives_the_logits_and_maps_that_it_gives_here(Technique technique)
    {
        random.manual_seed(4);
        using var network = Of(new Recipe { Backbone = Toys.RandomBackbone }.With(technique));
        Compare(network);
    }

    [Fact]
    public void Heads_within_heads_are_written_too()
    {
        random.manual_seed(5);
        using var network = Of(new Recipe { Backbone = new BackboneSpec { Name = "menagerie_vit", Weights = null } }
            .With(new FeatureErasing()).With(new MultiDilation { Rates = [1, 2] }).With(new BoundaryLoss()));
        Compare(network);
    }

    [Theory]
    [InlineData(TokenKind.Single, 1)]
    [InlineData(TokenKind.Distilled, 2)]
    public void A_transformer_with_the_image_s_token_is_written_as_published(TokenKind kind, int tokens)
    {
        random.manual_seed(6);
        var backbone = ((VisionTransformerDesign)Backbones.Find("deit_tiny")).CreateWith(kind);
        using var network = ExportedNetworks.Settled(new Classifier(backbone, new TokenHead(backbone.Channels, 3, tokens), Classes));
        Compare(network);
    }

    [Fact]
    public void A_transformer_is_written_at_the_size_that_its_positions_were_learned_for()
    {
        random.manual_seed(7);
        using var network = Of(new Recipe { Backbone = new BackboneSpec { Name = "menagerie_vit", Weights = null } });
        Compare(network, (2, 96, 96));
    }

    [Fact]
    public void A_new_backbone_of_known_modules_needs_no_code()
    {
        random.manual_seed(8);
        using var network = ExportedNetworks.Settled(new Classifier(new NewBackbone(), new GapHead(6, 3), Classes));
        Compare(network);
    }

    [Fact]
    public void Weights_have_the_names_and_shapes_of_the_state_dict()
    {
        using var scope = NewDisposeScope();
        using var network = Of(new Recipe { Backbone = Toys.RandomBackbone }.With(new MultiDilation()));
        var weights = OnnxModel
            .Of(network, NoText)
            .Graph.Initializer.Where(tensor => !tensor.Name.StartsWith("constant_", StringComparison.Ordinal));
        Assert.Equal(
            network
                .state_dict()
                .Where(item => !item.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                .Select(item => $"{item.Key} {string.Join('×', item.Value.shape)}")
                .Order(StringComparer.Ordinal),
            weights.Select(tensor => $"{tensor.Name} {string.Join('×', tensor.Dims)}").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Equal_networks_give_equal_models_and_no_tensor_stays_alive()
    {
        using var network = Of(new Recipe { Backbone = new BackboneSpec { Name = "menagerie_vit", Weights = null } });
        var metadata = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" };
        long before = Toys.LiveTensors;
        var model = OnnxModel.Of(network, metadata);
        Assert.Equal(before, Toys.LiveTensors);
        Assert.Equal(model, OnnxModel.Of(network, metadata));
        Assert.Equal(["a=1", "b=2"], model.MetadataProps.Select(item => $"{item.Key}={item.Value}"));
        Assert.Equal(17, Assert.Single(model.OpsetImport).Version);
    }

    [Fact]
    public void A_module_of_another_type_is_refused_by_its_name()
    {
        using var network = new Classifier(new OddBackbone(), new GapHead(3, 3), Classes);
        var error = Assert.Throws<ExportException>(() => OnnxModel.Of(network, NoText));
        Assert.Contains("found Softplus", error.Message);
        Assert.Contains("safetensors", error.Message);
    }

    [Fact]
    public void A_head_or_a_backbone_that_does_not_say_how_is_refused_by_its_name()
    {
        using var network = new Classifier(new NewBackbone(), new OddHead(), Classes);
        Assert.Contains("found odd head", Assert.Throws<ExportException>(() => OnnxModel.Of(network, NoText)).Message);
        using var other = new Classifier(new SilentBackbone(), new GapHead(3, 3), Classes);
        Assert.Contains("found silent", Assert.Throws<ExportException>(() => OnnxModel.Of(other, NoText)).Message);
    }

    private static Classifier Of(Recipe recipe) => ExportedNetworks.Settled(recipe.CreateClassifier(Classes));

    private static void Compare(Classifier network, params (int Count, long Height, long Width)[] sizes)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var model = OnnxModel.Of(network, NoText);
        foreach (var (count, height, width) in sizes.Length > 0 ? sizes : ExportedNetworks.Sizes)
        {
            var (plain, normalized) = ExportedNetworks.Images(count, height, width);
            var expected = network.call(normalized, null);
            var actual = ExportedNetworks.Run(model, plain);
            ExportedNetworks.AssertEqual(expected.Logits, actual["logits"]);
            ExportedNetworks.AssertEqual(expected.Maps, actual["maps"]);
            Assert.Equal(expected.Head.Background is not null, actual.ContainsKey("background"));
            if (expected.Head.Background is { } background) ExportedNetworks.AssertEqual(background, actual["background"]);
        }
    }

    private sealed class NewBackbone : ConvolutionalBackbone
    {
        public NewBackbone()
            : base("new")
        {
            // TorchSharp leaves tensors of the initialisation behind; the parameters belong to no scope.
            using var scope = NewDisposeScope();
            var stem = nn.Sequential(("a", nn.Conv2d(3, 4, 5, 2, 2)), ("b", nn.GELU()), ("c", nn.MaxPool2d(3, 2, 1)), ("d", nn.Dropout()));
            var last = nn.Sequential(
                ("a", nn.Conv2d(4, 6, (3, 5), (1, 1), (2, 2), (2, 1), groups: 2)),
                ("b", nn.BatchNorm2d(6)),
                ("c", nn.ReLU6())
            );
            register_module("stem", stem);
            register_module("last", last);
            AddLayer("stem", stem, 4);
            AddLayer("last", last);
            EndStage(6);
        }

        public override int Channels => 6;

        public override int OutputStride => 4;
    }

    private sealed class OddBackbone : ConvolutionalBackbone
    {
        public OddBackbone() : base("odd")
        {
            var layer = nn.Softplus();
            register_module("layer", layer);
            AddLayer("layer", layer);
            EndStage(3);
        }

        public override int Channels => 3;

        public override int OutputStride => 1;
    }

    private sealed class SilentBackbone() : Backbone("silent")
    {
        public override IReadOnlyList<string> Layers => ["all"];

        public override IReadOnlyList<string> StageEnds => Layers;

        public override IReadOnlyList<int> StageChannels => [3];

        public override int Channels => 3;

        public override int OutputStride => 1;

        public override CellGeometry CellsOf(int layer, long height, long width) => CellGeometry.Pixels;

        protected override Activation RunLayer(int index, Activation x) => x;
    }

    private sealed class OddHead() : ClassifierHead("odd head")
    {
        public override HeadOutput forward(Activation features, Tensor? labels) => new(features.Grid, features.Grid.mean([2, 3]), []);
    }
}
