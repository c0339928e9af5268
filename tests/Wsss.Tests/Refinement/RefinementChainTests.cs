using Wsss.Localization;
using Wsss.Refinement;

namespace Wsss.Tests.Refinement;

public sealed class RefinementChainTests : IDisposable
{
    private static readonly MapRefinement Pamr = new PamrRefinement(), Crf = new CrfRefinement();

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_chain_is_its_steps_one_after_the_other()
    {
        var sample = Toys.Blobs(1).Load(0);
        float[] values = [.. Enumerable.Range(0, sample.Image.Width * sample.Image.Height).Select(i => i % sample.Image.Width / (float)sample.Image.Width)];
        var maps = new LocalizationMaps(sample.Id, sample.Image.Width, sample.Image.Height, [0], values);
        var context = new RefinementContext(null, new MapInference(), Toys.Blobs(1), Toys.Run(_folder));
        long before = Toys.LiveTensors;
        using (var pamr = Pamr.Open(context))
        using (var crf = Crf.Open(context))
        using (var chain = new RefinementChain { Steps = [Pamr, Crf] }.Open(context))
        {
            var expected = crf.Refine(sample.Image, pamr.Refine(sample.Image, maps));
            Assert.Equal(expected.Values, chain.Refine(sample.Image, maps).Values);
            Assert.NotEqual(expected.Values, pamr.Refine(sample.Image, maps).Values);
        }
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Order_and_options_are_part_of_the_key_and_it_survives_json()
    {
        var chain = new RefinementChain { Steps = [Pamr, Crf] };
        Assert.NotEqual(chain.Key(), new RefinementChain { Steps = [Crf, Pamr] }.Key());
        Assert.NotEqual(chain.Key(), new RefinementChain { Steps = [Pamr] }.Key());
        Assert.Equal("PamrRefinement + CrfRefinement", chain.Name);
        Assert.Equal(chain.Key(), WsssJson.Read<MapRefinement>(WsssJson.Write<MapRefinement>(chain), "test").Key());
    }

    [Fact]
    public void An_empty_chain_and_a_step_that_cannot_be_are_errors()
    {
        Assert.Throws<RecipeException>(() => new RefinementChain().Validate());
        Assert.Throws<RecipeException>(() => new RefinementChain { Steps = [new SaliencyRefinement { Rule = (FusionRule)9 }] }.Validate());
    }
}
