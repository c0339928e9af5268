using System.Diagnostics;
using Wsss.Comparisons;
using Wsss.Data;
using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Segmentation;
using Wsss.Storage;
using Wsss.Training;

namespace Wsss.Tests.Pipeline;

/// <summary>
/// Work that ends after any of its steps, by an error, as somebody asks it to, or with its process, and that goes on: what is written is
/// what it is in one go.
/// </summary>
public sealed class ResumeTests : IDisposable
{
    /// <summary>The environment variable with after how many of the steps the process is killed: all, or fewer by default.</summary>
    private const string KillsVariable = "WSSS_KILLS";

    /// <summary>For the process that is killed: the work, after which step, the folder, parted by bars.</summary>
    private const string VictimVariable = "WSSS_KILL";

    // Two epochs of four steps, and of two.
    private static readonly Recipe Recipe = Toys.Recipe with { BatchSize = 3 }, Shorter = Toys.Recipe with { BatchSize = 6 };

    private readonly TempFolder _folder = new();

    public enum Ending
    {
        Fails,
        IsCancelled,
        IsKilled,
    }

    public static TheoryData<string, Ending> Cases { get; } = new(
        from work in new[] { "classifier", "segmentation network", "iterative erasing", "comparison", "prediction" }
        from ending in Enum.GetValues<Ending>()
            // Erasing and a comparison train by the same loop as the first two, which is where somebody is heard.
        where ending != Ending.IsCancelled || work is "classifier" or "segmentation network"
        select (work, ending)
    );

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Work_that_ends_at_any_step_goes_on_to_the_same_bytes(string work, Ending ending)
    {
        if (work == "prediction")
            PrepareModel();
        var reports = new Listener();
        var expected = Files(Do(work, _folder.Path, Toys.Run(_folder, "whole") with { Progress = reports }));
        Assert.NotEmpty(expected);
        int stops = reports.Reports.Count(IsStep);
        Assert.Equal(work == "prediction" ? Toys.BlobSplits().Test.Count : 8, stops);
        foreach (int at in ending == Ending.IsKilled ? Kills(stops) : Enumerable.Range(1, stops))
        {
            RunContext run = Toys.Run(_folder, $"stopped at {at}");
            if (ending == Ending.IsKilled)
                Kill(work, at, run.Store.Root);
            else
                Stop(work, at, run, cancel: ending == Ending.IsCancelled);
            // Sweeps what a process that is gone has left.
            run.Store.Open();
            Assert.Equal(expected, Files(Do(work, _folder.Path, run with { Resume = true })));
            Assert.DoesNotContain(Directory.GetFileSystemEntries(run.Store.Root), path => Path.GetExtension(path) is ".tmp" or ".lock");
        }
    }

    /// <summary>The program of the tests again, which kills itself in the midst of its work.</summary>
    [Fact(Explicit = true)]
    public void Is_killed()
    {
        string[] parts = Environment.GetEnvironmentVariable(VictimVariable)!.Split('|');
        var (work, at, folder, store) = (parts[0], int.Parse(parts[1]), parts[2], parts[3]);
        int heard = 0;
        var killer = new Listener(report =>
        {
            if (IsStep(report) && ++heard == at)
                Process.GetCurrentProcess().Kill();
        });
        Do(work, folder, Toys.Run(_folder) with { Store = new ArtifactStore(store), Progress = killer });
    }

    private static string Do(string work, string folder, RunContext run)
    {
        DataSplits data = Toys.BlobSplits();
        switch (work)
        {
            case "classifier":
                using (var trained = ClassifierTrainer.Train(Recipe.With(new RandomErasing()), data, run))
                    return trained.Folder;
            case "segmentation network":
                SegmenterRecipe recipe = Toys.SegmenterRecipe with { BatchSize = 3 };
                using (var trained = SegmenterTrainer.Train(recipe, new TargetSource(data.Train), data.Validation, run))
                    return trained.Folder;
            case "iterative erasing":
                Recipe erasing = Shorter.With(new IterativeErasing { Steps = 2, StopBelow = 0 });
                using (var maker = MapMaker.Train(erasing, data, new MapInference { Flip = false }, run))
                using (var maps = MapSource.Of(maker, run))
                    return maps.FolderOf(data.Test).Folder;
            case "comparison":
                return Compare(data, run);
            case "prediction":
                string masks = Path.Combine(run.Store.Root, "out");
                var photographs = Photographs.Find(Path.Combine(folder, "photographs"));
                var predicted = new Prediction().Run(ModelFolder.Load(Path.Combine(folder, "model")), photographs, masks, run);
                Assert.All(predicted, image => Assert.Null(image.Error));
                return masks;
            default:
                throw new ArgumentException($"Expected work that is known, found '{work}'.");
        }
    }

    private static string Compare(DataSplits data, RunContext run)
    {
        var experiment = new Experiment
        {
            Classifier = Shorter,
            Segmenter = Toys.SegmenterRecipe with { BatchSize = 6 },
            Maps = new MapInference { Flip = false },
            Ceiling = false,
        };
        var comparison = Comparison.Run(data, [new Contender("CAM", experiment) { Segment = true }], [1], run);
        string folder = Path.Combine(run.Store.Root, "written");
        AtomicFile.WriteText(Path.Combine(folder, "results.csv"), comparison.ToCsv());
        return folder;
    }

    private void PrepareModel()
    {
        using var study = TinyModel.Study(_folder, TinyModel.Experiment with { Refinements = [] });
        TinyModel.Save(_folder, study, segment: true);
        TinyModel.Write(_folder, study.Data.Test);
    }

    /// <summary>Ends the work in this process at a step.</summary>
    private void Stop(string work, int at, RunContext run, bool cancel)
    {
        int heard = 0;
        using var stop = new CancellationTokenSource();
        var stopper = new Listener(report =>
        {
            if (!IsStep(report) || ++heard != at)
                return;
            if (cancel)
                stop.Cancel();
            else
                throw new Failure();
        });
        var ended = Record.Exception(() => Do(work, _folder.Path, run with { Progress = stopper, Cancellation = stop.Token }));
        if (cancel)
            Assert.IsType<OperationCanceledException>(ended);
        else
            Assert.IsType<Failure>(ended);
    }

    /// <summary>Does the work in a process that is killed at a step.</summary>
    private void Kill(string work, int at, string store)
    {
        string[] arguments = ["-noColor", "-explicit", "only", "-method", $"{typeof(ResumeTests).FullName}.{nameof(Is_killed)}"];
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[VictimVariable] = $"{work}|{at}|{_folder.Path}|{store}";
        using Process victim = Process.Start(start)!;
        Task<string> output = victim.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        victim.StandardError.ReadToEnd();
        victim.WaitForExit();
        Assert.True(victim.ExitCode is not (0 or 1) || OperatingSystem.IsWindows(), $"Exit code {victim.ExitCode}: {output.Result}");
    }

    private static IEnumerable<int> Kills(int stops) =>
        Environment.GetEnvironmentVariable(KillsVariable) == "all" ? Enumerable.Range(1, stops) : [(stops + 2) / 2];

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

    private sealed class Failure : Exception;
}
