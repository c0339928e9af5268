using Wsss.Data;
using Wsss.Models;
using Wsss.Segmentation;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Models;

public sealed class AutocastTests : IDisposable
{
    private static readonly string[] Classes = ["a", "b"];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The smallest of each kind: strided, with bottlenecks, with residual blocks, with tokens.</summary>
    public static TheoryData<string, int> Networks => new()
    {
        { "menagerie_net", 8 },
        { "mobilenet_v2", 16 },
        { "resnet18", 16 },
        { "menagerie_vit", 8 },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_network_gives_nearly_the_same_in_float32(string name, int stride)
    {
        using var scope = NewDisposeScope();
        using Classifier network = Of(name, stride);
        Tensor images = Images(64);
        var exact = network.call(images, null);
        network.Backbone.Precision = Precision.BFloat16;
        var cast = network.call(images, null);
        foreach (var (a, b) in new[] { (exact.Features, cast.Features), (exact.Maps, cast.Maps), (exact.Logits, cast.Logits) })
        {
            Assert.Equal(float32, b.dtype);
            // Of 8 bits of digits; not the same bits, or nothing was cast.
            Assert.InRange(((a - b).norm() / a.norm()).item<float>(), 1e-5, 0.05);
        }
    }

    [Fact]
    public void A_transformers_attention_is_read_in_the_same_precision_as_its_features()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Of("menagerie_vit", 8);
        var transformer = (VisionTransformer)network.Backbone;
        Tensor images = Images(32);
        var exact = transformer.RunWithAttention(images, heads => heads);
        transformer.Precision = Precision.BFloat16;
        var cast = transformer.RunWithAttention(images, heads => heads);
        Activation features = transformer.Run(new Activation(images), 0, transformer.Layers.Count);
        Assert.Equal(Toys.Values(features.Grid), Toys.Values(cast.Features.Grid));
        Assert.Equal(float32, cast.Features.Grid.dtype);
        foreach (var (a, b) in exact.Attention.Zip(cast.Attention))
        {
            Assert.Equal(float32, b.dtype);
            Assert.InRange(((a - b).norm() / a.norm()).item<float>(), 1e-6, 0.05);
        }
        Activation first = transformer.Run(new Activation(images), 0, 1);
        Tensor own = transformer.Attention(0, first);
        Activation next = transformer.Attend(0, first, own);
        Assert.Equal(float32, next.Grid.dtype);
        Tensor alike = transformer.Run(first, 1, 2).Grid;
        Assert.InRange(((next.Grid - alike).norm() / alike.norm()).item<float>(), 0, 0.02);
    }

    [Fact]
    public void A_product_is_rounded_as_bfloat16_is()
    {
        using var scope = NewDisposeScope();
        Tensor a = tensor(new[] { 1 + 1 / 512f }, 1, 1), b = ones(1, 1);
        Assert.Equal(1 + 1 / 512f, a.matmul(b).item<float>());
        using (Autocast.Of(Precision.BFloat16, CPU.type))
        {
            Tensor product = a.matmul(b);
            Assert.Equal(bfloat16, product.dtype);
            Assert.Equal(1f, product.to(float32).item<float>()); // 1 + 2⁻⁹ has no 8-bit form but 1
        }
        Assert.Equal(1 + 1 / 512f, a.matmul(b).item<float>());
    }

    [Fact]
    public void It_ends_with_its_scope_though_an_error_ends_that_and_scopes_nest()
    {
        using var scope = NewDisposeScope();
        Tensor a = ones(1, 1);
        ScalarType DType() => a.matmul(a).dtype;
        Assert.Throws<RecipeException>(new Action(() =>
        {
            using var casts = Autocast.Of(Precision.BFloat16, CPU.type);
            throw new RecipeException("an error of the network");
        }));
        Assert.Equal(float32, DType());
        using (Autocast.Of(Precision.BFloat16, CPU.type))
        {
            using (Autocast.Of(Precision.BFloat16, CPU.type)) Assert.Equal(bfloat16, DType());
            using (Autocast.Of(Precision.Float32, CPU.type)) Assert.Equal(bfloat16, DType());
            Assert.Equal(bfloat16, DType());
        }
        Assert.Equal(float32, DType());
    }

    [Fact]
    public void Weights_that_change_between_scopes_are_cast_anew()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Of("menagerie_net", 8);
        network.Backbone.Precision = Precision.BFloat16;
        Tensor images = Images(32);
        float[] before = Toys.Values(network.call(images, null).Features);
        using (no_grad())
            foreach (var parameter in network.Backbone.parameters()) parameter.mul_(0.5);
        Assert.NotEqual(before, Toys.Values(network.call(images, null).Features));
    }

    [Fact]
    public void Gradients_are_float32_and_point_the_same_way()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Of("menagerie_net", 8);
        Tensor images = Images(64);
        Tensor Gradients(Precision precision)
        {
            network.Backbone.Precision = precision;
            network.zero_grad();
            network.call(images, null).Logits.square().sum().backward();
            Tensor[] all = [.. network.parameters().Select(parameter => parameter.grad!.flatten())];
            Assert.All(all, gradient => Assert.Equal(float32, gradient.dtype));
            return cat(all).clone();
        }
        Tensor exact = Gradients(Precision.Float32), cast = Gradients(Precision.BFloat16);
        Assert.InRange(nn.functional.cosine_similarity(exact, cast, 0).item<float>(), 0.98, 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    public void A_segmentation_network_gives_nearly_the_same_in_float32(int decoder)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        using var network = new DeepLab(Backbones.Create("menagerie_net", 8), 2, DeepLabOptions.Small with { Decoder = decoder });
        network.eval();
        Tensor images = Images(64), exact = network.call(images);
        network.Backbone.Precision = Precision.BFloat16;
        Tensor cast = network.call(images);
        Assert.Equal(float32, cast.dtype);
        Assert.InRange(((exact - cast).norm() / exact.norm()).item<float>(), 1e-5, 0.05);
    }

    [Fact]
    public void A_training_in_bfloat16_learns_under_a_key_of_its_own_and_its_network_stays_so()
    {
        DataSplits data = Toys.BlobSplits();
        Recipe recipe = Toys.Recipe with { Epochs = 4 };
        Recipe cast = recipe with { Backbone = recipe.Backbone with { Precision = Precision.BFloat16 } };
        Assert.NotEqual(recipe.Key(data.Train), cast.Key(data.Train));
        Assert.DoesNotContain("recision", WsssJson.Write(recipe));
        using TrainedClassifier trained = ClassifierTrainer.Train(cast, data, Toys.Run(_folder));
        double[] losses = [.. trained.History.Epochs.Select(epoch => epoch.Losses["classification"])];
        Assert.True(losses[^1] < losses[0], $"{losses[0]} … {losses[^1]}");
        using TrainedClassifier loaded = TrainedClassifier.Load(trained.Folder, CPU);
        Assert.Equal(Precision.BFloat16, loaded.Network.Backbone.Precision);
    }

    private static Classifier Of(string name, int stride)
    {
        random.manual_seed(1);
        var network = new Recipe { Backbone = new() { Name = name, OutputStride = stride, Weights = null } }.CreateClassifier(Classes);
        network.eval();
        return network;
    }

    private static Tensor Images(int side)
    {
        random.manual_seed(3);
        return randn(2, 3, side, side);
    }
}
