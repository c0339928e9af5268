using Wsss.Crf;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Refinement;
using Wsss.Registry;
using Wsss.Training;

namespace Wsss.Tests.Refinement;

public sealed class MeanOfChainsTests : IDisposable
{
    private static readonly MapRefinement Pamr = new PamrRefinement(), Crf = new CrfRefinement();

    // Short; it learns.
    private static readonly AffinityWalk Walk = new() { Epochs = 1, Steps = 4, Scale = 1, Crf = new CrfOptions { Iterations = 1 } };

    private readonly TempFolder _folder = new();
    private readonly DataSplits _data = Toys.BlobSplits(train: 4);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_mean_of_an_empty_chain_and_a_competition_by_hand()
    {
        // Two classes on two pixels; the competition gives other maps, an empty chain the same.
        var maps = new LocalizationMaps("a", 2, 1, [0, 2], [1, 0.9f, 0.5f, 1]);
        float[] competed = new MapCompetition().Compete(maps).Values;
        Assert.NotEqual(maps.Values, competed);
        float[] expected = [.. maps.Values.Zip(competed, (a, b) => (a + b) / 2)];
        var found = Refine(new MeanOfChains { Chains = [[], [new MapCompetition()]] }, maps);
        Assert.Equal(expected, found.Values, (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.Equal([0, 2], found.Classes);
    }

    [Fact]
    public void One_chain_is_its_refinements_one_after_the_other_bit_for_bit()
    {
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1 }, _data, run);
        long before = Toys.LiveTensors;
        using (var maps = MapSource.Of(classifier, new MapInference(), run))
        using (var mean = maps.Refine([new MeanOfChains { Chains = [[Walk]] }], _data.Train, run))
        using (var walked = maps.Refine([Walk], _data.Train, run))
            Assert.Equal(Values(walked), Values(mean));
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void What_learns_in_a_chain_learns_from_the_maps_that_it_refines()
    {
        // The seeds of a walk after PAMR are not those of a walk on plain maps; both are trained, and kept.
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1 }, _data, run);
        using var maps = MapSource.Of(classifier, new MapInference(), run);
        using (var mean = maps.Refine([new MeanOfChains { Chains = [[Walk], [Pamr, Walk]] }], _data.Train, run)) Values(mean);
        Assert.Equal(2, Networks(run));
        using (var other = maps.Refine([Pamr, Walk], _data.Train, run)) Values(other);
        Assert.Equal(2, Networks(run));
    }

    [Fact]
    public void It_is_the_mean_within_a_list_of_refinements_too()
    {
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier classifier = ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1 }, _data, run);
        long before = Toys.LiveTensors;
        using (var maps = MapSource.Of(classifier, new MapInference(), run))
        using (var pamr = maps.Refine([Pamr], _data.Train, run))
        using (var crf = maps.Refine([Pamr, Crf], _data.Train, run))
        using (var mean = maps.Refine([Pamr, new MeanOfChains { Chains = [[], [Crf]] }], _data.Train, run))
        {
            // Maps in the store are multiples of 1/65,535.
            float[] expected = [.. Values(pamr).Zip(Values(crf), (a, b) => (a + b) / 2)];
            Assert.Equal(expected, Values(mean), (a, b) => Math.Abs(a - b) < 2e-5f);
        }
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void It_asks_for_all_that_its_parts_ask_for()
    {
        Assert.True(new MeanOfChains().Learns);
        Assert.True(new MeanOfChains().ReadsNetwork);
        Assert.False(new MeanOfChains { Chains = [[Crf], [Pamr]] }.Learns);
        Assert.False(new MeanOfChains { Chains = [[Crf], [Pamr]] }.ReadsNetwork);
        var nested = new MeanOfChains { Chains = [[Crf], [new MeanOfChains { Chains = [[new SaliencyRefinement()], []] }]] };
        Assert.Equal(["crf", "saliency"], nested.Parts.Select(part => part.Name));
        var changed = nested.WithParts(part => part is SaliencyRefinement own ? own with { Saliency = "maps" } : part);
        Assert.Equal("maps", Assert.Single(changed.Parts.OfType<SaliencyRefinement>()).Saliency);
    }

    [Fact]
    public void Chains_and_their_options_are_part_of_the_key()
    {
        MeanOfChains[] all =
        [
            new(), new() { Chains = [[Crf], [Pamr]] }, new() { Chains = [[Crf, Pamr]] }, new() { Chains = [[Crf], [Pamr], []] },
            new() { Chains = [[Crf], [new PamrRefinement { Pamr = new Pamr { Iterations = 3 } }]] },
        ];
        Assert.Equal(all.Length, all.Select(mean => mean.Key()).Distinct().Count());
        Assert.Equal(new MeanOfChains().Key(), new MeanOfChains { Chains = [[new AffinityWalk()], [new AttentionAffinity()]] }.Key());
    }

    [Fact]
    public void It_is_read_as_a_person_writes_it_and_written_back()
    {
        var read = Family.Parse<MapRefinement>("mean:chains=[[walk],[pamr, {crf: {crf: {iterations: 3}}}],[]]", "-r", DataKind.Photographs);
        var mean = Assert.IsType<MeanOfChains>(read);
        Assert.Equal([1, 2, 0], mean.Chains.Select(chain => chain.Count));
        Assert.Equal(3, Assert.IsType<CrfRefinement>(mean.Chains[1][1]).Crf.Iterations);
        Assert.Equal(mean.Key(), WsssJson.Read<MapRefinement>(WsssJson.Write<MapRefinement>(mean), "test").Key());
        var drawn = (MeanOfChains)Family.Parse<MapRefinement>("mean", "-r", DataKind.DrawnScenes);
        Assert.Equal(AffinityWalk.ForDrawnScenes, drawn.Chains[0][0]);
    }

    [Fact]
    public void Nothing_and_a_part_that_cannot_be_are_refused_before_any_work()
    {
        Assert.Contains("found none", Assert.Throws<RecipeException>(() => new MeanOfChains { Chains = [] }.Validate()).Message);
        var wrong = new MeanOfChains { Chains = [[Crf], [Walk with { Epochs = 0 }]] };
        Assert.Contains("at least one epoch", Assert.Throws<RecipeException>(wrong.Validate).Message);
    }

    private LocalizationMaps Refine(MeanOfChains mean, LocalizationMaps maps)
    {
        using var refiner = mean.Open(new RefinementContext(null, _data.Train, Toys.Run(_folder)));
        return refiner.Refine(Toys.Noise(maps.Width, maps.Height), maps);
    }

    private float[] Values(MapSource maps) => [.. maps.ReadMaps(_data.Test).SelectMany(map => map.Values)];

    private static int Networks(RunContext run) => Directory.GetDirectories(run.Store.Root, "affinity-*").Length;
}
