using TorchSharp;
using Wsss.Models;
using Wsss.Segmentation;
using static TorchSharp.torch;

namespace Wsss.Tests.Models;

public sealed class DeepLabTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Logits_have_the_size_of_the_image_in_training_too(int images)
    {
        using var scope = NewDisposeScope();
        using DeepLab network = Create();
        Assert.True(network.training);
        Tensor logits = network.call(randn(images, 3, 50, 39));
        Assert.Equal([images, 4, 50, 39], logits.shape);
        Assert.True(logits.isfinite().all().item<bool>());
    }

    [Fact]
    public void Logits_are_the_cells_values_at_multiples_of_the_stride_and_linear_between()
    {
        using var scope = NewDisposeScope();
        using DeepLab network = Create();
        network.eval();
        Tensor logits = network.call(randn(1, 3, 50, 39));
        Tensor Line(int x) => logits[.., .., .., x];
        for (int cell = 0; cell < 4; cell++)
            for (int x = 1; x < 8; x++)
                Assert.True(allclose(Line(8 * cell) + x / 8f * (Line(8 * cell + 8) - Line(8 * cell)), Line(8 * cell + x), 1e-4, 1e-5));
        // Beyond the last cell, at 32, nothing changes any more.
        for (int x = 33; x < 39; x++) Assert.True(allclose(Line(32), Line(x), 1e-5, 1e-6));
    }

    [Fact]
    public void Gradients_reach_every_parameter()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using DeepLab network = Create();
        network.call(randn(3, 3, 48, 48)).square().mean().backward();
        Assert.All(network.named_parameters(), p => Assert.True(p.parameter.grad?.abs().sum().item<float>() > 0, p.name));
    }

    [Fact]
    public void A_batch_of_one_is_pooled_with_the_running_statistics()
    {
        using var scope = NewDisposeScope();
        using DeepLab network = Create();
        Tensor mean = network.state_dict()["aspp.pool_norm.running_mean"];
        network.call(randn(1, 3, 48, 48));
        Assert.Equal(0, mean.abs().sum().item<float>());
        network.call(randn(2, 3, 48, 48));
        Assert.NotEqual(0, mean.abs().sum().item<float>());
    }

    [Theory]
    [InlineData("resnet18", 8, 12)]
    [InlineData("resnet18", 16, 6)]
    [InlineData("resnet18", 32, 3)]
    public void Rates_follow_the_output_stride(string name, int outputStride, int rate)
    {
        using var network = new DeepLab(Backbones.Create(name, outputStride), 2, new DeepLabOptions(Width: 8));
        var conv = (TorchSharp.Modules.Conv2d)network.named_modules().First(m => m.name == "aspp.branch3.0").module;
        Assert.Equal([3L * rate, 3L * rate], conv.dilation);
        Assert.Equal([8, 512, 3, 3], conv.weight!.shape);
    }

    [Fact]
    public void State_has_a_prefix_per_part_and_can_be_saved()
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        using DeepLab network = Create(), other = Create();
        Assert.Equal(["aspp", "backbone", "classifier"], network.state_dict().Keys.Select(k => k.Split('.')[0]).Distinct().Order());
        NetworkWeights.Save(network, folder.File("deeplab.safetensors"));
        Assert.True(NetworkWeights.Load(other, folder.File("deeplab.safetensors")).IsExact);
        network.eval();
        other.eval();
        Tensor images = randn(1, 3, 32, 32);
        Assert.True(allclose(network.call(images), other.call(images), 0, 0));
    }

    [Fact]
    public void Nothing_but_the_output_survives_a_forward()
    {
        using DeepLab network = Create();
        using Tensor images = zeros(1, 3, 32, 32);
        network.call(images).Dispose();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (Tensor logits = network.call(images)) Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Options_outside_their_range_are_refused()
    {
        using Backbone backbone = Backbones.Create("menagerie_net", 8);
        Assert.Contains("12", Assert.Throws<RecipeException>(() => new DeepLab(backbone, 2, new DeepLabOptions(Reach: 12))).Message);
        Assert.Throws<RecipeException>(() => new DeepLab(backbone, 2, new DeepLabOptions(Width: 0)));
        Assert.Throws<RecipeException>(() => new DeepLab(backbone, 2, new DeepLabOptions(Dropout: 1)));
        Assert.Throws<RecipeException>(() => new DeepLab(backbone, 0, new DeepLabOptions()));
    }

    [Theory]
    [InlineData("menagerie_net", 8)]
    [InlineData("mobilenet_v2", 16)]
    [InlineData("resnet18", 16)]
    public void A_decoder_gives_scores_at_cells_of_four_pixels_which_gradients_reach_through(string name, int stride)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        using var network = new DeepLab(Backbones.Create(name, stride), 3, new DeepLabOptions(16, 48, 0, Decoder: 6));
        Assert.Contains(network.state_dict().Keys, key => key.StartsWith("decoder.", StringComparison.Ordinal));
        Tensor logits = network.call(randn(2, 3, 50, 39));
        Assert.Equal([2, 4, 50, 39], logits.shape);
        // Linear between pixels 4i and 4i + 4, and no less often bent than that.
        Tensor Line(int x) => logits[.., .., .., x];
        for (int x = 1; x < 4; x++) Assert.True(allclose(Line(16) + x / 4f * (Line(20) - Line(16)), Line(16 + x), 1e-4, 1e-5));
        Assert.False(allclose(Line(16) + 0.5f * (Line(24) - Line(16)), Line(20), 1e-4, 1e-5));
        logits.square().mean().backward();
        Assert.All(network.named_parameters(), p => Assert.True(p.parameter.grad?.abs().sum().item<float>() > 0, p.name));
    }

    [Fact]
    public void A_decoder_wants_features_that_are_finer_than_the_output()
    {
        using Backbone transformer = Backbones.Create("deit_tiny", 16), net = Backbones.Create("menagerie_net", 8);
        var error = Assert.Throws<RecipeException>(() => new DeepLab(transformer, 2, new DeepLabOptions(Decoder: 48)));
        Assert.Contains("finer than its output", error.Message);
        Assert.Contains("-1", Assert.Throws<RecipeException>(() => new DeepLab(net, 2, new DeepLabOptions(Decoder: -1))).Message);
    }

    private static DeepLab Create() => new(new MenagerieNet(), 3, DeepLabOptions.Small);
}
