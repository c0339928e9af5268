using Wsss;
using Wsss.Benchmarks;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Localization;
using Wsss.Models;
using static TorchSharp.torch;

// Every performance figure of README.md. Usage: dotnet run -c Release [-- NAME …]; a name is the start of a benchmark's.
// One thread, as one thread is what ratios are least noisy on.
TorchRuntime.UseThreads(1);
(string Name, Func<Measurement> Run)[] benchmarks =
[
    ("memory", FreedMemory), // first: once memory is kept, it stays so
    ("cam", () => CamAgainstForward(1)),
    ("cam-batch", () => CamAgainstForward(8)),
    ("multi-scale", MultiScaleAgainstForwards),
    ("loader", LoaderAgainstStep),
    ("drawing", DrawingAgainstStep),
    .. CrfBenchmarks.All,
];
var chosen = benchmarks.Where(b => args.Length == 0 || args.Any(start => b.Name.StartsWith(start, StringComparison.Ordinal))).ToArray();
if (chosen.Length == 0)
{
    Console.Error.WriteLine($"Expected the start of one of {string.Join(", ", benchmarks.Select(b => b.Name))}; found {string.Join(", ", args)}.");
    return 2;
}
Console.WriteLine(new Table(["benchmark", "against", "ratio (median)", "range", "reference ms"], [.. chosen.Select(b => b.Run().Row())]).ToString());
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
    double ratio = after.ReferenceMilliseconds / before.ReferenceMilliseconds;
    return new Measurement("training step, freed memory kept", "glibc's default", ratio, ratio, ratio, before.ReferenceMilliseconds);
}

static Measurement CamAgainstForward(int batch)
{
    var network = ResNetClassifier();
    var images = rand(batch, 3, 224, 224);
    return Measurement.Of(
        $"CAM of one class, ResNet-50, {batch}×3×224×224", () => new Cam().Extract(network, images, [3]).Dispose(),
        "its bare forward", () => Forward(network, images));
}

static Measurement MultiScaleAgainstForwards()
{
    var network = ResNetClassifier();
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

static Measurement LoaderAgainstStep()
{
    var source = new Menagerie("benchmark", 256);
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
        "drawing 256 scenes of 96 px, all cores", () => new Menagerie($"benchmark {drawn++}", 256).Prepare(),
        "8 training steps of menagerie_net", () => TrainingSteps(network, 8));
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

static Classifier ResNetClassifier()
{
    var backbone = Backbones.Create("resnet50", 32);
    var network = new Classifier(backbone, new GapHead(backbone.Channels, 20), [.. Enumerable.Range(0, 20).Select(i => $"class {i}")]);
    network.eval();
    return network;
}
