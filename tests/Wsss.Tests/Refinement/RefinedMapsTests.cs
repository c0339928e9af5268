using Wsss.Crf;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Refinement;
using Wsss.Storage;
using Wsss.Training;

namespace Wsss.Tests.Refinement;

public sealed class RefinedMapsTests : IDisposable
{
    private static readonly MapRefinement Pamr = new PamrRefinement(), Crf = new CrfRefinement(),
        Walk = new AffinityWalk { Epochs = 1, Steps = 8, Radius = 3, Crf = new CrfOptions { Iterations = 2 } };

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
    public void Maps_that_are_read_in_another_way_are_refined_too()
    {
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1 }, _data, run);
        var smaller = new MapInference { Scales = [0.7] };
        using var maps = MapSource.Of(classifier, new MapInference(), run);
        using var refined = maps.Refine([Pamr], _data.Train, run);
        using var pamr = Pamr.Open(new RefinementContext(null, _data.Train, run));
        foreach (var ((sample, plain), (_, found)) in
            smaller.Run(classifier.Network, _data.Test, run).Zip(refined.ReadOtherwise(_data.Test, smaller)))
        {
            Assert.Equal(pamr.Refine(sample.Image, plain).Values, found.Values);
            Assert.NotEqual(plain.Values, found.Values);
        }
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
    public void Each_classifier_gives_a_walk_of_its_own_on_maps_of_a_folder()
    {
        RunContext run = Toys.Run(_folder), fresh = Toys.Run(_folder, "fresh");
        using TrainedClassifier one = ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1 }, _data, run);
        using TrainedClassifier two = ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1, Seed = 2 }, _data, run);
        using var extracted = MapSource.Of(one, new MapInference(), run);
        // Of a split that the walk does not learn from, and of the one that it does.
        (ISampleSource Source, MapRefinement[] Steps)[] all =
        [
            (_data.Test, [Walk]), (_data.Test, [Pamr, Walk]), (_data.Train, [new MeanOfChains { Chains = [[Walk], [Pamr]] }]),
        ];
        foreach (var (source, steps) in all)
        {
            MapFolder folder = extracted.FolderOf(source);
            float[][] Walked(TrainedClassifier classifier, RunContext run)
            {
                using var others = MapSource.Of(classifier, new MapInference(), run);
                using var maps = MapSource.Of(folder, others, run);
                using var refined = maps.Refine(steps, _data.Train, run);
                return [.. refined.ReadMaps(source).Select(map => map.Values)];
            }
            float[][] first = Walked(one, run), second = Walked(two, run);
            Assert.Equal(Walked(two, fresh), second);
            Assert.NotEqual(first, second);
        }
    }

    [Fact]
    public void The_key_of_maps_that_a_classifier_makes_says_each_thing_once()
    {
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1 }, _data, run);
        using var maps = MapSource.Of(classifier, new MapInference(), run);
        string Key(MapRefinement step) => maps.Refine([step], _data.Train, run).Key;
        Assert.Equal(ArtifactStore.Key("refined/1", maps.Key, Pamr.Key(), ""), Key(Pamr));
        Assert.Equal(ArtifactStore.Key("refined/1", maps.Key, Walk.Key(), _data.Train.Fingerprint), Key(Walk));
        var attention = new AttentionAffinity();
        Assert.Equal(ArtifactStore.Key("refined/1", maps.Key, attention.Key(), "", classifier.Key), Key(attention));
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
