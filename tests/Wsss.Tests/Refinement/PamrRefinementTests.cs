using Wsss.Data;
using Wsss.Refinement;
using static TorchSharp.torch;

namespace Wsss.Tests.Refinement;

public sealed class PamrRefinementTests
{
    [Fact]
    public void Maps_are_refined_and_reach_1_again()
    {
        var maps = new LocalizationMaps("a", 8, 6, [0, 4], [.. Enumerable.Range(0, 96).Select(i => i % 7 / 6f)]);
        using MapRefiner refiner = new PamrRefinement { Pamr = new Pamr { Iterations = 2, Dilations = [1, 2] } }.Open(CPU);
        long before = Toys.LiveTensors;
        LocalizationMaps refined = refiner.Refine(Toys.Noise(8, 6), maps);
        Assert.Equal(before, Toys.LiveTensors);
        Assert.Equal([0, 4], refined.Classes);
        Assert.Equal(1, refined.Map(0).ToArray().Max());
        Assert.Equal(1, refined.Map(1).ToArray().Max());
        Assert.NotEqual(maps.Values, refined.Values);
    }

    [Fact]
    public void Wrong_sizes_are_an_error_and_no_class_is_none()
    {
        using MapRefiner refiner = new PamrRefinement().Open(CPU);
        Assert.Contains(
            "'a'",
            Assert
                .Throws<ArgumentException>(() => refiner.Refine(Toys.Noise(5, 6), new LocalizationMaps("a", 6, 5, [2], new float[30])))
                .Message
        );
        var empty = new LocalizationMaps("a", 6, 5, [], []);
        Assert.Same(empty, refiner.Refine(Toys.Noise(6, 5), empty));
    }
}
