using Wsss.Comparisons;
using Wsss.Evaluation;
using Wsss.Expansion;
using Wsss.Notebooks.Charting;
using Wsss.Pipeline;
using Wsss.Results;
using Wsss.Training;

namespace Wsss.Notebooks.Tests.Charting;

public sealed class ChartsOfResultsTests
{
    private static readonly Technique A = new RandomErasing(), B = new MultiDilation(), C = new Mixup();

    [Fact]
    public void A_comparison_has_bars_with_intervals_over_its_seeds()
    {
        var comparison = new Comparison([Trial("a", .40), Trial("a", .50), Trial("b", .50), Trial("b", .62)]);
        string chart = Charts.Comparison("Both", comparison).Json;
        Assert.Contains("mIoU", chart);
        Assert.Contains("error_y", chart);
        Assert.DoesNotContain("head recall", chart);
        Assert.DoesNotContain("error_y", Charts.Comparison("One seed", new Comparison([Trial("a", .40), Trial("b", .50)])).Json);
    }

    [Fact]
    public void A_file_of_results_has_the_bars_that_all_its_rows_know()
    {
        static ResultRow Row(string name, double mean, params (string, double)[] more) => new(
            name, new[] { ("mIoU", mean) }.Concat(more).ToDictionary(value => value.Item1, value => new ResultValue(value.Item2, .0125)));
        var file = new ResultFile
        {
            Title = "ways",
            Origin = new ResultOrigin { State = "1", Seeds = [1, 2, 3] },
            Rows = [Row("a", .40, ("head recall", .8), ("body recall", .6)), Row("b", .5625, ("body recall", .7))],
        };
        string chart = Charts.Comparison("Ways", file).Json;
        Assert.Contains("56.25", chart);
        Assert.Contains("1.25", chart);
        Assert.Contains("body recall", chart);
        Assert.DoesNotContain("head recall", chart);
    }

    [Fact]
    public void An_interaction_tells_each_pair_from_its_two()
    {
        var comparison = new Comparison(
        [
            Trial("plain", .50), Trial("a", .54, A), Trial("b", .52, B), Trial("c", .45, C),
            Trial("b + a", .57, B, A), Trial("a + c", .48, A, C),
        ]);
        string chart = Charts.Interaction("Pairs", Interaction.Of(comparison)).Json;
        Assert.Contains("over the sum of the two: +1.0", chart);
        Assert.Contains("not tried", chart);
    }

    [Fact]
    public void Erasing_shows_each_class_and_the_means_that_there_are()
    {
        var measured = new ErasingMeasurement([0.2, 0.5], [Step(1, 0.3, 0.5), Step(2, 0.5, null)]);
        string chart = Charts.Erasing("Erasing", measured).Json;
        Assert.Contains("red", chart);
        Assert.Contains("precision", chart);
        Assert.DoesNotContain("head recall", chart); // photographs have no parts
    }

    private static ErasingStep Step(int number, params double?[] ious) => new(
        number, 0.25f, Score(0.4), [.. ious.Select((iou, i) => new ErasingClass(i == 0 ? "red" : "blue", 0.5, iou, 0.4, 0.3, null, null))]);

    private static Score Score(double meanIoU) => new(2, ["background", "cat"], [new("mIoU", meanIoU)]);

    private static Trial Trial(string name, double meanIoU, params Technique[] techniques) => Trials.Of(name, Score(meanIoU), techniques);
}
