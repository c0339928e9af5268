using Wsss.Comparisons;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Refinement;
using Wsss.Segmentation.Thresholds;
using Wsss.Tests.Pipeline;

namespace Wsss.Tests.Comparisons;

public sealed class TrialStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_option_of_an_experiment_makes_another_trial()
    {
        Experiment start = TinyModel.Experiment;
        var changed = new Dictionary<string, Experiment>
        {
            [nameof(start.Classifier)] = start with { Classifier = start.Classifier with { Epochs = start.Classifier.Epochs + 1 } },
            [nameof(start.Maps)] = start with { Maps = new MapInference { Scales = [0.5, 1] } },
            [nameof(start.Refinements)] = start with { Refinements = [.. start.Refinements, new PamrRefinement()] },
            [nameof(start.ThresholdRule)] = start with { ThresholdRule = MaskFreeRule.Default },
            [nameof(start.Segmenter)] = start with { Segmenter = start.Segmenter with { Epochs = start.Segmenter.Epochs + 1 } },
            [nameof(start.IgnoreBand)] = start with { IgnoreBand = 0.2 },
            [nameof(start.SelfTraining)] = start with { SelfTraining = 1 },
            [nameof(start.Inference)] = start with { Inference = start.Inference with { WithLabels = true } },
            [nameof(start.Ceiling)] = start with { Ceiling = !start.Ceiling },
        };
        // The data set counts by its images.
        string[] all = [.. typeof(Experiment).GetProperties().Where(property => property.CanWrite).Select(property => property.Name)];
        Assert.Equal(all.Where(name => name != nameof(start.Data)).Order(), changed.Keys.Order());
        var store = new TrialStore(Toys.BlobSplits(), Toys.Run(_folder));
        string[] keys = [store.KeyOf(start, segment: true), .. changed.Values.Select(other => store.KeyOf(other, segment: true))];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        // Without a segmentation network its options decide nothing.
        foreach (string name in (string[])[nameof(start.Segmenter), nameof(start.Inference), nameof(start.Ceiling)])
            Assert.Equal(store.KeyOf(start, segment: false), store.KeyOf(changed[name], segment: false));
    }
}
