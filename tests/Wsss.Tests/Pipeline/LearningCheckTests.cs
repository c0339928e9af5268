using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Pipeline;
using Wsss.Tests.Data;

namespace Wsss.Tests.Pipeline;

public sealed class LearningCheckTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_classifier_that_learned_nothing_ends_the_run_with_advice()
    {
        // Every image is the same: nothing can be learned from it.
        var same = Toys.Noise(16, 16);
        IMaskedSource Same(string part) =>
            new HandMadeSource(
                ["a", "b", "c", "d"],
                [
                    .. Enumerable
                        .Range(0, 8)
                        .Select(i => new MaskedSample($"{part}{i}", same, [i % 4]) { Mask = new LabelMap(16, 16, new byte[256]) }),
                ]
            );
        var experiment = new Experiment { Classifier = Toys.Recipe with { Epochs = 1 } };
        using var study = Study.On(new DataSplits(Same("train"), Same("validation"), Same("test")), experiment, Toys.Run(_folder));
        string message = Assert.Throws<RecipeException>(() => study.Score()).Message;
        Assert.Contains("F1 0", message);
        Assert.Contains("guess has 25.0 %", message);
    }

    // Class a is in one of four images and b in three, so that a ranking by chance has (1/4 + 3/4) / 2.
    [Theory]
    [InlineData(0, 0.55, false)]
    [InlineData(0, 0.56, true)]
    [InlineData(0.01, 0.5, true)]
    public void A_classifier_has_learned_when_it_finds_something_or_ranks_better_than_a_guess(double f1, double map, bool learned)
    {
        var images = new HandMadeSource(
            ["a", "b", "never shown"],
            [Image("1", 0, 1), Image("2", 1), Image("3", 1), Image("4")]);
        var error = Record.Exception(() => LearningCheck.Require(new MultiLabelScore(map, f1, f1, f1, [map, map, null]), images));
        if (learned) Assert.Null(error);
        else Assert.Contains("a guess has 50.0 %", Assert.IsType<RecipeException>(error).Message);
    }

    private static MaskedSample Image(string id, params int[] labels) => new(id, Toys.Noise(4, 4), labels);
}
