using Wsss.Data;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Tests.Data;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Tests.Localization;

public sealed class MapInferenceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(17, 23)]
    [InlineData(1, 40)]
    [InlineData(40, 1)]
    [InlineData(1, 1)]
    public void Maps_have_the_images_size_and_each_class_with_evidence_reaches_1(int width, int height)
    {
        using Classifier network = RandomNetwork();
        Sample sample = new("s", Toys.Noise(width, height), [0, 2]);
        LocalizationMaps maps = Assert.Single(new MapInference { Scales = [0.5, 1, 1.5] }.Extract(network, [sample], CPU));
        Assert.Equal((width, height), (maps.Width, maps.Height));
        Assert.Equal([0, 2], maps.Classes);
        Assert.All(maps.Values, value => Assert.InRange(value, 0, 1));
        for (int k = 0; k < 2; k++)
        {
            float largest = maps.Map(k).ToArray().Max();
            Assert.True(largest is 0 or 1, $"{largest}");
        }
        Assert.Contains(1, maps.Values);
    }

    [Fact]
    public void A_class_without_evidence_has_an_empty_map()
    {
        // Class 0 answers to red, class 1 is below 0 everywhere.
        using Classifier network = Toys.Pointwise([1, 0, 0, 0, 0, 0], 5, 5);
        Sample sample = Red("s", 255, 0, 255, 255);
        LocalizationMaps maps = Assert.Single(new MapInference().Extract(network, [sample with { Labels = [0, 1] }], CPU));
        Assert.Equal([1, 0, 1, 1], maps.Map(0).ToArray());
        Assert.Equal([0, 0, 0, 0], maps.Map(1).ToArray());
    }

    [Fact]
    public void Values_are_the_evidence_over_its_maximum()
    {
        using Classifier network = Toys.Pointwise([1, 0, 0], 0);
        LocalizationMaps maps = Assert.Single(new MapInference().Extract(network, [Red("s", 255, 200, 150, 100)], CPU));
        float Evidence(int value) => (value / 255f - Normalization.Mean[0]) / Normalization.Std[0];
        Assert.Equal([1, Evidence(200) / Evidence(255), Evidence(150) / Evidence(255), 0], maps.Values, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Small_evidence_is_evidence()
    {
        using Classifier network = Toys.Pointwise([1e-12f, 0, 0], 0);
        Assert.Equal([1, 0], Assert.Single(new MapInference().Extract(network, [Red("s", 255, 0, 0, 255)], CPU)).Map(0)[..2].ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_flipped_image_has_the_flipped_map(bool pointwise)
    {
        // A pointwise network is equivariant itself; any network is if it sees both images.
        using Classifier network = pointwise ? Toys.Pointwise([1, -1, 0.5f, -1, 1, 0, 0, 0, 1], 0, 0, 0) : RandomNetwork();
        Sample sample = new("s", Toys.Noise(24, 18), [0, 1, 2]), flipped = sample with { Image = Toys.Flip(sample.Image) };
        float[] Maps(Sample of, bool flip) => Assert.Single(new MapInference { Flip = flip }.Extract(network, [of], CPU)).Values;
        Assert.Equal(Toys.FlipRows(Maps(sample, true), 24), Maps(flipped, true), Near);
        if (pointwise)
            Assert.Equal(Maps(sample, false), Maps(sample, true), Near);
        else
            Assert.NotEqual(Toys.FlipRows(Maps(sample, false), 24), Maps(flipped, false), Near);
    }

    [Fact]
    public void Scales_are_summed_at_the_images_size()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using Classifier network = RandomNetwork();
        Sample sample = new("s", Toys.Noise(30, 20), [0, 1, 2]);
        Tensor image = Loader.ImageTensor(sample.Image, CPU);
        // Pixel x of the image lies at (x + ½) · n'/n − ½ of the scaled one, and cell i at pixel 8·i there.
        Tensor Cells(int side, int scaled, long count) =>
            ((arange(side) + 0.5f) * ((float)scaled / side) - 0.5f) / 8 / Math.Max(1, count - 1) * 2 - 1;
        Tensor At(int height, int width)
        {
            Tensor maps = network
                .call(F.interpolate(image, [height, width], mode: InterpolationMode.Bilinear, align_corners: false), null)
                .Maps.relu();
            Tensor[] places =
            [
                Cells(30, width, maps.shape[3]).expand(20, 30),
                Cells(20, height, maps.shape[2]).unsqueeze(1).expand(20, 30),
            ];
            return F.grid_sample(maps, stack(places, 2).unsqueeze(0), GridSampleMode.Bilinear, GridSamplePaddingMode.Border, true);
        }
        Tensor sum = At(10, 15) + At(20, 30) + At(40, 60);
        float[] expected = Toys.Values(sum / sum.amax([2, 3], keepdim: true));
        Assert.Equal(
            expected,
            Assert.Single(new MapInference { Scales = [0.5, 1, 2], Flip = false }.Extract(network, [sample], CPU)).Values,
            Near
        );
    }

    [Fact]
    public void Each_scale_of_GradCAM_plus_plus_counts_alike()
    {
        using Classifier network = Toys.Pointwise([1, 0.3f, -0.5f], 0);
        // All rows are alike, so that the maximum of a scale is the same before and after its rows are resized.
        byte[] row = Toys.Noise(30, 1).Pixels;
        Sample sample = new("s", new RgbImage(30, 20, [.. Enumerable.Repeat(row, 20).SelectMany(pixels => pixels)]), [0]);
        float[] Maps(params double[] scales) =>
            Assert.Single(new MapInference { Extractor = new GradCamPlusPlus(), Scales = scales }.Extract(network, [sample], CPU)).Values;
        float[][] each = [Maps(0.5), Maps(1), Maps(1.5)];
        float[] sum = [.. Enumerable.Range(0, 600).Select(i => each.Sum(map => map[i]))];
        Assert.Equal(sum.Select(value => value / sum.Max()), Maps(0.5, 1, 1.5), (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Contains(each[0].Zip(each[2]), pair => Math.Abs(pair.First - pair.Second) > 0.1);
    }

    [Fact]
    public void The_key_of_one_scale_is_that_of_the_options()
    {
        MapInference Of(MapExtractor extractor, params double[] scales) => new() { Extractor = extractor, Scales = scales };
        MapInference[] plain = [Of(new GradCamPlusPlus(), 1), Of(new ClassAttention(), 1), Of(new Cam(), 0.5, 1)];
        Assert.All(plain, inference => Assert.Equal(WsssJson.Write(inference), inference.Key()));
        MapInference[] several = [Of(new GradCamPlusPlus(), 0.5, 1), Of(new ClassAttention(), 0.5, 1)];
        Assert.All(several, inference => Assert.NotEqual(WsssJson.Write(inference), inference.Key()));
    }

    [Fact]
    public void The_network_sees_the_rounded_sizes()
    {
        using Classifier network = Toys.Pointwise([1, 0, 0], 0);
        new MapInference { Scales = [0.25, 1, 1.5] }.Extract(network, [new Sample("s", Toys.Noise(9, 1), [0])], CPU);
        Assert.Equal([(1, 1, 2), (1, 1, 2), (1, 1, 9), (1, 1, 9), (1, 2, 14), (1, 2, 14)], ((PointwiseBackbone)network.Backbone).Seen);
    }

    [Fact]
    public void Mixed_sizes_and_labels_give_the_same_as_one_by_one()
    {
        using Classifier network = RandomNetwork();
        (int Width, int Height, int[] Labels)[] shapes =
        [
            (20, 24, [0]),
            (20, 24, [1, 2]),
            (20, 24, []),
            (24, 20, [0, 2]),
            (20, 24, [2]),
            (1, 30, [1]),
            (20, 24, [0, 1, 2]),
            (20, 24, []),
        ];
        MaskedSample[] samples =
        [
            .. shapes.Select((shape, i) => new MaskedSample($"s{i}", Toys.Noise(shape.Width, shape.Height, i), shape.Labels)),
        ];
        var inference = new MapInference { Scales = [1, 1.5] };
        (Sample Sample, LocalizationMaps Maps)[] together =
        [
            .. inference.Run(network, new HandMadeSource(["a", "b", "c"], samples), Toys.Run(_folder)),
        ];
        Assert.Equal(samples.Select(sample => sample.Sample), together.Select(pair => pair.Sample));
        foreach ((Sample sample, LocalizationMaps maps) in together)
        {
            LocalizationMaps alone = Assert.Single(inference.Extract(network, [sample], CPU));
            Assert.Equal((sample.Id, sample.Image.Width, sample.Image.Height), (maps.Id, maps.Width, maps.Height));
            Assert.Equal(sample.Labels, maps.Classes);
            Assert.Equal(alone.Values, maps.Values, Near);
        }
    }

    [Fact]
    public void Images_of_one_size_share_a_pass_up_to_a_bound()
    {
        using Classifier network = Toys.Pointwise([1, 0, 0], 0);
        MaskedSample[] samples = [.. Enumerable.Range(0, 5).Select(i => new MaskedSample($"s{i}", Toys.Noise(300, 400, i), [0]))];
        Assert.Equal(5, new MapInference { Flip = false }.Run(network, new HandMadeSource(["a"], samples), Toys.Run(_folder)).Count());
        // 300 × 400 pixels: two images are within 300,000, three are not.
        Assert.Equal([2, 2, 1], ((PointwiseBackbone)network.Backbone).Seen.Select(input => input.Count));
    }

    [Fact]
    public void A_sample_without_labels_has_no_maps_and_costs_no_pass()
    {
        using Classifier network = Toys.Pointwise([1, 0, 0], 0);
        LocalizationMaps maps = Assert.Single(new MapInference().Extract(network, [new Sample("s", Toys.Noise(4, 3), [])], CPU));
        Assert.Empty(maps.Classes);
        Assert.Empty(maps.Values);
        Assert.Empty(((PointwiseBackbone)network.Backbone).Seen);
    }

    [Theory]
    [InlineData()]
    [InlineData(0.0)]
    [InlineData(1.0, -1.0)]
    [InlineData(double.NaN)]
    [InlineData(9.0)]
    public void Scales_outside_their_range_are_refused(params double[] scales)
    {
        using Classifier network = Toys.Pointwise([1, 0, 0], 0);
        var inference = new MapInference { Scales = scales };
        Assert.Throws<RecipeException>(inference.Validate);
        Assert.Throws<RecipeException>(() => inference.Run(network, HandMadeSource.OfHalves(1), Toys.Run(_folder)).Count());
    }

    [Fact]
    public void Progress_is_told_per_image_and_cancellation_stops()
    {
        using Classifier network = Toys.Pointwise([1, 0, 0, 0, 1, 0], 0, 0);
        using var stop = new CancellationTokenSource();
        var listener = new Listener(progress =>
        {
            if (progress.Done == 2) stop.Cancel();
        });
        RunContext run = Toys.Run(_folder) with { Progress = listener, Cancellation = stop.Token };
        Assert.Throws<OperationCanceledException>(() => new MapInference().Run(network, Toys.Blobs(5), run).Count());
        Assert.Equal([(1, 5), (2, 5)], listener.Reports.Select(progress => ((int)progress.Done, (int)progress.Total)));
    }

    [Fact]
    public void No_tensor_survives()
    {
        using Classifier network = RandomNetwork();
        var inference = new MapInference { Scales = [0.5, 1] };
        long before = Toys.LiveTensors;
        foreach (var _ in inference.Run(network, Toys.Blobs(4), Toys.Run(_folder))) Assert.Equal(before, Toys.LiveTensors);
        Assert.Equal(before, Toys.LiveTensors);
    }

    private static bool Near(float a, float b) => Math.Abs(a - b) < 1e-5;

    private static Sample Red(string id, params byte[] red) =>
        new(id, new RgbImage(2, red.Length / 2, [.. red.SelectMany(value => new byte[] { value, 0, 0 })]), [0]);

    private static Classifier RandomNetwork()
    {
        random.manual_seed(5);
        Classifier network = Toys.Recipe.CreateClassifier(["a", "b", "c"]);
        network.eval();
        return network;
    }
}
