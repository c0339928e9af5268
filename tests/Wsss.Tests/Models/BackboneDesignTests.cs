using Wsss.Models;
using Wsss.Registry;
using Wsss.Training;
using Wsss.Weights;
using static TorchSharp.torch;

namespace Wsss.Tests.Models;

/// <summary>The backbones as a family, and one that is defined here alone.</summary>
public sealed class BackboneDesignTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Path => _folder.File("weights.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_backbones_are_listed_in_their_order_each_with_a_line()
    {
        FamilyMember[] members = [.. Family.Of<BackboneDesign>().Members.Where(member => member.Summary.Length > 0)];
        Assert.Equal(
            ["menagerie_net", "menagerie_vit", "mobilenet_v2", "resnet18", "resnet34", "resnet50", "resnet101", "deit_tiny", "deit_small"],
            members.Select(member => member.Name));
        Assert.All(members, member => Assert.Contains(member.Summary, Family.Of<BackboneDesign>().ToHelp()));
        Assert.All(members, member => Assert.Equal(member.Name, ((BackboneDesign)member.Published).Name));
        Assert.Equal(["menagerie_net", "menagerie_vit"], Backbones.Shipped.Select(design => design.Name));
    }

    [Theory]
    [InlineData("resnet_51", "Did you mean resnet50?")]
    [InlineData("mobilnet_v2", "Did you mean mobilenet_v2?")]
    [InlineData("vgg16", "deit_small")]
    public void An_unknown_name_is_answered_with_the_nearest_and_all(string name, string part)
    {
        string message = Assert.Throws<RecipeException>(() => BackboneSpec.Parse(name, "random")).Message;
        Assert.Contains($"'{name}'", message);
        Assert.Contains(part, message);
        Assert.All(Family.Of<BackboneDesign>().Names, known => Assert.Contains(known, message));
    }

    [Fact]
    public void However_a_name_is_typed_the_recipe_has_the_one_of_the_list()
    {
        Assert.Equal(new BackboneSpec { Name = "resnet50", OutputStride = 16, Weights = null }, BackboneSpec.Parse("ResNet-50", "random"));
        Assert.Equal(new BackboneSpec { Name = "menagerie_vit" }, BackboneSpec.Parse("MenagerieViT", null));
    }

    [Fact]
    public void Recipes_are_written_as_they_always_were() => Assert.Equal(
        """
        {
          "name": "menagerie_net",
          "outputStride": 8,
          "weights": "shipped"
        }
        """.ReplaceLineEndings("\n"), WsssJson.Write(new BackboneSpec()).ReplaceLineEndings("\n"));

    [Theory]
    [InlineData("resnet101", 32, 16)]
    [InlineData("mobilenet_v2", 32, 16)]
    [InlineData("deit_tiny", 16, 16)]
    [InlineData("menagerie_net", 8, 8)]
    [InlineData("menagerie_vit", 8, 8)]
    public void Recipes_take_stride_16_where_the_network_can_have_it(string name, int native, int training)
    {
        Assert.Equal((native, training), (Backbones.Find(name).NativeStride, Backbones.Find(name).TrainingStride));
        Assert.Equal(training, BackboneSpec.Parse(name, "random")!.OutputStride);
    }

    [Fact]
    public void Shipped_weights_lie_where_the_design_says_and_fit() => Assert.All(Backbones.Shipped, design =>
    {
        using Backbone backbone = design.Create(design.NativeStride, classTokens: 3);
        using IWeightFile file = WeightFile.Open(ShippedWeights.PathOf(design.Name));
        Assert.True(NetworkWeights.CompareBackbone(backbone, file).IsExact);
    });

    [Fact]
    public void A_backbone_that_is_defined_in_another_assembly_is_trained_loaded_and_opened_by_its_name()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        Assert.Contains(nameof(ToyDesign), Family.Of<BackboneDesign>().Names);
        Assert.Contains("4, 2", Assert.Throws<RecipeException>(() => Backbones.Create(nameof(ToyDesign), 8)).Message);
        var spec = BackboneSpec.Parse("toy design", "random")!;
        using Backbone source = spec.Create();
        Assert.Equal((nameof(ToyDesign), 4), (spec.Name, source.OutputStride));

        var state = new Dictionary<string, Tensor>(source.state_dict()) { ["top.weight"] = randn(3, 5), ["top.bias"] = randn(3) };
        SafeTensorsFile.Write(Path, state);
        using Backbone loaded = (spec with { Weights = Path }).Create();
        Assert.Equal(Toys.Values(source.state_dict()["conv.weight"]), Toys.Values(loaded.state_dict()["conv.weight"]));
        using Classifier classifier = Classifier.FromTorchvision("ToyDesign", Path, 2, ["a", "b", "c"]);
        using IWeightFile file = WeightFile.Open(Path);
        Tensor images = randn(2, 3, 12, 16), features = classifier.Backbone.call(images);
        Assert.Equal([2, 5, 6, 8], features.shape);
        Tensor expected = features.mean([2, 3]).matmul(file.Read("top.weight").t()) + file.Read("top.bias");
        Assert.True(allclose(expected, classifier.call(images, null).Logits, 1e-5, 1e-6));
    }

    /// <summary>One convolution, as a program or a notebook would define a backbone of its own.</summary>
    private sealed class ToyBackbone : ConvolutionalBackbone
    {
        public ToyBackbone(int outputStride) : base("toy")
        {
            OutputStride = outputStride;
            var conv = nn.Conv2d(3, 5, 5, stride: outputStride, padding: 2, bias: false);
            register_module("conv", conv);
            AddLayer("conv", conv, outputStride);
            EndStage(Channels);
        }

        public override int Channels => 5;

        public override int OutputStride { get; }

        public override IReadOnlyList<string> HeadKeys => ["top."];
    }

    private sealed class ToyDesign : BackboneDesign
    {
        public override IReadOnlyList<int> Strides => [4, 2];

        public override string HeadLayer => "top";

        protected override Backbone Build(int outputStride, int classTokens) => new ToyBackbone(outputStride);
    }
}
