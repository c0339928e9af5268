using Wsss.Data;
using Wsss.Refinement;
using Wsss.Registry;

namespace Wsss.Tests.Refinement;

public sealed class MapCompetitionTests
{
    [Fact]
    public void One_round_by_hand()
    {
        // Two classes on two pixels: K is 1 and e⁻¹ for the first, e⁻⁵ and 1 for the second.
        double a = Math.Exp(-1), b = Math.Exp(-5);
        double r0 = 0.5 / (1 + b), r1 = 0.5 / (a + 1), c0 = 0.5 / (r0 + a * r1), c1 = 0.5 / (b * r0 + r1);
        double[] expected = [r0 * c0, a * r1 * c0, b * r0 * c1, r1 * c1];
        double[] plan = new MapCompetition { Rounds = 1 }.Plan([1, 0.9f, 0.5f, 1], 2);
        Assert.Equal(expected, plan, (x, y) => Math.Abs(x - y) < 1e-6);
        Assert.Equal(0.5, plan[0] + plan[1], 1e-9);
        Assert.Equal(0.5, plan[2] + plan[3], 1e-9);
    }

    [Fact]
    public void The_plan_has_uniform_marginals_after_enough_rounds()
    {
        float[] maps = Values(3 * 20);
        double[] plan = new MapCompetition { Rounds = 5000, Tolerance = 0 }.Plan(maps, 3);
        for (int k = 0; k < 3; k++) Assert.Equal(1.0 / 3, plan.AsSpan(k * 20, 20).ToArray().Sum(), 1e-9);
        for (int i = 0; i < 20; i++) Assert.Equal(1.0 / 20, plan[i] + plan[20 + i] + plan[40 + i], 1e-6);
        // The form of the optimum: T is K up to factors of rows and columns, so that cross ratios are those of K.
        double K(int k, int i) => Math.Exp((maps[20 * k + i] - 1) / 0.1);
        Assert.Equal(K(0, 3) * K(1, 7) / (K(0, 7) * K(1, 3)), plan[3] * plan[27] / (plan[7] * plan[23]), 1e-6);
    }

    [Fact]
    public void The_tolerance_is_one_of_the_mean_which_maps_without_background_reach_in_the_second_round()
    {
        // The first class in .9…1, the second in .8….9: r is about one over the number of pixels, and changes by some per cent of that.
        float[] maps = [.. Values(2 * 400).Select((value, i) => (i < 400 ? 0.9f : 0.8f) + 0.1f * value)];
        double[] Rounds(int count) => new MapCompetition { Rounds = count, Tolerance = 0 }.Plan(maps, 2);
        Assert.Equal(Rounds(2), new MapCompetition().Plan(maps, 2));
        Assert.NotEqual(Rounds(2), Rounds(3));
    }

    [Fact]
    public void One_class_alone_is_unchanged()
    {
        var maps = new LocalizationMaps("a", 5, 4, [3], Values(20));
        using MapRefiner refiner = new MapCompetition().Open();
        Assert.Same(maps, refiner.Refine(Toys.Noise(5, 4), maps));
    }

    [Fact]
    public void Two_equal_maps_split_evenly_and_stay()
    {
        float[] map = Values(20);
        double[] plan = new MapCompetition().Plan([.. map, .. map], 2);
        Assert.All(plan, mass => Assert.Equal(1.0 / 40, mass, 1e-12));
        var maps = new LocalizationMaps("a", 5, 4, [0, 1], [.. map, .. map]);
        Assert.Equal(maps.Values, new MapCompetition().Compete(maps).Values);
    }

    [Fact]
    public void A_pixel_goes_to_whom_it_belongs_and_the_other_class_loses_it()
    {
        // The first class is strong everywhere, the second on the last pixel alone.
        var maps = new LocalizationMaps("a", 4, 1, [1, 2], [1, 0.9f, 0.8f, 0.8f, 0, 0, 0, 0.9f]);
        float[] found = new MapCompetition().Compete(maps).Values;
        Assert.True(found[3] < 0.2f, $"{found[3]} of the first class on the last pixel");
        Assert.Equal(0.9f, found[7], 1e-6f);
        Assert.True(found[0] > 0.95f, $"{found[0]} of the first class on its own");
        Assert.All(found.Zip(maps.Values), pair => Assert.True(pair.First <= pair.Second));
    }

    [Fact]
    public void Classes_may_change_places()
    {
        float[] a = Values(12), b = Values(12, seed: 2);
        float[] found = new MapCompetition().Compete(new("a", 4, 3, [0, 1], [.. a, .. b])).Values;
        float[] swapped = new MapCompetition().Compete(new("a", 4, 3, [0, 1], [.. b, .. a])).Values;
        Assert.Equal([.. found[12..], .. found[..12]], swapped, (x, y) => Math.Abs(x - y) < 1e-6);
    }

    [Fact]
    public void Empty_maps_stay_empty_and_values_stay_in_their_range()
    {
        float[] full = Values(20);
        float[] found = new MapCompetition().Compete(new("a", 5, 4, [0, 1], [.. new float[20], .. full])).Values;
        Assert.All(found[..20], value => Assert.Equal(0, value));
        Assert.All(found, value => Assert.InRange(value, 0, 1));
        Assert.All(new MapCompetition().Compete(new("a", 2, 1, [0, 1], new float[4])).Values, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Options_have_names_and_those_that_cannot_be_are_errors()
    {
        var own = Family.Parse<MapRefinement>("map-competition:epsilon=0.2,tolerance=0", "test");
        Assert.Equal(new MapCompetition { Epsilon = 0.2, Tolerance = 0 }, own);
        MapCompetition[] broken =
        [
            new() { Epsilon = 0 }, new() { Epsilon = double.NaN }, new() { Epsilon = 0.001 }, new() { Rounds = 0 },
            new() { Tolerance = -1 }, new() { Tolerance = double.NaN },
        ];
        Assert.All(broken, options => Assert.Throws<RecipeException>(() => options.Open()));
        Assert.Contains("found 0", Assert.Throws<RecipeException>(broken[0].Validate).Message);
    }

    private static float[] Values(int count, int seed = 1)
    {
        var random = SeededRandom.For(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble(0, 1))];
    }
}
