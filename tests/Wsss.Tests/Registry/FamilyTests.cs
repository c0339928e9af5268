using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Refinement;
using Wsss.Regions;
using Wsss.Registry;
using Wsss.Sharpening;
using Wsss.Training;

namespace Wsss.Tests.Registry;

public sealed class FamilyTests
{
    private static T Read<T>(string text, DataKind? kind = null) where T : class => Family.Parse<T>(text, "test", kind);

    [Theory]
    [InlineData("walk:scale=2,steps=64")]
    [InlineData("Walk: scale=2, steps=64")]
    [InlineData("{walk: {scale: 2, steps: 64}}")]
    [InlineData("{ \"walk\": { \"preset\": \"published\", \"scale\": 2, \"steps\": 64 } }")]
    public void One_member_has_several_forms(string text) =>
        Assert.Equal(WsssJson.Write<MapRefinement>(new AffinityWalk { Scale = 2, Steps = 64 }), WsssJson.Write(Read<MapRefinement>(text)));

    [Fact]
    public void A_bare_name_means_what_is_suggested_for_the_data_and_else_what_was_published()
    {
        Assert.Equal(
            RandomErasing.ForShortTrainings.Probability,
            ((RandomErasing)Read<Technique>("random-erasing", DataKind.DrawnScenes)).Probability
        );
        Assert.Equal(new RandomErasing().Probability, ((RandomErasing)Read<Technique>("RandomErasing")).Probability);
        Assert.Equal(
            new RandomErasing().Probability,
            ((RandomErasing)Read<Technique>("RandomErasing:published", DataKind.DrawnScenes)).Probability
        );
        Assert.Equal(new Mixup { EntropyWeight = 0 }, Read<Technique>("Mixup:published,entropyWeight=0", DataKind.DrawnScenes));
        Assert.Equal(Mixup.ForShortTrainings with { Alpha = 2 }, Read<Technique>("mixup:alpha=2", DataKind.DrawnScenes));
    }

    [Fact]
    public void Options_say_which_they_are()
    {
        Family family = Family.Of<Technique>();
        Assert.Equal("suggested", family.PresetOf(BoundaryLoss.ForShortTrainings, DataKind.DrawnScenes));
        Assert.Equal("published", family.PresetOf(new BoundaryLoss(), DataKind.DrawnScenes));
        Assert.Equal("own options", family.PresetOf(new BoundaryLoss { Ramp = 0.123 }, DataKind.DrawnScenes));
    }

    [Theory]
    [InlineData("gradcamm", "Did you mean")]
    [InlineData("layercam:leyer=layer2.3", "layer")]
    [InlineData("layercam:famous", "famous")]
    [InlineData("cam:suggested", "suggested")]
    [InlineData("gradcam:target=softmx", "Did you mean softmax?")]
    [InlineData("gradcam:target=4", "Names: logit, softmax")]
    [InlineData("eigencam:target=softmax", "no option 'target'")]
    [InlineData("[cam]", "gradcam")]
    public void What_is_none_of_the_forms_is_answered_with_what_there_is(string text, string part) =>
        Assert.Contains(part, Assert.ThrowsAny<WsssException>(() => Read<MapExtractor>(text)).Message);

    [Fact]
    public void Every_member_comes_back_from_what_it_is_written_as_and_has_a_line_of_help()
    {
        Check<Technique>();
        Check<MapExtractor>();
        Check<MapRefinement>();
        Check<GradientTarget>();
        Check<RegionSource>();

        static void Check<T>() where T : class
        {
            Family family = Family.Of<T>();
            foreach (FamilyMember member in family.Members)
            {
                if (member.Summary.Length == 0) continue; // of a test
                string written = WsssJson.Write((T)member.Published);
                Assert.Equal(written, WsssJson.Write(WsssJson.Read<T>(written, "test")));
                Assert.Contains(member.Summary, family.ToHelp());
            }
        }
    }
}
