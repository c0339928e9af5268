using Wsss.Comparisons;
using Wsss.Data;
using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Segmentation;
using Wsss.Storage;
using Wsss.Training;

namespace Wsss.Tests.Pipeline;

/// <summary>Work that ends after any of its steps as if the process had died there, or as somebody asks it to, and that goes on.</summary>
public sealed class ResumeTests : IDisposable
{
    // Two epochs of four steps, and of two.
    private static readonly Recipe Recipe = Toys.Recipe with { BatchSize = 3 }, Shorter = Toys.Recipe with { BatchSize = 6 };

    private readonly TempFolder _folder = new();
    private readonly DataSplits _data = Toys.BlobSplits();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_classifier(bool cancelled) => Check(cancelled, stops: 8, run =>
    {
        using var trained = ClassifierTrainer.Train(Recipe.With(new RandomErasing()), _data, run);
        return trained.Folder;
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_segmentation_network(bool cancelled) =>
        Check(
            cancelled,
            stops: 8,
            run =>
            {
                using var trained = SegmenterTrainer.Train(
                    Toys.SegmenterRecipe with
                    {
                        BatchSize = 3,
                    },
                    new TargetSource(_data.Train),
                    _data.Validation,
                    run
                );
                return trained.Folder;
            }
        );

    [Fact]
    public void Iterative_erasing() => Check(cancelled: false, stops: 8, run =>
    {
        Recipe erasing = Shorter.With(new IterativeErasing { Steps = 2, StopBelow = 0 });
        using var maker = MapMaker.Train(erasing, _data, new MapInference { Flip = false }, run);
        using var maps = MapSource.Of(maker, run);
        return maps.FolderOf(_data.Test).Folder;
    });

    [Fact]
    public void A_comparison() => Check(cancelled: false, stops: 8, run =>
    {
        var experiment = new Experiment
        {
            Classifier = Shorter,
            Segmenter = Toys.SegmenterRecipe with { BatchSize = 6 },
            Maps = new MapInference { Flip = false },
            Ceiling = false,
        };
        var comparison = Comparison.Run(_data, [new Contender("CAM", experiment) { Segment = true }], [1], run);
        string folder = Path.Combine(run.Store.Root, "written");
        AtomicFile.WriteText(Path.Combine(folder, "results.csv"), comparison.ToCsv());
        return folder;
    });

    [Fact]
    public void Predictions()
    {
        using var study = TinyModel.Study(_folder, TinyModel.Experiment with { Refinements = [] });
        var model = TinyModel.Save(_folder, study, segment: true);
        var photographs = TinyModel.Write(_folder, study.Data.Test);
        Check(cancelled: false, stops: photographs.Count, run =>
        {
            string folder = Path.Combine(run.Store.Root, "out");
            Assert.All(new Prediction().Run(model, photographs, folder, run), image => Assert.Null(image.Error));
            return folder;
        });
    }

    /// <summary>Stops the work after each of its steps and goes on with it; what is written is what it is in one go.</summary>
    private void Check(bool cancelled, int stops, Func<RunContext, string> work)
    {
        var reports = new Listener();
        var expected = Files(work(Toys.Run(_folder, "whole") with { Progress = reports }));
        Assert.NotEmpty(expected);
        Assert.Equal(stops, reports.Reports.Count(IsStep));
        for (int at = 1; at <= stops; at++)
        {
            RunContext run = Toys.Run(_folder, $"stopped at {at}");
            int heard = 0;
            using var stop = new CancellationTokenSource();
            var stopper = new Listener(report =>
            {
                if (!IsStep(report) || ++heard != at) return;
                if (cancelled) stop.Cancel();
                else throw new Death();
            });
            var ended = Record.Exception(() => work(run with { Progress = stopper, Cancellation = stop.Token }));
            if (cancelled) Assert.IsType<OperationCanceledException>(ended);
            else Assert.IsType<Death>(ended);
            Assert.Equal(expected, Files(work(run with { Resume = true })));
            Assert.DoesNotContain(Directory.GetFileSystemEntries(run.Store.Root), path => Path.GetExtension(path) is ".tmp" or ".lock");
        }
    }

    /// <summary>Files with hashes of their content, but those that hold times.</summary>
    private static SortedDictionary<string, string> Files(string folder)
    {
        string[] timed = ["artifact.json", "history.json", "provenance.json", "events.out.tfevents", "maps.json"];
        var paths = Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => !timed.Contains(Path.GetFileName(path)));
        return new(paths.ToDictionary(path => Path.GetRelativePath(folder, path), FileHash.Read));
    }

    private static bool IsStep(WorkProgress report) =>
        report.Stage.StartsWith("train", StringComparison.Ordinal) || (report.Stage == "predict" && report.Done > 0);

    private sealed class Death : Exception;
}
