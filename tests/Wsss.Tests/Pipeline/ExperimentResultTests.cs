using Wsss.Evaluation;
using Wsss.Pipeline;
using Wsss.Segmentation.Thresholds;

namespace Wsss.Tests.Pipeline;

public sealed class ExperimentResultTests
{
    private static readonly ExperimentResult Bare = new()
    {
        Experiment = TinyModel.Experiment,
        Classifier = new MultiLabelScore(0.9, 0.8, 0.8, 0.8, [0.9]),
        Threshold = new ThresholdChoice(0.4f, ThresholdChoice.ByMasks),
    };

    [Fact]
    public void What_an_experiment_knows_beside_its_masks_has_names_that_no_measure_may_have()
    {
        string[] own = [.. Bare.Measures().Select(measure => measure.Name)];
        Assert.NotEmpty(own);
        Assert.Subset(Measures.OfExperiments.ToHashSet(), own.ToHashSet());
    }

    [Fact]
    public void A_network_that_was_told_the_labels_is_called_so()
    {
        Score score = new(1, ["background", "cat"], [new MeasureValue("mIoU", 0.5)]);
        var result = Bare with { Segmentation = score, Ceiling = score };
        Assert.Equal(["segmentation", "ceiling (full masks)"], result.Stages().Select(stage => stage.Name));
        var told = Bare.Experiment with { Inference = Bare.Experiment.Inference with { WithLabels = true } };
        Assert.Equal(
            ["segmentation, labels given", "ceiling (full masks), labels given"],
            (result with { Experiment = told }).Stages().Select(stage => stage.Name));
    }
}
