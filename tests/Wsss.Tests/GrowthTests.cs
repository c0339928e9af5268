using Wsss.Crf;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Refinement;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests;

/// <summary>Work that is done again and again: after a quarter of it, neither live tensors nor the memory of the process grow.</summary>
public sealed class GrowthTests : IDisposable
{
    /// <summary>The environment variable with the number of repetitions (eng/growth.sh).</summary>
    private const string RepeatsVariable = "WSSS_GROWTH";

    // What the allocator and the garbage collector may keep.
    private const long Slack = 16 << 20;

    private static readonly int Repeats = int.Parse(Environment.GetEnvironmentVariable(RepeatsVariable) ?? "200");

    private readonly TempFolder _folder = new();
    private (long Tensors, long Bytes)? _early;
    private int _done;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Training_steps()
    {
        // Ten steps an epoch.
        Recipe recipe = Toys.Recipe with { Epochs = Repeats / 10 };
        var steps = new Listener(report =>
        {
            if (report.Stage == "train classifier") Note();
        });
        using var trained = ClassifierTrainer.Train(recipe, Toys.BlobSplits(40), Toys.Run(_folder) with { Progress = steps });
        Assert.Equal(Repeats, _done);
    }

    [Fact]
    public void Maps_of_images_of_many_sizes()
    {
        using Classifier network = Toys.Recipe.CreateClassifier(["red", "blue"]);
        network.eval();
        MapInference[] ways = [new(), new() { Extractor = new GradCam(), Scales = [0.5, 1], Flip = false }];
        for (int i = 0; i < Repeats; i++)
        {
            var sample = new Sample("s", Toys.Noise(40 + i % 7 * 5, 32 + i % 5 * 7, i), [i % 2]);
            Assert.Single(ways[i % ways.Length].Extract(network, [sample], CPU));
            Note();
        }
    }

    [Fact]
    public void Conditional_random_fields()
    {
        var options = new CrfOptions { Iterations = 3 };
        var (filtered, exact) = (new DenseCrf(options, threads: 1), new TensorCrf(options));
        for (int i = 0; i < Repeats; i++)
        {
            int width = 40 + i % 7 * 5, height = 32 + i % 5 * 7;
            byte[] rgb = Toys.Noise(width, height, i).Pixels;
            Assert.Equal(2 * width * height, filtered.Infer(width, height, rgb, new float[2 * width * height], 2).Length);
            using Tensor unary = zeros(1, 2, 8, 6 + i % 3), image = rand(1, 3, 8, 6 + i % 3);
            exact.Infer(unary, image).Dispose();
            Note();
        }
    }

    /// <summary>Something was done once more; fails at the end where there is more than after a quarter.</summary>
    private void Note()
    {
        _done++;
        if (_done == Repeats / 4)
            _early = Measure();
        if (_done < Repeats)
            return;
        var (early, late) = (_early!.Value, Measure());
        string found =
            $"{Repeats} times: {late.Tensors - early.Tensors} tensors and {(late.Bytes - early.Bytes) / 1e6:0.0} MB more than after a "
                + $"quarter ({early.Bytes / 1e6:0} MB)";
        TestContext.Current.TestOutputHelper?.WriteLine(found);
        Assert.True(late.Tensors == early.Tensors && late.Bytes - early.Bytes < Slack, found);
    }

    private static (long Tensors, long Bytes) Measure()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(2, GCCollectionMode.Aggressive);
        return (Toys.LiveTensors, Environment.WorkingSet);
    }
}
