using System.Diagnostics;
using Wsss;
using Wsss.Benchmarks;
using Wsss.Benchmarks.Sessions;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Localization;
using Wsss.Menagerie;
using Wsss.Models;
using static TorchSharp.torch;

// Every performance figure of docs/performance.md. Usage: dotnet run -c Release [-- NAME …]; a name is the start of a benchmark's.
// One thread, as one thread is what ratios are least noisy on; those of a GPU are there where one answers. "sessions NOTEBOOK …"
// compares the notebook session with .NET Interactive's.
const int Classes = 20;
switch (args)
{
    // In a process that has loaded nothing else yet.
    case ["session", var which, var part, ..]:
        await SessionProbe.RunAsync(which, part, args[3..]);
        return 0;
    case ["sessions", ..]:
        Console.WriteLine(SessionComparison.Run(args[1..]));
        return 0;
}
TorchRuntime.UseThreads(1);
(string Name, Func<Measurement> Run)[] benchmarks =
[
    .. DeviceBenchmarks.All,
    // Peaks of memory come first: once freed memory is kept, it stays so.
    ("peak", MultiScalePeak),
    ("memory", FreedMemory),
    ("cam", () => MapsAgainstForward("CAM of one class", new Cam(), classes: 1, batch: 1) with { Target = 1.05 }),
    ("cam-batch", () => MapsAgainstForward("CAM of one class", new Cam(), classes: 1, batch: 8) with { Target = 1.05 }),
    ("gradcam", () => MapsAgainstForward("Grad-CAM of one class", new GradCam(), classes: 1, batch: 1) with { Target = 1.1 }),
    ("gradcam-batch", () => MapsAgainstForward("Grad-CAM of one class", new GradCam(), classes: 1, batch: 8) with { Target = 1.1 }),
    ("gradcam-all", () => MapsAgainstForward("Grad-CAM of all 20 classes", new GradCam(), Classes, batch: 1) with { Target = 1.6 }),
    ("gradcam-all-batch", () => MapsAgainstForward("Grad-CAM of all 20 classes", new GradCam(), Classes, batch: 8) with { Target = 1.6 }),
    ("multi-scale", () => MultiScaleAgainstForwards() with { Target = 1.05 }),
    ("loader", LoaderAgainstStep),
    ("drawing", DrawingAgainstStep),
    ("walk", () => Walk(maps: 2)),
    ("walk-all", () => Walk(maps: 20)),
    .. PipelineBenchmarks.All,
    .. ScaleBenchmarks.All,
    .. CrfBenchmarks.All,
    .. MemoryBenchmarks.All,
    .. StepBenchmarks.All,
    .. CellBenchmarks.All,
];
var chosen = benchmarks.Where(b => args.Length == 0 || args.Any(start => b.Name.StartsWith(start, StringComparison.Ordinal))).ToArray();
if (chosen.Length == 0)
{
    Console.Error.WriteLine(
        $"Expected the start of one of {string.Join(", ", benchmarks.Select(b => b.Name))}; found {string.Join(", ", args)}."
    );
    return 2;
}
Console.WriteLine(new Table(Measurement.Headers, [.. chosen.Select(b => b.Run().Row())]).ToString());
return 0;

// KeepFreedMemory against glibc's default, on a MobileNetV2 training step. The default is measured before, not in turn.
static Measurement FreedMemory()
{
    using var network = Backbones.Create("mobilenet_v2", 16);
    using var images = rand(8, 3, 225, 225);
    void Step()
    {
        using var scope = NewDisposeScope();
        network.call(images).mean().backward();
    }
    var before = Measurement.Of("", Step, "", Step);
    TorchRuntime.KeepFreedMemory();
    var after = Measurement.Of("", Step, "", Step);
    double ratio = after.ReferenceValue / before.ReferenceValue;
    return new Measurement("training step, freed memory kept", "glibc's default", ratio, ratio, ratio, before.ReferenceValue);
}

static Measurement MapsAgainstForward(string name, MapExtractor extractor, int classes, int batch)
{
    using var network = Networks.Classifier("resnet50", 32, Classes);
    using var images = rand(batch, 3, 224, 224);
    int[] wanted = [.. Enumerable.Range(0, classes)];
    return Measurement.Of(
        $"{name}, ResNet-50, {batch}×3×224×224", () => extractor.Extract(network, images, wanted).Dispose(),
        "its bare forward", () => Forward(network, images));
}

static Measurement MultiScaleAgainstForwards()
{
    using var network = Networks.Classifier("resnet50", 32, Classes);
    var image = new RgbImage(224, 224, new byte[3 * 224 * 224]);
    var inference = new MapInference { Scales = [1, 0.5, 1.5, 2] };
    Tensor[] inputs = [.. inference.Scales.Select(scale => rand(1, 3, (long)(224 * scale), (long)(224 * scale)))];
    return Measurement.Of(
        "multi-scale + flip maps (1, ½, 1½, 2)", () => inference.Extract(network, [new Sample("a", image, [3])], CPU),
        "the sum of its bare forwards", () =>
        {
            foreach (var input in inputs)
            {
                Forward(network, input);
                Forward(network, input);
            }
        });
}

// The process's peak after maps of all scales, against its peak after a bare forward of the largest one.
static Measurement MultiScalePeak()
{
    using var network = Networks.Classifier("resnet50", 32, Classes);
    var image = new RgbImage(500, 375, new byte[3 * 500 * 375]);
    var inference = new MapInference { Scales = [1, 0.5, 1.5, 2] };
    using (var largest = rand(1, 3, 2 * 375, 2 * 500))
        Forward(network, largest);
    double before = PeakMegabytes();
    inference.Extract(network, [new Sample("a", image, [3])], CPU);
    double ratio = PeakMegabytes() / before;
    return new Measurement(
        "peak memory, multi-scale + flip, ResNet-50, 500×375",
        "bare forward at scale 2",
        ratio,
        ratio,
        ratio,
        before,
        "MB"
    );

    static double PeakMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1e6;
    }
}

static Measurement LoaderAgainstStep()
{
    var source = new DrawnScenes("benchmark", 256);
    source.Prepare();
    using var network = Backbones.Create("menagerie_net", 8);
    var loader = new Loader(source, new LoaderOptions { BatchSize = 32, Augmentation = new Augmentation { Size = 96 }, Workers = 1 }, CPU);
    return Measurement.Of(
        "loading 8 batches of 32 scenes, 1 worker", () =>
        {
            foreach (var batch in loader.Epoch(0)) batch.Dispose();
        },
        "8 training steps of menagerie_net", () => TrainingSteps(network, 8));
}

static Measurement DrawingAgainstStep()
{
    using var network = Backbones.Create("menagerie_net", 8);
    int drawn = 0;
    return Measurement.Of(
        "drawing 256 scenes of 96 px, all cores", () => new DrawnScenes($"benchmark {drawn++}", 256).Prepare(),
        "8 training steps of menagerie_net", () => TrainingSteps(network, 8));
}

static Measurement Walk(int maps)
{
    var network = Networks.Classifier("resnet50", 32, Classes);
    var images = rand(1, 3, 224, 224);
    return WalkBenchmark.Against("a bare ResNet-50 forward, 1×3×224×224", () => Forward(network, images), maps, threads: 1);
}

static void TrainingSteps(Backbone network, int count)
{
    using var scope = NewDisposeScope();
    var images = rand(32, 3, 96, 96);
    for (int i = 0; i < count; i++)
    {
        using var stepScope = NewDisposeScope();
        network.call(images).mean().backward();
    }
}

static void Forward(Classifier network, Tensor images)
{
    using var scope = NewDisposeScope();
    using var noGradients = no_grad();
    network.call(images, null);
}
