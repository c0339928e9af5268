using Wsss.Comparisons;
using Wsss.Evaluation;
using Wsss.Pipeline;
using Wsss.Results;
using Wsss.Tests.Comparisons;

namespace Wsss.Tests.Results;

public sealed class ResultFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static ResultFile Compared() => ResultFiles.Of(
        new Comparison(
        [
            ComparisonTests.Trial("a", 1, .40, 600), ComparisonTests.Trial("a", 2, .50, 1200),
            ComparisonTests.Trial("b", 1, .50, 1800), ComparisonTests.Trial("b", 2, .62, 1800),
        ]),
        "two ways", new ComparisonGrid { Trainings = [new("a"), new("b")] }, new Experiment(), "wsss compare mine.yaml");

    [Fact]
    public void A_comparison_has_values_by_seed_intervals_and_paired_differences()
    {
        ResultFile file = Compared();
        Assert.Equal([1, 2], file.Origin.Seeds);
        ResultOrigin origin = file.Origin;
        Assert.Equal(
            ("1", "cpu", 1, "AB", "wsss compare mine.yaml"), (origin.State, origin.Device, origin.Threads, origin.Data, origin.Command));
        Assert.NotNull(origin.Date);
        ResultValue plain = file.Rows[0].Measures["mIoU"], other = file.Rows[1].Measures["mIoU"];
        Assert.Equal([.40, .50], plain.BySeed!);
        Assert.Equal((.45, null), (plain.Mean, plain.Difference));
        // Differences of .10 and .12: mean .11, s = .0141421, t(1) = 12.7062, half width .127062.
        Assert.Equal(.11, other.Difference!.Mean, 1e-12);
        Assert.Equal(.127062, other.Difference.HalfWidth!.Value, 1e-6);
        Assert.Equal((1, 2.0), (file.Rows[1].Cost!.Trainings, file.Rows[1].Cost!.Relative));
        Assert.Equal([600, 1200], file.Rows[0].Cost!.Seconds!);
        Assert.Contains("AP", file.Rows[0].Measures.Keys);
        Assert.DoesNotContain("segmentation mIoU", file.Rows[0].Measures.Keys);
        Assert.Equal("a", file.Options!["grid"]!["trainings"]![0]!["name"]!.GetValue<string>());
    }

    [Fact]
    public void A_file_is_read_back_as_it_was_written()
    {
        string path = _folder.File("measured.json");
        ResultFile file = Compared();
        file.Save(path);
        Assert.Equal(WsssJson.Write(file), WsssJson.Write(ResultFile.Load(path)));
        Assert.Equal(Remedy.MakeResults, Assert.Throws<WsssException>(() => ResultFile.Load(_folder.File("none.json"))).Remedy);
    }

    [Fact]
    public void An_experiment_has_a_row_per_stage()
    {
        ExperimentResult result = ComparisonTests.Trial("a", 1, .40).Result;
        var network = new Score(2, ["background"], [new("mIoU", .3)]);
        ResultFile file = ResultFiles.Of(
            result with
            {
                PseudoMasks = network,
                Segmentation = network,
                Provenance = ComparisonTests.Trial("a", 1, .40).Details.Provenance,
            },
            "run", command: null);
        Assert.Equal(
            [("cam", "test"), ("pseudo masks", "train"), ("segmentation", "test")], file.Rows.Select(row => (row.Name, row.Split)));
        Assert.Equal([.4, .3, .3], file.Rows.Select(row => row.Measures["mIoU"].Mean));
        Assert.Equal(.9, file.Rows[0].Measures["mAP"].Mean);
        Assert.DoesNotContain("mAP", file.Rows[1].Measures.Keys);
    }
}
