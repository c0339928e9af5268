using Wsss.Crf;
using Wsss.Data;
using Wsss.Models;
using Wsss.Saliency;
using Wsss.Segmentation;
using Wsss.Tests.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Segmentation;

public sealed class SegmentationInferenceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_flipped_image_has_the_flipped_mask()
    {
        using DeepLab network = RandomNetwork();
        RgbImage image = Toys.Noise(40, 33);
        byte[] Mask(RgbImage of, bool flip) => new SegmentationInference { Flip = flip }.Predict(network, of, CPU).Values;
        byte[] expected = Toys.FlipRows(Mask(image, true), 40);
        Assert.True(expected.Distinct().Count() > 1);
        Assert.Equal(expected, Mask(Toys.Flip(image), true));
        Assert.NotEqual(Toys.FlipRows(Mask(image, false), 40), Mask(Toys.Flip(image), false));
    }

    [Fact]
    public void The_mask_is_the_argmax_of_the_logits()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using DeepLab network = RandomNetwork();
        RgbImage image = Toys.Noise(37, 29);
        byte[] expected = [.. network.call(Loader.ImageTensor(image, CPU)).argmax(1).data<long>().ToArray().Select(label => (byte)label)];
        LabelMap mask = new SegmentationInference { Flip = false }.Predict(network, image, CPU);
        Assert.Equal((37, 29), (mask.Width, mask.Height));
        Assert.Equal(expected, mask.Values);
        // A scale twice changes nothing: probabilities are averaged.
        Assert.Equal(expected, new SegmentationInference { Flip = false, Scales = [1, 1] }.Predict(network, image, CPU).Values);
    }

    [Fact]
    public void An_image_of_one_colour_looks_the_same_at_every_scale_to_a_pointwise_network()
    {
        using DeepLab network = PointwiseNetwork();
        foreach (byte red in new byte[] { 0, 100, 255 })
        {
            var image = new RgbImage(12, 10, [.. Enumerable.Range(0, 120).SelectMany(_ => new byte[] { red, 50, 100 })]);
            byte label = Assert.Single(
                new SegmentationInference { Flip = false }
                    .Predict(network, image, CPU)
                    .Values.Distinct()
            );
            Assert.Equal(red > 123 ? 1 : 0, label);
            Assert.Equal(
                label,
                Assert.Single(
                    new SegmentationInference { Scales = [0.5, 1, 2] }
                        .Predict(network, image, CPU)
                        .Values.Distinct()
                )
            );
        }
        var seen = ((PointwiseBackbone)network.Backbone).Seen;
        Assert.Equal([(1, 10, 12), (1, 5, 6), (1, 5, 6), (1, 10, 12), (1, 10, 12), (1, 20, 24), (1, 20, 24)], seen.Take(7));
    }

    [Fact]
    public void Scores_that_are_no_numbers_are_an_error_that_names_the_image()
    {
        using DeepLab network = PointwiseNetwork();
        using (no_grad())
        using (NewDisposeScope())
            foreach (var weights in network.parameters()) weights.fill_(float.MaxValue);
        var error = Assert.Throws<TorchException>(() => new SegmentationInference().Predict(network, Toys.Noise(12, 10), CPU, "street 7"));
        Assert.Contains("found NaN in 'street 7'", error.Message);
    }

    [Fact]
    public void A_pointwise_network_finds_what_is_there()
    {
        using DeepLab network = PointwiseNetwork();
        byte[] red = [255, 0, 255, 0, 0, 255];
        var image = new RgbImage(3, 2, [.. red.SelectMany(value => new byte[] { value, 0, 0 })]);
        Assert.Equal([1, 0, 1, 0, 0, 1], new SegmentationInference().Predict(network, image, CPU).Values);
    }

    [Theory]
    [InlineData(1, 20)]
    [InlineData(20, 1)]
    [InlineData(1, 1)]
    public void Thin_images_have_a_mask(int width, int height)
    {
        using DeepLab network = RandomNetwork();
        LabelMap mask = new SegmentationInference { Scales = [0.5, 1] }.Predict(network, Toys.Noise(width, height), CPU);
        Assert.Equal((width, height), (mask.Width, mask.Height));
        Assert.All(mask.Values, label => Assert.InRange(label, 0, 3));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_gives_every_sample_in_order_and_can_be_cancelled(int threads)
    {
        using DeepLab network = RandomNetwork();
        ISampleSource source = Toys.Blobs(5);
        var inference = new SegmentationInference();
        (Sample Sample, LabelMap Mask)[] found;
        using (new OnThreads(threads)) found = inference.Run(network, source, Toys.Run(_folder)).ToArray();
        Assert.Equal(Enumerable.Range(0, 5).Select(source.Id), found.Select(pair => pair.Sample.Id));
        Assert.All(found, pair => Assert.Equal(inference.Predict(network, pair.Sample.Image, CPU).Values, pair.Mask.Values));

        using var stop = new CancellationTokenSource();
        RunContext run = Toys.Run(_folder) with
        {
            Cancellation = stop.Token,
            Progress = new Listener(progress =>
            {
                if (progress.Done == 2)
                    stop.Cancel();
            }),
        };
        Assert.Throws<OperationCanceledException>(() => inference.Run(network, source, run).Count());
    }

    [Fact]
    public void Scales_outside_their_range_are_refused()
    {
        using DeepLab network = RandomNetwork();
        foreach (double[] scales in new double[][] { [], [0], [-1], [double.NaN], [9] })
            Assert.Throws<RecipeException>(() =>
                new SegmentationInference { Scales = scales }
                    .Run(network, Toys.Blobs(1), Toys.Run(_folder))
                    .Count()
            );
    }

    [Fact]
    public void No_tensor_survives()
    {
        using DeepLab network = RandomNetwork();
        long before = Toys.LiveTensors;
        new SegmentationInference { Scales = [0.5, 1] }.Predict(network, Toys.Noise(30, 20), CPU);
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Classes_that_the_image_is_known_not_to_show_are_not_predicted()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using DeepLab network = RandomNetwork();
        RgbImage image = Toys.Noise(37, 29);
        Tensor logits = network.call(Loader.ImageTensor(image, CPU));
        var some = logits[.., TensorIndex.Tensor(tensor(new long[] { 0, 2 }))];
        byte[] expected = [.. some.argmax(1).data<long>().ToArray().Select(label => (byte)(2 * label))];
        Assert.Contains((byte)2, expected);
        Assert.Equal(expected, new SegmentationInference { Flip = false }.Predict(network, image, CPU, shown: [1]).Values);
        Assert.All(new SegmentationInference().Predict(network, image, CPU, shown: []).Values, label => Assert.Equal(0, label));
    }

    [Fact]
    public void With_labels_no_class_is_predicted_but_the_sample_s_own()
    {
        using DeepLab network = RandomNetwork();
        var look = new SegmentationInference();
        Assert.Equal(new SegmentationInference().Key(), (look with { WithLabels = false }).Key());
        Assert.NotEqual(look.Key(), (look with { WithLabels = true }).Key());
        var source = Toys.Blobs(3);
        var free = look.Run(network, source, Toys.Run(_folder)).ToArray();
        var bound = (look with { WithLabels = true }).Run(network, source, Toys.Run(_folder)).ToArray();
        Assert.NotEqual(free.Select(item => item.Mask.Values), bound.Select(item => item.Mask.Values));
        foreach (var (sample, mask) in bound)
            Assert.Equal(look.Predict(network, sample.Image, CPU, shown: sample.Labels).Values, mask.Values);
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(0.5)]
    public void The_background_is_weighed_by_a_power_of_its_probability(double power)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using DeepLab network = RandomNetwork();
        RgbImage image = Toys.Noise(37, 29);
        float[] probabilities = Toys.Values(network.call(Loader.ImageTensor(image, CPU)).softmax(1));                  // [C + 1, H·W]
        int pixels = 37 * 29;
        double Weighed(int label, int i) => label == 0 ? Math.Pow(probabilities[i], power) : probabilities[label * pixels + i];
        byte[] expected =
        [
            .. Enumerable.Range(0, pixels).Select(i =>
                (byte)Enumerable.Range(0, probabilities.Length / pixels).MaxBy(label => Weighed(label, i))),
        ];
        byte[] Mask(SegmentationInference inference) => inference.Predict(network, image, CPU).Values;
        var plain = new SegmentationInference { Flip = false };
        Assert.Equal(expected, Mask(plain with { BackgroundPower = power }));
        int Objects(byte[] mask) => mask.Count(label => label > 0);
        Assert.Equal(power > 1, Objects(expected) > Objects(Mask(plain)));
        // The mean of the views is a probability, not their sum.
        Assert.Equal(
            Mask(plain with { BackgroundPower = power }), Mask(plain with { BackgroundPower = power, Scales = [1, 1, 1] }));
        Assert.Equal(Mask(new SegmentationInference()), Mask(new SegmentationInference { BackgroundPower = 1 }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_power_that_is_not_positive_is_refused(double power)
    {
        using DeepLab network = RandomNetwork();
        var inference = new SegmentationInference { BackgroundPower = power };
        Assert.Throws<RecipeException>(() => inference.Run(network, Toys.Blobs(1), Toys.Run(_folder)).Count());
    }

    [Fact]
    public void Probabilities_of_a_smaller_image_are_resized_from_edge_to_edge()
    {
        using DeepLab network = PointwiseNetwork();
        // Red is an object by .645, black by .161: of a pixel beside the border three quarters of the one are enough, two thirds are not.
        Toys.Set(network.state_dict()["classifier.bias"], 1.65f, 0);
        var image = new RgbImage(4, 2, [.. Enumerable.Range(0, 8).SelectMany(i => new byte[] { (byte)(i % 4 < 2 ? 255 : 0), 0, 0 })]);
        Assert.Equal([1, 1, 0, 0, 1, 1, 0, 0], new SegmentationInference { Scales = [0.5] }.Predict(network, image, CPU).Values);
    }

    [Fact]
    public void A_CRF_gives_the_labels_of_its_marginals()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using DeepLab network = PointwiseNetwork();
        // Red at random, so that the network alone gives a mask of noise.
        RgbImage image = Toys.Noise(20, 16);
        var crf = new CrfOptions { Iterations = 3, Gaussian = new GaussianKernel { Sigma = 3, Weight = 5 }, Bilateral = null };
        float[] probabilities = Toys.Values(network.call(Loader.ImageTensor(image, CPU)).softmax(1));                  // [2, H·W]
        float[] marginals = new DenseCrf(crf).Infer(20, 16, image.Pixels, CrfUnary.FromProbabilities(probabilities), 2);
        byte[] expected = [.. Enumerable.Range(0, 320).Select(i => marginals[320 + i] > marginals[i] ? (byte)1 : (byte)0)];
        byte[] plain = new SegmentationInference { Flip = false }.Predict(network, image, CPU).Values;
        Assert.NotEqual(plain, expected);
        Assert.Equal(expected, new SegmentationInference { Flip = false, Crf = crf }.Predict(network, image, CPU).Values);
        // A network of single pixels says the same of the mirror image: two views are no surer than one.
        Assert.Equal(expected, new SegmentationInference { Crf = crf }.Predict(network, image, CPU).Values);
        // Where one label is the most probable everywhere there is nothing to decide.
        Assert.All(
            new SegmentationInference { Crf = crf }.Predict(network, image, CPU, shown: []).Values, label => Assert.Equal(0, label));
    }

    [Fact]
    public void A_CRF_that_cannot_be_is_refused()
    {
        Assert.Throws<RecipeException>(() => new SegmentationInference { Crf = new CrfOptions { Iterations = -1 } }.Validate());
        var labels = new CrfOptions { Compatibility = [[0, 1], [1, 0]] };
        var error = Assert.Throws<RecipeException>(() => new SegmentationInference { Crf = labels }.Validate());
        Assert.Contains("compatibility", error.Message);
    }

    [Fact]
    public void Saliency_is_pooled_with_the_probabilities_of_its_image()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using DeepLab network = RandomNetwork();
        TorchScriptFile.Write(_folder.File("red.pt"), "torch.sigmoid(torch.slice(x, 1, 0, 1))");
        RgbImage image = Toys.Noise(37, 29);
        var evidence = new SaliencyEvidence { From = _folder.File("red.pt"), Weight = 1 };
        using SaliencySource saliency = SaliencySource.Open(evidence.From, CPU);
        float[] salient = [.. saliency.Of("a", image).Values.Select(value => value / 255f)];
        Tensor probabilities = network.call(Loader.ImageTensor(image, CPU)).softmax(1);                                // [1, C + 1, H, W]
        byte[] Labels(Tensor scores) => [.. scores.argmax(1).data<long>().ToArray().Select(label => (byte)label)];
        byte[] expected = Labels(evidence.Pool(probabilities, tensor(salient, [29, 37])));
        Assert.NotEqual(Labels(probabilities), expected);
        Assert.Equal(expected, new SegmentationInference { Flip = false, Saliency = evidence }.Predict(network, image, CPU).Values);
    }

    [Fact]
    public void Images_side_by_side_have_the_masks_that_each_has_alone()
    {
        using DeepLab network = RandomNetwork();
        TorchScriptFile.Write(_folder.File("red.pt"), "torch.sigmoid(torch.slice(x, 1, 0, 1))");
        var inference = new SegmentationInference
        {
            Saliency = new SaliencyEvidence { From = _folder.File("red.pt") },
            Crf = new CrfOptions { Iterations = 2 },
        };
        int threads = get_num_threads();
        try
        {
            TorchRuntime.UseThreads(2);
            var found = inference.Run(network, Toys.Blobs(6), Toys.Run(_folder)).ToArray();
            Assert.Equal(6, found.Length);
            TorchRuntime.UseThreads(1);
            Assert.All(found, pair => Assert.Equal(inference.Predict(network, pair.Sample.Image, CPU).Values, pair.Mask.Values));
            Assert.True(found.SelectMany(pair => pair.Mask.Values).Distinct().Count() > 1);
        }
        finally
        {
            TorchRuntime.UseThreads(threads);
        }
    }

    private static DeepLab RandomNetwork()
    {
        random.manual_seed(4);
        var network = new DeepLab(new MenagerieNet(), 3, DeepLabOptions.Small);
        network.eval();
        return network;
    }

    // Class 1 where red is above its mean: the centre tap of one branch passes red on, all else is 0.
    internal static DeepLab PointwiseNetwork()
    {
        var network = new DeepLab(new PointwiseBackbone(), 1, new DeepLabOptions(Width: 1, Reach: 1, Dropout: 0));
        network.eval();
        Dictionary<string, Tensor> state = network.state_dict();
        foreach (string key in state.Keys.Where(key => key.StartsWith("aspp.") && key.EndsWith("0.weight")))
            Toys.Set(state[key], new float[state[key].numel()]);
        Toys.Set(state["aspp.pool_conv.weight"], 0, 0, 0);
        Toys.Set(state["aspp.branch1.0.weight"], [0, 0, 0, 0, 1, 0, 0, 0, 0, .. new float[18]]);
        Toys.Set(state["aspp.project.0.0.weight"], 0, 1, 0, 0, 0);
        Toys.Set(state["classifier.weight"], 0, 1);
        Toys.Set(state["classifier.bias"], 0.01f, 0);
        return network;
    }
}
