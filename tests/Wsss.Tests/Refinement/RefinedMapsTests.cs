using Wsss.Data;
using Wsss.Localization;
using Wsss.Refinement;
using Wsss.Training;

namespace Wsss.Tests.Refinement;

public sealed class RefinedMapsTests : IDisposable
{
    private static readonly MapRefinement Pamr = new PamrRefinement(), Crf = new CrfRefinement();

    private readonly TempFolder _folder = new();
    private readonly DataSplits _data = Toys.BlobSplits();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Several_refinements_are_done_one_after_the_other()
    {
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1 }, _data, run);
        var context = new RefinementContext(null, _data.Train, run);
        long before = Toys.LiveTensors;
        using (var maps = MapSource.Of(classifier, new MapInference(), run))
        using (var refined = maps.Refine([Pamr, Crf], _data.Train, run))
        using (var pamr = Pamr.Open(context))
        using (var crf = Crf.Open(context))
        {
            foreach (var ((sample, plain), found) in maps.Read(_data.Test).Zip(refined.ReadMaps(_data.Test)))
            {
                var once = pamr.Refine(sample.Image, plain).AsStored();
                Assert.Equal(crf.Refine(sample.Image, once).AsStored().Values, found.Values);
                Assert.NotEqual(once.Values, found.Values);
            }
            Assert.Equal(["pamr", "crf"], refined.Origin.Refinements.Select(step => step.AsObject().Single().Key));
        }
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Order_and_options_are_part_of_the_key()
    {
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1 }, _data, run);
        using var maps = MapSource.Of(classifier, new MapInference(), run);
        MapRefinement[][] all = [[], [Pamr], [Crf], [Pamr, Crf], [Crf, Pamr], [new PamrRefinement { Pamr = new Pamr { Iterations = 3 } }]];
        Assert.Equal(all.Length, all.Select(steps => maps.Refine(steps, _data.Train, run).Key).Distinct().Count());
        Assert.Same(maps, maps.Refine([], _data.Train, run));
    }

    [Fact]
    public void A_step_that_cannot_be_is_an_error_before_any_work()
    {
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1 }, _data, run);
        using var maps = MapSource.Of(classifier, new MapInference(), run);
        Assert.Throws<RecipeException>(() => maps.Refine([new SaliencyRefinement { Rule = (FusionRule)9 }], _data.Train, run));
    }
}
