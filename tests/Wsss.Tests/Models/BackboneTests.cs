using TorchSharp;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Models;

public sealed class BackboneTests
{
    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet50")]
    [InlineData("mobilenet_v2")]
    public void State_has_torchvisions_keys_shapes_and_types(string name)
    {
        string[] expected = [.. ParityFiles.Keys(name).Where(k => !k.StartsWith("fc.") && !k.StartsWith("classifier."))];
        using Backbone backbone = Backbones.Create(name, 32);
        string[] found = [.. backbone.state_dict()
            .Select(s => $"{s.Key} [{string.Join(", ", s.Value.shape)}] {(s.Value.dtype == int64 ? "int64" : "float32")}")
            .Order(StringComparer.Ordinal)];
        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData("resnet18", 11_176_512, 512)]
    [InlineData("resnet34", 21_284_672, 512)]
    [InlineData("resnet50", 23_508_032, 2048)]
    [InlineData("resnet101", 42_500_160, 2048)]
    [InlineData("mobilenet_v2", 2_223_872, 1280)]
    [InlineData("menagerie_net", 693_624, 128)]
    [InlineData("deit_tiny", 5_524_416, 192)]
    [InlineData("deit_small", 21_665_664, 384)]
    [InlineData("menagerie_vit", 841_656, 96)]
    public void Has_the_expected_number_of_parameters(string name, long parameters, int channels)
    {
        using Backbone backbone = Backbones.Create(name, name.StartsWith("deit") ? 16 : 8);
        Assert.Equal(parameters, backbone.parameters().Sum(p => p.NumberOfElements));
        Assert.Equal(channels, backbone.Channels);
    }

    [Theory]
    [InlineData("resnet18", 32)]
    [InlineData("resnet18", 16)]
    [InlineData("resnet18", 8)]
    [InlineData("resnet50", 16)]
    [InlineData("resnet50", 8)]
    [InlineData("mobilenet_v2", 32)]
    [InlineData("mobilenet_v2", 16)]
    [InlineData("mobilenet_v2", 8)]
    [InlineData("menagerie_net", 8)]
    public void Output_stride_gives_the_map_size(string name, int outputStride)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using Backbone backbone = Backbones.Create(name, outputStride);
        backbone.eval();
        Tensor maps = backbone.call(zeros(1, 3, 65, 96));
        Assert.Equal(outputStride, backbone.OutputStride);
        Assert.Equal([1, backbone.Channels, (65 + outputStride - 1) / outputStride, 96 / outputStride], maps.shape);
    }

    /// <summary>A strided net's values reappear in the dilated one, at each second (fourth) position.</summary>
    [Theory]
    [InlineData("resnet18", 16)]
    [InlineData("resnet18", 8)]
    [InlineData("resnet50", 8)]
    [InlineData("mobilenet_v2", 16)]
    [InlineData("mobilenet_v2", 8)]
    public void Dilation_keeps_the_strided_values(string name, int outputStride)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        random.manual_seed(1);
        using Backbone strided = Backbones.Create(name, 32), dilated = Backbones.Create(name, outputStride);
        dilated.load_state_dict(strided.state_dict());
        strided.eval();
        dilated.eval();
        Tensor images = randn(1, 3, 96, 70);
        int step = 32 / outputStride;
        Tensor expected = strided.call(images);
        Tensor found = dilated.call(images)[.., .., TensorIndex.Slice(step: step), TensorIndex.Slice(step: step)];
        Assert.True(allclose(expected, found, 1e-4, 1e-4 * expected.abs().max().item<float>()));
    }

    [Theory]
    [InlineData("resnet18", "layer1.1 layer2.1 layer3.1 layer4.1")]
    [InlineData("resnet101", "layer1.2 layer2.3 layer3.22 layer4.2")]
    [InlineData("mobilenet_v2", "features.1 features.3 features.6 features.13 features.18")]
    [InlineData("menagerie_net", "layer1.1 layer2.1 layer3.1")]
    public void Stages_end_where_the_resolution_changes(string name, string ends)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using Backbone backbone = Backbones.Create(name, name == "menagerie_net" ? 8 : 32);
        backbone.eval();
        Assert.Equal(ends, string.Join(' ', backbone.StageEnds));
        Tensor x = zeros(1, 3, 64, 64);
        for (int i = 0; i < backbone.Layers.Count; i++) // each end but the last is followed by a smaller map or wider stage
        {
            Tensor next = backbone.Run(new Activation(x), i, i + 1).Grid;
            if (i > 0 && backbone.StageEnds.Contains(backbone.Layers[i - 1])) Assert.NotEqual(x.shape, next.shape);
            int stage = backbone.StageEnds.ToList().IndexOf(backbone.Layers[i]);
            if (stage >= 0) Assert.Equal(backbone.StageChannels[stage], next.shape[1]);
            x = next;
        }
    }

    [Theory]
    [InlineData("resnet18")]
    [InlineData("mobilenet_v2")]
    [InlineData("menagerie_net")]
    [InlineData("menagerie_vit")]
    public void Cutting_the_graph_anywhere_gives_the_same_output(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using Backbone backbone = Backbones.Create(name, 8);
        backbone.eval();
        Tensor images = randn(1, 3, 33, 32), expected = backbone.call(images);
        for (int cut = 1; cut < backbone.Layers.Count; cut++)
        {
            Activation middle = backbone.Run(new Activation(images), 0, cut);
            Tensor copy = middle.Grid.clone();
            Tensor? tokens = middle.ClassTokens?.clone();
            Assert.True(allclose(expected, backbone.Run(middle, cut, backbone.Layers.Count).Grid, 0, 0), backbone.Layers[cut]);
            Assert.True(allclose(copy, middle.Grid, 0, 0), $"{backbone.Layers[cut]} changed its input");
            Assert.Equal(backbone.ClassTokens > 0, tokens is not null);
            if (tokens is not null) Assert.True(allclose(tokens, middle.ClassTokens!, 0, 0), $"{backbone.Layers[cut]} changed its tokens");
        }
    }

    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet50")]
    [InlineData("mobilenet_v2")]
    [InlineData("menagerie_net")]
    [InlineData("menagerie_vit")]
    public void A_forward_leaves_only_its_output(string name)
    {
        using Backbone backbone = Backbones.Create(name, 8);
        backbone.eval();
        using var noGrad = no_grad();
        using Tensor images = zeros(1, 3, 32, 32);
        backbone.call(images).Dispose();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Tensor output = backbone.call(images);
        Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        output.Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet50")]
    [InlineData("mobilenet_v2")]
    [InlineData("menagerie_net")]
    [InlineData("menagerie_vit")]
    public void Gradients_reach_every_parameter(string name)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Backbone backbone = Backbones.Create(name, 8);
        Tensor features = backbone.call(randn(2, 3, 40, 40));
        (features * randn_like(features)).sum().backward();
        Assert.All(backbone.named_parameters(), p => Assert.True(p.parameter.grad?.abs().sum().item<float>() > 0, p.name));
    }

    [Theory]
    [InlineData("resnet18", 4)]
    [InlineData("mobilenet_v2", 12)]
    [InlineData("menagerie_net", 16)]
    [InlineData("menagerie_vit", 16)]
    [InlineData("deit_tiny", 8)]
    public void An_impossible_stride_is_refused(string name, int outputStride) =>
        Assert.Contains($"found {outputStride}", Assert.Throws<RecipeException>(() => Backbones.Create(name, outputStride)).Message);
}
