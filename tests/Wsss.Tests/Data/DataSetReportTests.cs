using TorchSharp;
using Wsss.Data;
using Wsss.Menagerie;
using Wsss.Storage;

namespace Wsss.Tests.Data;

public sealed class DataSetReportTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RunContext _run;

    public DataSetReportTests()
    {
        _run = new RunContext
        {
            Device = torch.CPU,
            Store = new ArtifactStore(_folder.File("store")),
            Workers = 2,
            Cancellation = TestContext.Current.CancellationToken,
        };
        VocWriter.Write(_folder.Path, "train", HandMadeSource.OfHalves(10, width: 20, height: 16), cancellation: _run.Cancellation);
        var held = new HandMadeSource(
            ["class0", "class1", "class2"],
            [.. Enumerable.Range(0, 3).Select(i => HandMadeSource.Halves($"held_{i}", 20, 16, i))]
        );
        VocWriter.Write(_folder.Path, "val", held, cancellation: _run.Cancellation);
    }

    public void Dispose() => _folder.Dispose();

    private DataSetReport Report() => DataSetReport.Of(new VocFolder { Root = _folder.Path }, _run);

    [Fact]
    public void Counts_are_those_of_the_samples()
    {
        DataSetReport report = Report();
        Assert.Empty(report.Problems);
        Assert.Equal([10, 2, 3], report.Splits.Select(split => split.Images));
        SplitReport train = report.Splits[0];
        Assert.Equal(10, train.Masks);
        Assert.Equal([("class0", 4), ("class1", 3), ("class2", 3)], train.ImagesPerClass.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(10, train.ImagesPerLabelCount[1]);
        Assert.Equal(10, train.ImagesPerSize["20×16"]);
        Assert.Equal(0.5, train.PixelShare["background"]);
        Assert.Equal(0.2, train.PixelShare["class0"], 10);
        Assert.Equal(0, train.PixelShare[DataSetReport.IgnoreName]);
        Assert.Equal(1, train.PixelShare.Values.Sum(), 10);
    }

    [Fact]
    public void Every_problem_is_listed_once_and_the_rest_is_counted()
    {
        byte[] image = File.ReadAllBytes(_folder.File("JPEGImages", "sample_007.jpg"));
        File.WriteAllBytes(_folder.File("JPEGImages", "sample_007.jpg"), image[..(image.Length / 2)]);
        File.Delete(_folder.File("JPEGImages", "sample_008.jpg"));
        File.WriteAllText(_folder.File("SegmentationClass", "sample_009.png"), "no mask");
        DataSetReport report = Report();
        Assert.Equal(3, report.Problems.Count);
        foreach (string named in new[] { "sample_007.jpg", "id 'sample_008'", "sample_009.png" })
            Assert.Single(report.Problems, problem => problem.Contains(named));
        Assert.Equal(7, report.Splits[0].Images);
        Assert.Equal(3, report.Splits[^1].Images);
    }

    [Fact]
    public void A_photograph_that_cannot_be_opened_is_a_problem_and_leaves_no_fingerprint()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights on Windows.");
        File.Delete(_folder.File("JPEGImages", "sample_007.jpg"));
        File.CreateSymbolicLink(_folder.File("JPEGImages", "sample_007.jpg"), _folder.File("nowhere.jpg"));
        File.WriteAllText(_folder.File("SegmentationClass", "sample_009.png"), "no mask");
        DataSetReport report = Report();
        Assert.Equal(2, report.Problems.Count);
        foreach (string named in new[] { "sample_007.jpg", "sample_009.png" })
            Assert.Single(report.Problems, problem => problem.Contains(named));
        Assert.Equal([8, 3], new[] { report.Splits[0], report.Splits[^1] }.Select(split => split.Images));
        Assert.Null(report.Splits[0].Fingerprint);
        Assert.NotNull(report.Splits[^1].Fingerprint);
    }

    [Fact]
    public void A_missing_split_is_a_problem_and_a_missing_folder_an_error()
    {
        File.Delete(_folder.File("ImageSets", "Segmentation", "val.txt"));
        Assert.Contains("'val'", Assert.Single(Report().Problems));
        Assert.Throws<DataSetException>(() => DataSetReport.Of(new VocFolder { Root = _folder.File("none") }, _run));
    }

    [Theory]
    [InlineData("")]
    [InlineData("class0\nbackground\nclass1\nclass2\n")]
    [InlineData("class0\nvoid\nclass1\nclass2\n")]
    [InlineData("background\n")]
    [InlineData("class0\nclass1\nclass0\n")]
    public void A_class_file_that_cannot_be_is_a_problem(string content)
    {
        File.WriteAllText(_folder.File("classes.txt"), content);
        DataSetReport report = Report();
        Assert.Empty(report.Splits);
        Assert.Contains("classes.txt", Assert.Single(report.Problems));
    }

    [Fact]
    public void Masks_that_show_other_classes_than_the_labels_say_are_a_warning()
    {
        var halves = HandMadeSource.OfHalves(6);
        var report = DataSetReport.Of(new Wrongly { Halves = halves }, _run);
        var found = report.Findings.Where(finding => finding.What.Contains("masks show no class")).ToArray();
        Assert.Equal(FindingSeverity.Warning, Assert.Single(found).Severity);
        Assert.Contains(
            "2 of 5 masks show no class of their image's labels: 'sample_000' is labelled class1, its mask shows class0; "
                + "'sample_003' is labelled class1, class2, its mask shows class0.",
            found[0].What
        );
        Assert.Contains("in the order of the masks' values", found[0].ToDo);
    }

    [Fact]
    public void Drawn_scenes_have_no_problems()
    {
        DataSetReport report = DataSetReport.Of(new MenagerieData { Scale = SceneScale.Smoke }, _run);
        Assert.Empty(report.Problems);
        Assert.Equal([64, 32, 32], report.Splits.Select(split => split.Images));
    }

    /// <summary>Labels that contradict masks in two images, and say nothing of one.</summary>
    // Made without arguments too, as every kind of data set is asked about a path.
    private sealed record Wrongly : DataSet
    {
        public HandMadeSource Halves { get; init; } = new([], []);

        public override DataSplits Open()
        {
            IReadOnlyList<int>[] labels = [[1], [1], [2, 0], [1, 2], [], [2]];
            var wrong = new HandMadeSource(
                Halves.ClassNames,
                [.. Enumerable.Range(0, Halves.Count).Select(i => Halves[i] with { Labels = labels[i] })]
            );
            return new(wrong, wrong, wrong);
        }
    }
}
