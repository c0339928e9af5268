using Wsss.Data;
using Wsss.Refinement;
using static TorchSharp.torch;

namespace Wsss.Tests.Refinement;

public sealed class SaliencyRefinementTests : IDisposable
{
    private static readonly LocalizationMaps Maps = new("a", 2, 2, [1, 4], [0.5f, 1, 0, 0.2f, 0.5f, 0, 0.8f, 0]);
    private static readonly LabelMap Salient = new(2, 2, [0, 51, 153, 255]);

    private readonly TempFolder _folder = new();

    public SaliencyRefinementTests() => ImageFile.WriteGray(_folder.File("a.png"), Salient);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_rule_is_its_function()
    {
        (FusionRule Rule, Func<LocalizationMaps, LabelMap, LocalizationMaps> Function)[] rules =
        [
            (FusionRule.Average, PostHocFusion.Average), (FusionRule.Product, PostHocFusion.Product),
            (FusionRule.Max, PostHocFusion.Max), (FusionRule.Background, PostHocFusion.AgainstBackground),
        ];
        Assert.Equal(Enum.GetValues<FusionRule>().Length, rules.Length);
        foreach (var (rule, function) in rules)
        {
            using MapRefiner refiner = new SaliencyRefinement { Saliency = _folder.Path, Rule = rule }.Open(CPU);
            Assert.Equal(function(Maps, Salient).Values, refiner.Refine(Toys.Noise(2, 2), Maps).Values);
        }
    }

    [Fact]
    public void Its_key_follows_rule_and_content()
    {
        var refinement = new SaliencyRefinement { Saliency = _folder.Path };
        string key = refinement.Key();
        Assert.Equal(key, refinement.Key());
        Assert.NotEqual(key, (refinement with { Rule = FusionRule.Max }).Key());
        ImageFile.WriteGray(_folder.File("a.png"), new LabelMap(2, 2, new byte[4]));
        Assert.NotEqual(key, refinement.Key());
    }

    [Fact]
    public void Options_come_back_from_JSON_and_a_rule_that_is_none_is_refused()
    {
        var refinement = new SaliencyRefinement { Saliency = "maps", Rule = FusionRule.Product };
        Assert.Equal(refinement, WsssJson.Read<MapRefinement>(WsssJson.Write<MapRefinement>(refinement), "test"));
        Assert.Throws<RecipeException>((refinement with { Rule = (FusionRule)9 }).Validate);
    }
}
