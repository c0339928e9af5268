using System.Runtime.InteropServices;
using TorchSharp;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Registry;
using Wsss.Segmentation;
using Wsss.Storage;
using Wsss.Tests.Data;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests;

/// <summary>Small data, networks and recipes whose behaviour is known.</summary>
internal static class Toys
{
    private static readonly byte[] Dark = [123, 116, 103];

    /// <summary>Side of the toy images in pixels.</summary>
    public const int Size = 32;

    /// <summary>An extractor by its name, at a layer where one is given.</summary>
    public static MapExtractor Extractor(string name, string? layer = null) =>
        Family.Parse<MapExtractor>(layer is null ? name : $"{name}:layer={layer}", "test");

    /// <summary>The small backbone without a weight file.</summary>
    public static BackboneSpec RandomBackbone { get; } = new() { Weights = null };

    /// <summary>Red and blue squares on noisy grey, with masks: labels {red}, {blue}, {red, blue} in turn.</summary>
    public static HandMadeSource Blobs(int count, int seed = 1, int width = Size, int height = Size) =>
        new(
            ["red", "blue"],
            [.. Enumerable.Range(0, count).Select(i => Blob($"blob_{seed}_{i:D3}", width, height, i % 3, SeededRandom.For(seed, i)))]
        );

    /// <summary>Three parts of separable blobs.</summary>
    public static DataSplits BlobSplits(int train = 12) => new(Blobs(train), Blobs(6, seed: 2), Blobs(6, seed: 3));

    /// <summary>The samples of a source, changed.</summary>
    public static HandMadeSource Select(IMaskedSource source, Func<MaskedSample, MaskedSample> change) =>
        new(source.ClassNames, [.. Enumerable.Range(0, source.Count).Select(i => change(WithTruths(source, i)))]);

    /// <summary>A sample of any source with what is behind the wall.</summary>
    public static MaskedSample WithTruths(IMaskedSource source, int index)
    {
        Sample sample = source.Load(index);
        return new MaskedSample(sample.Id, sample.Image, sample.Labels) { Mask = source.MaskOf(sample.Id), Truth = source.Truth(index) };
    }

    /// <summary>Saliency as the only plane of a batch.</summary>
    public static IReadOnlyDictionary<string, Tensor> SaliencyPlane(Tensor saliency) =>
        new Dictionary<string, Tensor> { [SaliencyFolderSource.Plane] = saliency };

    /// <summary>An image of random bytes.</summary>
    public static RgbImage Noise(int width, int height, int seed = 1)
    {
        var random = SeededRandom.For(seed);
        return new RgbImage(width, height, [.. Enumerable.Range(0, 3 * width * height).Select(_ => (byte)random.Next(256))]);
    }

    /// <summary>The mirrored image.</summary>
    public static RgbImage Flip(RgbImage image)
    {
        byte[] pixels = new byte[image.Pixels.Length];
        for (int y = 0; y < image.Height; y++)
            for (int x = 0; x < image.Width; x++)
                image.Pixels.AsSpan(3 * (y * image.Width + x), 3).CopyTo(pixels.AsSpan(3 * (y * image.Width + image.Width - 1 - x)));
        return new RgbImage(image.Width, image.Height, pixels);
    }

    /// <summary>Rows of <paramref name="width"/> values, each reversed.</summary>
    public static T[] FlipRows<T>(IEnumerable<T> values, int width) => [.. values.Chunk(width).SelectMany(row => row.Reverse())];

    /// <summary>A context on the CPU with its store in the folder.</summary>
    public static RunContext Run(TempFolder folder, string store = "store") =>
        new() { Device = CPU, Store = new ArtifactStore(folder.File(store)), Workers = 1 };

    /// <summary>Twelve images in steps of 4, two epochs: six steps.</summary>
    public static Recipe Recipe { get; } = new()
    {
        Backbone = RandomBackbone,
        Epochs = 2,
        BatchSize = 4,
        Augmentation = new Augmentation { Size = Size, MinScale = 0.7 },
        Optimizer = new OptimizerSpec { LearningRate = 1e-3, HeadFactor = 5 },
    };

    /// <summary>The same for segmentation.</summary>
    public static SegmenterRecipe SegmenterRecipe { get; } = new()
    {
        Backbone = RandomBackbone,
        Head = DeepLabOptions.Small,
        Epochs = 2,
        BatchSize = 4,
        Augmentation = Recipe.Augmentation,
        Optimizer = Recipe.Optimizer,
    };

    /// <summary>Writes the true extent of a split's objects as saliency maps.</summary>
    /// <returns>The folder.</returns>
    public static string WriteSaliency(IMaskedSource source, TempFolder folder)
    {
        for (int i = 0; i < source.Count; i++)
        {
            ImageFile.WriteGray(
                folder.File($"saliency/{source.Id(i)}.png"),
                new LabelMap(Size, Size, [.. source.Mask(i).Values.Select(v => (byte)(v > 0 ? 255 : 0))])
            );
        }
        return folder.File("saliency");
    }

    /// <summary>How much higher the maps of a class are on its objects than elsewhere: the ratio of the means.</summary>
    public static double Contrast(Classifier network, IMaskedSource source, RunContext run)
    {
        double inside = 0,
            outside = 0;
        foreach (var (sample, maps) in new MapInference().Run(network, source, run))
        {
            for (int k = 0; k < maps.Classes.Count; k++)
            {
                var pixels = maps.Map(k)
                    .ToArray()
                    .Zip(source.MaskOf(sample.Id)!.Values)
                    .ToLookup(pixel => pixel.Second == maps.Classes[k] + 1, pixel => pixel.First);
                inside += pixels[true].Average();
                outside += pixels[false].Average();
            }
        }
        return inside / outside;
    }

    /// <summary>Maps = weights · pixel (normalised R, G, B), logits = their mean + bias: in evaluation mode.</summary>
    /// <param name="weights">[C, 3], row by row.</param>
    /// <param name="bias">[C].</param>
    public static Classifier Pointwise(float[] weights, params float[] bias)
    {
        var head = new GapHead(3, bias.Length);
        Set(head.Weight, weights);
        Set(head.Bias, bias);
        var classifier = new Classifier(new PointwiseBackbone(), head, [.. bias.Select((_, c) => $"class{c}")]);
        classifier.eval();
        return classifier;
    }

    /// <summary>One map, of the red light of <see cref="Light"/>, from <see cref="HatBackbone"/>: in evaluation mode.</summary>
    public static Classifier Hats(int stride)
    {
        var head = new GapHead(3, 1);
        // Red and green cancel where there is no light: no colour of whole numbers is the mean itself.
        float Value(int channel) => (Dark[channel] / 255f - Normalization.Mean[channel]) / Normalization.Std[channel];
        Set(head.Weight, 1, -Value(0) / Value(1), 0);
        var classifier = new Classifier(new HatBackbone(stride), head, ["light"]);
        classifier.eval();
        return classifier;
    }

    /// <summary>An image of one colour, but for one pixel that is lit in red.</summary>
    public static RgbImage Light(int width, int height, int x, int y)
    {
        byte[] pixels = [.. Enumerable.Repeat(Dark, width * height).SelectMany(pixel => pixel)];
        pixels[3 * (y * width + x)] = 255;
        return new RgbImage(width, height, pixels);
    }

    /// <summary>Where a map's mass lies, in pixels from the left and from the top.</summary>
    public static (double X, double Y) Centre(LocalizationMaps maps, int k = 0)
    {
        double mass = 0, x = 0, y = 0;
        ReadOnlySpan<float> map = maps.Map(k);
        for (int i = 0; i < map.Length; i++)
        {
            mass += map[i];
            x += map[i] * (i % maps.Width);
            y += map[i] * (i / maps.Width);
        }
        return (x / mass, y / mass);
    }

    /// <summary>Overwrites a tensor's values in place.</summary>
    public static void Set(Tensor target, params float[] values)
    {
        Assert.Equal(target.numel(), values.Length);
        values.CopyTo(MemoryMarshal.Cast<byte, float>(target.bytes));
    }

    /// <summary>A tensor's values, row by row.</summary>
    public static float[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().cpu().contiguous().data<float>().ToArray();
    }

    /// <summary>A batch of images [N, 3, H, W] with labels.</summary>
    public static Batch Batch(Tensor images, Tensor labels) =>
        new([.. Enumerable.Range(0, (int)images.shape[0]).Select(i => $"{i}")], images, labels);

    /// <summary>Step <paramref name="step"/> of <paramref name="total"/>, with its own generator.</summary>
    public static StepContext Step(int step = 0, int total = 10, params float[] mean) =>
        new(step, total, SeededRandom.For(1, step), new(mean.Length == 0 ? [0, 0, 0] : mean));

    /// <summary>Live tensors that this thread has made.</summary>
    public static long LiveTensors => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    /// <summary>Compares the gradient of a scalar function with central differences, both in float64.</summary>
    public static void CheckGradient(Func<Tensor, Tensor> function, Tensor at)
    {
        const double Step = 1e-6, Tolerance = 1e-7;
        using var scope = NewDisposeScope();
        Tensor x = at.to(float64).detach().clone().requires_grad_();
        function(x).backward();
        double[] analytic = x.grad!.contiguous().data<double>().ToArray();
        double[] values = x.detach().contiguous().data<double>().ToArray();
        Assert.Contains(analytic, value => Math.Abs(value) > 100 * Tolerance);
        for (int i = 0; i < values.Length; i++)
        {
            double Shifted(double by)
            {
                double[] copy = [.. values];
                copy[i] += by;
                return function(tensor(copy, x.shape)).item<double>();
            }
            Assert.Equal((Shifted(Step) - Shifted(-Step)) / (2 * Step), analytic[i], Tolerance);
        }
    }

    private static MaskedSample Blob(string id, int width, int height, int kind, SeededRandom random)
    {
        byte[] pixels = new byte[3 * width * height],
            mask = new byte[width * height];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(110 + random.Next(40));
        int[] labels = kind == 2 ? [0, 1] : [kind];
        bool swap = random.Chance(0.5);
        foreach (int label in labels)
        {
            // Two labels take different halves, so that no square hides the other.
            int half = width / 2,
                side = Math.Min(half, height) * 3 / 4;
            int left = (label == 0 != swap ? 0 : half) + random.Next(half - side + 1),
                top = random.Next(height - side + 1);
            for (int y = top; y < top + side; y++)
            {
                for (int x = left; x < left + side; x++)
                {
                    int at = y * width + x;
                    mask[at] = (byte)(label + 1);
                    for (int channel = 0; channel < 3; channel++)
                        pixels[3 * at + channel] = (byte)(channel == 2 * label ? 230 : 20 + random.Next(20));
                }
            }
        }
        return new MaskedSample(id, new RgbImage(width, height, pixels), labels) { Mask = new LabelMap(width, height, mask) };
    }
}

/// <summary>Features = the image: a 1×1 convolution with the identity. Remembers the sizes that it saw.</summary>
internal sealed class PointwiseBackbone : ConvolutionalBackbone
{
    public PointwiseBackbone() : base("pointwise")
    {
        var conv = nn.Conv2d(3, 3, 1, bias: false);
        Toys.Set(conv.weight!, 1, 0, 0, 0, 1, 0, 0, 0, 1);
        register_module("conv", conv);
        AddLayer("conv", conv);
        EndStage(3);
    }

    /// <summary>(N, H, W) of each input.</summary>
    public List<(long Count, long Height, long Width)> Seen { get; } = [];

    public override int Channels => 3;

    public override int OutputStride => 1;

    protected override Activation RunLayer(int index, Activation x)
    {
        Seen.Add((x.Grid.shape[0], x.Grid.shape[2], x.Grid.shape[3]));
        return base.RunLayer(index, x);
    }
}

/// <summary>
/// One convolution of a given stride whose kernel is a hat of twice that width: what lies between two cells is shared by them as
/// linear interpolation shares it, so that a map read between its cells has its centre of mass where the light is.
/// </summary>
internal sealed class HatBackbone : ConvolutionalBackbone
{
    public HatBackbone(int stride) : base("hat")
    {
        OutputStride = stride;
        using var scope = NewDisposeScope();
        var conv = nn.Conv2d(3, 3, 2 * stride - 1, stride, padding: stride - 1, bias: false);
        Tensor hat = 1 - arange(1 - stride, stride, float32).abs() / stride;
        Tensor kernel = hat.unsqueeze(0) * hat.unsqueeze(1) * eye(3).reshape(3, 3, 1, 1);
        Toys.Set(conv.weight!, Toys.Values(kernel));
        register_module("conv", conv);
        AddLayer("conv", conv, stride);
        EndStage(3);
    }

    public override int Channels => 3;

    public override int OutputStride { get; }
}

/// <summary>Two layers: the image itself, and its square.</summary>
internal class SquareBackbone : Backbone
{
    public SquareBackbone() : base("square") => register_parameter("unused", nn.Parameter(zeros(1)));

    public override IReadOnlyList<string> Layers => ["conv", "square"];

    public override IReadOnlyList<string> StageEnds => ["square"];

    public override IReadOnlyList<int> StageChannels => [3];

    public override int Channels => 3;

    public override int OutputStride => 1;

    public override CellGeometry CellsOf(int layer, long height, long width) => CellGeometry.Pixels;

    protected override Activation RunLayer(int index, Activation x) => new(index == 0 ? x.Grid.clone() : x.Grid.square());
}

/// <summary>A technique as a notebook would define one: a loss term that pulls all logits to 0.</summary>
internal sealed record LogitPenalty : Technique, ILossTerm
{
    public double Weight { get; init; } = 1;

    public IReadOnlyList<(string Name, Tensor Loss)> Losses(LossContext context) =>
        [("size", context.Output.Logits.square().mean() * Weight)];
}

/// <summary>Hears progress on the thread that reports it.</summary>
internal sealed class Listener(Action<WorkProgress>? heard = null) : IProgress<WorkProgress>
{
    /// <summary>All that was reported.</summary>
    public List<WorkProgress> Reports { get; } = [];

    public void Report(WorkProgress value)
    {
        Reports.Add(value);
        heard?.Invoke(value);
    }
}

/// <summary>The sum of a technique's terms.</summary>
internal static class LossTermExtensions
{
    public static Tensor Loss(this ILossTerm term, LossContext context) =>
        term.Losses(context).Select(part => part.Loss).Aggregate((sum, part) => sum + part);
}
