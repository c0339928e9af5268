using Wsss.Refinement;
using static TorchSharp.torch;

namespace Wsss.Tests.Refinement;

public sealed class AffinityLossTests
{
    private static readonly IReadOnlyList<PairPath> Neighbours = PairPaths.Within(2);

    [Theory]
    [InlineData(1, 1, 0.125)]  // ½ · ½ · −log(1 − ½) within an object …
    [InlineData(0, 0, 0.125)]  // … and within the background
    [InlineData(0, 1, 0.25)]   // ½ · −log(½) between different labels
    [InlineData(2, 1, 0.25)]
    [InlineData(255, 1, 0)]
    [InlineData(255, 255, 0)]
    public void One_pair_by_hand(long left, long right, double share)
    {
        using var scope = NewDisposeScope();
        // Two neighbours; the higher of both boundaries, ½, is what lies between them. −log₂(½) = 1.
        Tensor loss = AffinityLoss.Of(tensor(new[] { 0.2, 0.5 }, [1, 1, 1, 2]), tensor(new[] { left, right }, [1, 1, 2]), Neighbours);
        Assert.Equal(share * 2 * Math.Log(2), loss.item<double>(), 1e-4);
    }

    [Fact]
    public void A_boundary_between_the_labels_and_none_elsewhere_costs_nothing()
    {
        using var scope = NewDisposeScope();
        Tensor seeds = tensor(new long[] { 0, 0, 255, 1, 1 }, [1, 1, 5]);
        Tensor right = tensor(new float[] { 0, 0, 1, 0, 0 }, [1, 1, 1, 5]), wrong = tensor(new float[] { 0, 1, 0, 0, 0 }, [1, 1, 1, 5]);
        IReadOnlyList<PairPath> pairs = PairPaths.Within(5);
        Assert.Equal(0, AffinityLoss.Of(right, seeds, pairs).item<float>(), 1e-4f);
        Assert.True(AffinityLoss.Of(wrong, seeds, pairs).item<float>() > 1);
    }

    [Fact]
    public void Each_kind_of_pair_counts_as_a_mean_of_its_own()
    {
        using var scope = NewDisposeScope();
        // Rows of one image each: the second image repeats the background pair only, and changes nothing.
        Tensor Boundary(int n) => full([n, 1, 1, 4], 0.3, dtype: float64);
        Tensor one = tensor(new long[] { 0, 0, 1, 1 }, [1, 1, 4]),
            two = tensor(new long[] { 0, 0, 1, 1, 0, 0, 255, 255 }, [2, 1, 4]);
        Assert.Equal(
            AffinityLoss.Of(Boundary(1), one, Neighbours).item<double>(),
            AffinityLoss.Of(Boundary(2), two, Neighbours).item<double>(),
            1e-4
        );
    }

    [Fact]
    public void A_grid_without_pairs_costs_nothing_and_has_a_gradient()
    {
        using var scope = NewDisposeScope();
        Tensor boundary = full([1, 1, 1, 1], 0.5f).requires_grad_();
        AffinityLoss.Of(boundary, ones(1, 1, 1, dtype: int64), Neighbours).backward();
        Assert.Equal(0, boundary.grad!.item<float>());
    }

    [Fact]
    public void The_gradient_is_that_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor seeds = tensor(new long[] { 0, 0, 1, 2, 255, 1, 1, 1, 0, 0, 0, 2 }, [1, 3, 4]);
        Toys.CheckGradient(x => AffinityLoss.Of(x, seeds, PairPaths.Within(3)), rand(1, 1, 3, 4, dtype: float64) * 0.8 + 0.1);
    }

    [Fact]
    public void Other_shapes_are_an_error()
    {
        using Tensor boundary = zeros(1, 1, 3, 2), seeds = zeros(1, 2, 3, dtype: int64);
        Assert.Contains("found [1, 2, 3] for [1, 1, 3, 2]", Assert.Throws<ArgumentException>(
            () => AffinityLoss.Of(boundary, seeds, Neighbours)).Message);
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        using Tensor boundary = rand(2, 1, 6, 6), seeds = randint(0, 3, [2, 6, 6], int64);
        long before = Toys.LiveTensors;
        AffinityLoss.Of(boundary, seeds, PairPaths.Within(4)).Dispose();
        Assert.Equal(before, Toys.LiveTensors);
    }
}
