using Wsss.Data;
using Wsss.Expansion;
using Wsss.Localization;

namespace Wsss.Tests.Expansion;

public sealed class IterativeErasingTests
{
    [Fact]
    public void A_fifth_of_the_pixels_is_erased_where_the_map_is_largest()
    {
        float[] map = [0.1f, 1, 0.2f, 0, 0.3f, 0.9f, 0, 0.4f, 0.5f, 0.8f];
        Assert.Equal([1, 5], Erased(new IterativeErasing(), map));
        Assert.Equal([1, 5, 8, 9], Erased(new IterativeErasing { Share = 0.4 }, map));
        Assert.Equal([1], Erased(new IterativeErasing { Share = 0.01 }, map));
    }

    [Fact]
    public void Equal_values_are_erased_together_and_places_without_evidence_never()
    {
        Assert.Equal([0, 1, 4], Erased(new IterativeErasing(), [0.5f, 0.5f, 0, 0, 1, 0, 0, 0, 0, 0.1f]));
        Assert.Equal([3], Erased(new IterativeErasing { Share = 0.5 }, [0, 0, 0, 1, 0, 0]));
        Assert.Empty(Erased(new IterativeErasing(), new float[10]));
    }

    [Fact]
    public void Merged_maps_by_hand()
    {
        // The first pixel is erased after step 1, the second after step 2, the others never.
        var places = new LabelMap(4, 1, [1, 2, 0, 0]);
        LocalizationMaps[] steps =
        [
            Maps(1, 0.5f, 0.25f, 0, /**/ 0.5f, 1, 0, 0),
            Maps(1, 0.625f, 0.5f, 0.125f, /**/ 1, 0.5f, 0.5f, 0),
            Maps(0, 1, 0.75f, 0.0625f, /**/ 1, 1, 1, 1),
        ];
        var maps = new ErasedMaps(steps, places, [3, 0, 2]);
        Assert.Equal([1, 0.625f, 0.75f, 0.125f, /**/ 0.5f, 1, 0.5f, 0], maps.Merged().Values);
        Assert.Equal([1, 0.625f, 0.5f, 0.125f, /**/ 0.5f, 1, 0.5f, 0], maps.Merged(2).Values);
        Assert.Same(steps[0], maps.Merged(1));
        Assert.Same(steps[0], (maps with { LastSteps = [1, 3, 1] }).Merged());
        Assert.Equal([1, 0.5f, 0.25f, 0, 0.5f, 1, 0, 0], steps[0].Values);
        Assert.Equal([0, 2], maps.Merged().Classes);
    }

    [Fact]
    public void A_class_stops_before_the_first_step_that_keeps_too_little()
    {
        // Above guessing (.2), step 1 learnt .6; then .6, .3, .15 and again .6.
        double?[] precision = [0.8, 0.8, 0.5, 0.35, 0.8];
        Assert.Equal(5, ErasingStop.LastStep(precision, 0.2, 0.2));
        Assert.Equal(3, ErasingStop.LastStep(precision, 0.2, 0.4));
        Assert.Equal(2, ErasingStop.LastStep(precision, 0.2, 0.6));
        Assert.Equal(1, ErasingStop.LastStep([0.8, 0.7], 0.2, 1));
        Assert.Equal(1, ErasingStop.LastStep([0.8], 0.2, 1));
    }

    [Fact]
    public void A_class_of_which_nothing_is_known_or_learnt_takes_one_step_unless_nothing_ever_stops()
    {
        foreach (double?[] precision in (double?[][])[[null, null], [0.2, 0.9], [0.1, 0.9], [0.9, 0.1]])
        {
            Assert.Equal(1, ErasingStop.LastStep(precision, 0.2, 0.01));
            Assert.Equal(2, ErasingStop.LastStep(precision, 0.2, 0));
        }
    }

    [Theory]
    [InlineData(0, 0.2, 0.5, "steps")]
    [InlineData(256, 0.2, 0.5, "steps")]
    [InlineData(2, 0, 0.5, "share")]
    [InlineData(2, 1, 0.5, "share")]
    [InlineData(2, double.NaN, 0.5, "share")]
    [InlineData(2, 0.2, -0.1, "StopBelow")]
    [InlineData(2, 0.2, 1.1, "StopBelow")]
    [InlineData(2, 0.2, double.NaN, "StopBelow")]
    public void Options_outside_their_range_are_errors(int steps, double share, double stopBelow, string named)
    {
        var erasing = new IterativeErasing { Steps = steps, Share = share, StopBelow = stopBelow };
        Assert.Contains(named, Assert.Throws<RecipeException>(erasing.Validate).Message);
        using var folder = new TempFolder();
        Assert.Throws<RecipeException>(() => erasing.Train(Toys.Recipe, Toys.BlobSplits(), new MapInference(), Toys.Run(folder)));
    }

    [Fact]
    public void The_options_come_back_from_JSON()
    {
        new IterativeErasing().Validate();
        var erasing = new IterativeErasing { Steps = 4, Share = 0.1, WarmStart = true, StopBelow = 0 };
        Assert.Equal(erasing, WsssJson.Read<IterativeErasing>(WsssJson.Write(erasing), "test"));
    }

    private static LocalizationMaps Maps(params float[] values) => new("a", 4, 1, [0, 2], values);

    private static int[] Erased(IterativeErasing erasing, float[] map)
    {
        erasing.Validate();
        bool[] places = erasing.Places(map);
        Assert.Equal(map.Length, places.Length);
        return [.. Enumerable.Range(0, map.Length).Where(i => places[i])];
    }
}
