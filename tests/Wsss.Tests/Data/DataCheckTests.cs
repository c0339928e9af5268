using TorchSharp;
using Wsss.Data;
using Wsss.Storage;

namespace Wsss.Tests.Data;

public sealed class DataCheckTests : IDisposable
{
    private static readonly string[] Names = ["a", "b", "c"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static MaskedSample Labelled(string id, params int[] labels) => new(id, new RgbImage(1, 1, new byte[3]), labels);

    private static MaskedSample Masked(string id, params int[] labels) => Labelled(id, labels) with { Mask = new LabelMap(1, 1, [1]) };

    private static HandMadeSource Of(params MaskedSample[] samples) => new(Names, samples);

    private static HandMadeSource Good(string prefix) =>
        Of([.. Enumerable.Range(0, 6).Select(i => Labelled($"{prefix}{i}", i % 3))]);

    private static string Refusal(IMaskedSource train, IMaskedSource validation, IMaskedSource test) =>
        Assert.Throws<DataSetException>(() => DataCheck.BeforeTraining(new DataSplits(train, validation, test))).Message;

    [Fact]
    public void Good_data_give_nothing_to_say_and_validation_may_be_a_part_of_train() =>
        Assert.Empty(DataCheck.BeforeTraining(new DataSplits(Good("t"), new MaskedSubset(Good("t"), [0, 1]), Good("v"))));

    [Fact]
    public void A_split_without_any_label_is_an_error()
    {
        Assert.Contains("No image of hand-made has a label (2 images)", Refusal(Of(Labelled("x"), Labelled("y")), Good("m"), Good("v")));
        Assert.Contains("No image of hand-made has a label (1 images)", Refusal(Good("t"), Good("m"), Of(Labelled("x"))));
        DataFinding finding = Assert.Single(DataCheck.BeforeTraining(new DataSplits(Good("t"), Of(Labelled("x")), Good("v"))));
        Assert.Equal(FindingSeverity.Warning, finding.Severity);
    }

    [Fact]
    public void No_class_or_too_many_are_an_error()
    {
        string[] many = [.. Enumerable.Range(0, 255).Select(i => $"c{i}")];
        Assert.Contains("found 255", Refusal(new HandMadeSource(many, Labelled("x", 0)), Good("m"), Good("v")));
        Assert.Contains("found 0", Refusal(new HandMadeSource([], Labelled("x")), Good("m"), Good("v")));
    }

    [Fact]
    public void Training_images_that_are_scored_are_an_error_and_named()
    {
        HandMadeSource train = Of(Masked("x", 0), Masked("y", 1), Masked("z", 2));
        string message = Refusal(train, Good("m"), Of(Masked("v", 0), Masked("y", 1), Masked("z", 2)));
        Assert.Contains("2 of 3 images of hand-made are training images too: y, z.", message);
        // Without masks nothing of them is scored.
        DataFinding note = Assert.Single(
            DataCheck.BeforeTraining(new DataSplits(train, Good("m"), Of(Labelled("v", 0), Labelled("y", 1))))
        );
        Assert.Equal(FindingSeverity.Note, note.Severity);
    }

    [Fact]
    public void Validation_images_that_are_scored_or_partly_trained_on_are_warnings()
    {
        var findings = DataCheck.BeforeTraining(new DataSplits(Good("t"), Of(Labelled("t0", 0), Labelled("v0", 0)), Good("v")));
        Assert.Equal([FindingSeverity.Warning, FindingSeverity.Warning], findings.Select(finding => finding.Severity));
        Assert.Contains(findings, finding => finding.What.Contains("1 of 2 images of hand-made are training images too: t0."));
        Assert.Contains(findings, finding => finding.What.Contains("1 of 6 images of hand-made are images of hand-made too: v0."));
    }

    [Fact]
    public void A_class_of_no_image_or_of_every_image_is_a_warning()
    {
        var findings = DataCheck.BeforeTraining(new DataSplits(Of(Labelled("x", 0, 1), Labelled("y", 0)), Good("m"), Good("v")));
        Assert.Equal(2, findings.Count);
        Assert.Contains(findings, finding => finding.What.EndsWith("nothing can learn: c."));
        Assert.Contains(findings, finding => finding.What.EndsWith("every image of hand-made shows: a."));
    }

    [Theory]
    [InlineData("a:b")]
    [InlineData("what?")]
    [InlineData("a*")]
    [InlineData("a ")]
    [InlineData("a /b")]
    public void Names_that_nothing_can_be_kept_under_are_an_error_before_training(string id)
    {
        string message = Refusal(Of(Labelled("x", 0, 1), Labelled(id, 2), Labelled("y")), Good("m"), Good("v"));
        Assert.Contains($"found 1 that cannot: '{id}'. Rename the files", message);
    }

    [Fact]
    public void Too_many_classes_of_any_source_are_reported_not_thrown()
    {
        var run = new RunContext { Device = torch.CPU, Store = new ArtifactStore(_folder.File("store")), Workers = 0 };
        DataSetReport report = DataSetReport.Of(new ManyClasses(), run);
        Assert.Contains("found 300", Assert.Single(report.Problems));
        Assert.Equal(1, report.Splits[0].ImagesPerClass["c299"]);
    }

    [Fact]
    public void All_findings_of_a_folder_come_at_once_errors_first()
    {
        var run = new RunContext
        {
            Device = torch.CPU,
            Store = new ArtifactStore(_folder.File("store")),
            Workers = 2,
            Cancellation = TestContext.Current.CancellationToken,
        };
        VocWriter.Write(_folder.Path, "train", HandMadeSource.OfHalves(10, width: 20, height: 16), cancellation: run.Cancellation);
        VocWriter.Write(_folder.Path, "val", HandMadeSource.OfHalves(3, width: 20, height: 16), cancellation: run.Cancellation);
        AtomicFile.WriteText(_folder.File("classes.txt"), "bg\nclass0\nclass1\nclass2\nclass3");
        ImageFile.WriteMask(_folder.File("SegmentationClass", "sample_009.png"), new LabelMap(3, 3, [1, 2, 3, 0, 0, 0, 0, 0, 0]));
        File.WriteAllText(_folder.File("JPEGImages", "sample_008.jpg"), "no image");
        var findings = DataCheck.Of(new VocFolder { Root = _folder.Path }, run);
        Assert.Equal(
            [.. Enumerable.Repeat(FindingSeverity.Error, 3), FindingSeverity.Warning, FindingSeverity.Note, FindingSeverity.Note],
            findings.Select(finding => finding.Severity)
        );
        Assert.Contains(findings, finding => finding.What.Contains("under other names, in one split: 'sample_"));
        Assert.Contains(findings, finding => finding.What.Contains("20×16, found 3×3") && finding.What.Contains("sample_009.png"));
        Assert.Contains(findings, finding => finding.What.Contains("sample_008.jpg"));
        Assert.Contains(
            findings,
            finding => finding.What.Contains("3 of 3 images") && finding.What.Contains("training images too: sample_000")
        );
        Assert.Contains("class3", findings[3].What);
        Assert.Contains("'bg'", findings[4].What);
    }

    private sealed record ManyClasses : DataSet
    {
        public override DataSplits Open()
        {
            string[] names = [.. Enumerable.Range(0, 300).Select(i => $"c{i}")];
            return new(
                new HandMadeSource(names, Labelled("t", 299)),
                new HandMadeSource(names, Labelled("m", 1)),
                new HandMadeSource(names, Labelled("v", 1))
            );
        }
    }
}
