using Wsss.Localization;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Localization;

public sealed class CamTests
{
    [Fact]
    public void The_mean_of_the_maps_plus_the_bias_is_the_prediction()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        random.manual_seed(1);
        using Classifier network = Toys.Recipe.CreateClassifier(["a", "b", "c"]);
        network.eval();
        Tensor images = randn(2, 3, 40, 56);
        ClassifierOutput output = network.call(images, null);
        Tensor bias = network.state_dict()["head.bias"];
        Toys.Set(bias, 1, -2, 0.5f);
        Assert.True(allclose(output.Maps.mean([2, 3]) + bias, network.call(images, null).Logits, 1e-6, 1e-6));
        Assert.Equal(Toys.Values(output.Maps.relu()), Toys.Values(new Cam().Extract(network, images, [0, 1, 2])));
    }

    [Fact]
    public void Maps_are_the_weighted_features_after_ReLU_and_without_the_bias()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Toys.Pointwise([1, 0, -1, 2, 1, 0], 10, -10);
        Tensor images = tensor(new float[] { 1, 2, 3, -4, /* G */ 1, 0, 1, 0, /* B */ 0, 5, 1, 1 }, [1, 3, 2, 2]);
        Tensor maps = new Cam().Extract(network, images, [0, 1]);
        Assert.Equal([1, 2, 2, 2], maps.shape);
        Assert.Equal([1, 0, 2, 0, 3, 4, 7, 0], Toys.Values(maps));
        Assert.False(maps.requires_grad);
    }

    [Fact]
    public void Only_the_classes_asked_for_are_given_in_their_order()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Toys.Pointwise([1, 0, 0, 0, 1, 0, 0, 0, 1], 0, 0, 0);
        Tensor images = tensor(new float[] { 1, 2, 3, 4, 5, 6 }, [1, 3, 1, 2]);
        Assert.Equal([5, 6, 1, 2], Toys.Values(new Cam().Extract(network, images, [2, 0])));
        Assert.Equal([3, 4], Toys.Values(new Cam().Extract(network, images, [1])));
    }

    [Fact]
    public void Only_the_maps_survive()
    {
        using Classifier network = Toys.Recipe.CreateClassifier(["a", "b"]);
        network.eval();
        using Tensor images = zeros(1, 3, 32, 32);
        long before = Toys.LiveTensors;
        using (new Cam().Extract(network, images, [0])) Assert.Equal(before + 1, Toys.LiveTensors);
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void An_extractor_comes_back_from_JSON()
    {
        var inference = new MapInference { Scales = [0.5, 1], Flip = false };
        MapInference read = WsssJson.Read<MapInference>(WsssJson.Write(inference), "test");
        Assert.IsType<Cam>(read.Extractor);
        Assert.Equal(WsssJson.Write(inference), WsssJson.Write(read));
        Assert.Throws<WsssException>(() => WsssJson.Read<MapInference>("""{ "extractor": { "$type": "none" } }""", "test"));
    }
}
