using System.Diagnostics;
using Wsss.Crf;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Segmentation;
using Wsss.Storage;
using TorchSharp;
using static TorchSharp.torch;

namespace Wsss.Benchmarks;

/// <summary>Time and memory against the number of images and their size, and what a photograph costs (docs/scale.md).</summary>
internal static class ScaleBenchmarks
{
    private const int Classes = 20, Few = 100;
    private static readonly int[] Many = [1_000, 10_000, 100_000];
    private static readonly (int Width, int Height)[] Sizes = [(250, 188), (1000, 750), (2000, 1500)];

    // One walk over the largest number serves all of them.
    private static readonly Lazy<Dictionary<int, (double Milliseconds, double Megabytes)>> Counted = new(Walk);

    /// <summary>Name and run of each.</summary>
    public static (string Name, Func<Measurement> Run)[] All { get; } =
    [
        .. Many.Select(count => ($"many-time-{count}", new Func<Measurement>(() => Time(count)))),
        .. Many.Select(count => ($"many-memory-{count}", new Func<Measurement>(() => Memory(count)))),
        .. Sizes.Select(size => ($"size-time-{size.Width}", new Func<Measurement>(() => SizeTime(size.Width, size.Height)))),
        .. Sizes.Select(size => ($"size-memory-{size.Width}", new Func<Measurement>(() => SizeMemory(size.Width, size.Height)))),
        ("photograph-maps", () => PhotographMaps(CPU, images: 4)),
        ("photograph-crf", PhotographCrf),
        ("photograph-segment", () => PhotographSegment(CPU, images: 4)),
    ];

    private static Measurement Time(int count)
    {
        double reference = Counted.Value[Few].Milliseconds / Few, ratio = Counted.Value[count].Milliseconds / count / reference;
        return new Measurement($"maps of {count:N0} small images, time of one", $"of {Few}", ratio, ratio, ratio, reference);
    }

    private static Measurement Memory(int count)
    {
        double reference = Counted.Value[Few].Megabytes, ratio = Counted.Value[count].Megabytes / reference;
        return new Measurement($"maps of {count:N0} small images, resident memory", $"of {Few}", ratio, ratio, ratio, reference, "MB");
    }

    private static Dictionary<int, (double, double)> Walk()
    {
        using var network = Networks.Classifier("menagerie_net", 8, Classes);
        var checkpoints = new Dictionary<int, (double, double)>();
        using var process = Process.GetCurrentProcess();
        var inference = new MapInference { Flip = false };
        foreach (var _ in inference.Run(network, new RepeatedImage(Few), Context(CPU))) { }
        long start = Stopwatch.GetTimestamp();
        int done = 0;
        foreach (var _ in inference.Run(network, new RepeatedImage(Many[^1]), Context(CPU)))
        {
            if (++done != Few && !Many.Contains(done)) continue;
            process.Refresh();
            checkpoints.Add(done, (Stopwatch.GetElapsedTime(start).TotalMilliseconds, process.WorkingSet64 / 1e6));
        }
        return checkpoints;
    }

    private static Measurement SizeTime(int width, int height)
    {
        using var network = Networks.Classifier("mobilenet_v2", 16, Classes);
        return Measurement.Of(
            $"a map at {width}×{height}, MobileNetV2", () => Map(network, width, height),
            $"at {Photograph.Width}×{Photograph.Height}", () => Map(network, Photograph.Width, Photograph.Height));
    }

    private static Measurement SizeMemory(int width, int height)
    {
        using var network = Networks.Classifier("mobilenet_v2", 16, Classes);
        double reference = Peak(Photograph.Width, Photograph.Height), ratio = Peak(width, height) / reference;
        return new Measurement($"a map at {width}×{height}, MobileNetV2, peak of resident memory",
            $"at {Photograph.Width}×{Photograph.Height}", ratio, ratio, ratio, reference, "MB");

        double Peak(int wide, int high)
        {
            Map(network, wide, high);
            File.WriteAllText("/proc/self/clear_refs", "5"); // the peak starts anew
            Map(network, wide, high);
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64 / 1e6;
        }
    }

    private static void Map(Classifier network, int width, int height) => new MapInference { Flip = false }
        .Extract(network, [new Sample("a", new RgbImage(width, height, new byte[3 * width * height]), [3])], CPU);

    /// <summary>What the maps of one of so many photographs take.</summary>
    public static Measurement PhotographMaps(Device device, int images)
    {
        using var photographs = new Photograph.Folder(images, Classes);
        using var network = Networks.Classifier("mobilenet_v2", 16, Classes, device);
        var inference = new MapInference { Scales = [0.5, 1, 1.5] };
        return Seconds("maps of a photograph, MobileNetV2, three scales and mirrored", images, () =>
        {
            foreach (var _ in inference.Run(network, photographs, Context(device))) { }
        });
    }

    private static Measurement PhotographCrf()
    {
        RgbImage image = Photograph.Drawn(Photograph.Width, Photograph.Height);
        int pixels = image.Width * image.Height;
        float[] unary = CrfUnary.FromProbabilities([.. Enumerable.Repeat(.6f, pixels), .. Enumerable.Repeat(.4f, pixels)]);
        var crf = new DenseCrf(new CrfOptions(), threads: 1);
        return Seconds("dense CRF of a photograph, one class", 1,
            () => crf.Infer(image.Width, image.Height, image.Pixels, unary, 2));
    }

    /// <summary>What the mask of one of so many photographs takes.</summary>
    public static Measurement PhotographSegment(Device device, int images)
    {
        using var photographs = new Photograph.Folder(images, Classes);
        using var network = new DeepLab(Backbones.Create("mobilenet_v2", 16), Classes, new DeepLabOptions());
        network.eval();
        network.to(device);
        var inference = new SegmentationInference { Scales = [0.6, 0.8] };
        return Seconds("mask of a photograph, DeepLab, two scales and mirrored", images, () =>
        {
            foreach (var _ in inference.Run(network, photographs, Context(device))) { }
        });
    }

    /// <summary>The time of one photograph as a share of a second.</summary>
    private static Measurement Seconds(string name, int count, Action work) =>
        Measurement.OfTime($"{name}, {Photograph.Width}×{Photograph.Height}", work, "a second", 1000 * count) with { Target = null };

    // On a CPU no decoding beside the arithmetic: the time of one thread.
    private static RunContext Context(Device device) => new()
    {
        Device = device,
        Store = new ArtifactStore(Path.GetTempPath()),
        Workers = device.type == DeviceType.CPU ? 0 : DeviceBenchmarks.Workers,
    };
}
