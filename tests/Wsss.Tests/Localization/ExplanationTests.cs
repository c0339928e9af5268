using Wsss.Data;
using Wsss.Localization;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Localization;

public sealed class ExplanationTests
{
    // A pixel of value v has the normalised red (v/255 − .485) / .229.
    private static readonly float Bright = (1 - Normalization.Mean[0]) / Normalization.Std[0],
        Dark = (0 - Normalization.Mean[0]) / Normalization.Std[0];

    [Fact]
    public void Scores_are_sigmoids_and_the_classes_above_a_half_are_explained()
    {
        // Logits: mean red + 0, − mean red, mean red − 100.
        using Classifier network = Toys.Pointwise([1, 0, 0, -1, 0, 0, 1, 0, 0], 0.1f, 0.1f, -100);
        Explanation explanation = new Explainer().Explain(network, Red(255, 0), [], CPU);
        float mean = (Bright + Dark) / 2;
        Assert.Equal([Sigmoid(mean + 0.1f), Sigmoid(-mean + 0.1f), 0], explanation.Scores, Near);
        Assert.Equal([0, 1], explanation.Maps.Classes);
        Assert.Equal([1, 0], explanation.Maps.Map(0).ToArray(), Near);
        Assert.Equal([0, 1], explanation.Maps.Map(1).ToArray(), Near);
        Assert.Equal([0, 1, 2], explanation.Ranking().Order());
        Assert.Equal(2, explanation.Ranking()[^1]);
    }

    [Fact]
    public void At_least_the_strongest_class_is_explained()
    {
        using Classifier network = Toys.Pointwise([1, 0, 0, -1, 0, 0], -50, -40);
        Assert.Equal([1], new Explainer().Explain(network, Red(255, 0), [], CPU).Maps.Classes);
    }

    [Fact]
    public void One_class_per_image_means_softmax_and_one_map()
    {
        using Classifier network = Toys.Pointwise([0, 0, 0, 0, 0, 0, 0, 0, 0], 1, 3, 2.5f);
        Explanation explanation = new Explainer { OneClassPerImage = true }.Explain(network, Red(255, 0), [], CPU);
        double sum = Math.Exp(1) + Math.Exp(3) + Math.Exp(2.5);
        Assert.Equal([(float)(Math.Exp(1) / sum), (float)(Math.Exp(3) / sum), (float)(Math.Exp(2.5) / sum)], explanation.Scores, Near);
        Assert.Equal([1], explanation.Maps.Classes);
        Assert.Equal([1, 2, 0], explanation.Ranking());
    }

    [Fact]
    public void The_classes_asked_for_are_explained_in_rising_order_each_once()
    {
        using Classifier network = Toys.Pointwise([1, 0, 0, -1, 0, 0, 1, 0, 0], 0, 0, 0);
        Assert.Equal([0, 2], new Explainer().Explain(network, Red(255, 0), [2, 0, 2], CPU).Maps.Classes);
    }

    [Theory]
    [InlineData(null, false, 900, 30, 640, 21)]
    [InlineData(null, true, 30, 900, 9, 256)]
    [InlineData(null, true, 40, 30, 40, 30)]
    [InlineData(80, true, 40, 30, 80, 60)]
    [InlineData(10, false, 40, 30, 10, 8)]
    public void The_network_sees_the_side_and_the_maps_have_the_images_size(
        int? side,
        bool oneClass,
        int width,
        int height,
        int seenWidth,
        int seenHeight
    )
    {
        using Classifier network = Toys.Pointwise([1, 0.5f, -1], 0);
        long before = Toys.LiveTensors;
        LocalizationMaps maps = new Explainer { Side = side, OneClassPerImage = oneClass }
            .Explain(network, Toys.Noise(width, height), [], CPU)
            .Maps;
        Assert.All(((PointwiseBackbone)network.Backbone).Seen, seen => Assert.Equal((1, seenHeight, seenWidth), seen));
        Assert.Equal((width, height), (maps.Width, maps.Height));
        Assert.Equal(1, maps.Values.Max());
        Assert.True(maps.Values.Min() >= 0);
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Method_and_scales_are_those_of_the_maps()
    {
        using Classifier network = Toys.Recipe.CreateClassifier(["a", "b"]);
        network.eval();
        var inference = new MapInference { Extractor = new LayerCam { Layer = "layer1.1" }, Scales = [1, 2], Flip = true };
        RgbImage image = Toys.Noise(32, 24);
        LocalizationMaps expected = Assert.Single(inference.Extract(network, [new Sample("s", image, [0, 1])], CPU));
        Assert.Equal(expected.Values, new Explainer { Maps = inference }.Explain(network, image, [0, 1], CPU).Maps.Values);
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        using Classifier network = Toys.Pointwise([1, 0, 0], 0);
        RgbImage image = Red(1, 2);
        Assert.Contains("0…0", Assert.Throws<DataSetException>(() => new Explainer().Explain(network, image, [1], CPU)).Message);
        Assert.Throws<RecipeException>(() => new Explainer { Side = 0 }.Explain(network, image, [], CPU));
        Assert.Throws<RecipeException>(() => new Explainer { Maps = new MapInference { Scales = [] } }.Explain(network, image, [], CPU));
    }

    private static bool Near(float a, float b) => Math.Abs(a - b) < 1e-5;

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    private static RgbImage Red(params byte[] red) => new(red.Length, 1, [.. red.SelectMany(value => new byte[] { value, 0, 0 })]);
}
