using Wsss.Models;
using Wsss.Sharpening;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Sharpening;

public sealed class EquivarianceTests
{
    [Fact]
    public void Equal_maps_have_no_loss()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor maps = randn(2, 3, 5, 4);
        Assert.Equal(0, Equivariance.ErLoss(maps, maps, ones(2, 3)).item<float>());
        // The normalisation takes out the scale, but for its ε.
        Assert.Equal(0, Equivariance.ErLoss(maps, maps * 4, ones(2, 3)).item<float>(), 1e-5);
        Assert.True(Equivariance.ErLoss(maps, maps.flip(3), ones(2, 3)).item<float>() > 0.1);
    }

    [Fact]
    public void An_equivariant_network_has_no_loss_and_another_one_has()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Classifier network = Toys.Pointwise([1, -1, 0.5f, -2, 0, 1], 0.1f, 0.2f);
        var half = new Equivariance { Scale = 0.5 };
        // Blocks of 2×2 pixels: halving takes one pixel of each, exactly.
        Tensor blocks = randn(2, 3, 4, 6).repeat_interleave(2, 2).repeat_interleave(2, 3);
        Assert.Equal(0, Loss(half, network, blocks, ones(2, 2)), 1e-6);
        // Without blocks, ReLU and averaging do not commute.
        Assert.True(Loss(half, network, randn(2, 3, 8, 12), ones(2, 2)) > 0.01);
    }

    [Fact]
    public void A_case_of_2_by_2_by_hand()
    {
        using var scope = NewDisposeScope();
        // Class 0: ReLU and maximum give (1, 0, .5, .25); the smaller map is one pixel of the mean, .4375, against 1.
        // Class 1 has no evidence on either side. The mean goes over both classes.
        Tensor maps = tensor(new float[] { 4, -3, 2, 1, -1, -2, -3, -4 }, [1, 2, 2, 2]);
        Tensor smaller = tensor(new float[] { 8, -1 }, [1, 2, 1, 1]);
        Assert.Equal((1 - 0.4375) / 2, Equivariance.ErLoss(maps, smaller, ones(1, 2)).item<float>(), 1e-5);

        // Equal sizes: |(1, 0, .5, .25) − (0, 1, .5, .5)| = (1, 1, 0, .25).
        Tensor other = tensor(new float[] { -5, 6, 3, 3 }, [1, 1, 2, 2]);
        Assert.Equal(2.25 / 4, Equivariance.ErLoss(maps[.., ..1], other, ones(1, 1)).item<float>(), 1e-5);
    }

    [Fact]
    public void Absent_classes_do_not_count()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor maps = randn(2, 2, 4, 4), other = randn(2, 2, 4, 4);
        Tensor labels = tensor(new float[] { 1, 0, 0, 0 }, [2, 2]);
        float only = Equivariance.ErLoss(maps[..1, ..1], other[..1, ..1], ones(1, 1)).item<float>();
        Assert.Equal(only / 4, Equivariance.ErLoss(maps, other, labels).item<float>(), 1e-6);
        Assert.Equal(0, Equivariance.ErLoss(maps, other, zeros(2, 2)).item<float>());
    }

    [Fact]
    public void The_gradient_is_that_of_finite_differences_on_both_sides()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        Tensor maps = randn(1, 2, 6, 6, float64), smaller = randn(1, 2, 2, 3, float64);
        Tensor labels = tensor(new double[] { 1, 0.5 }, [1, 2]);
        Toys.CheckGradient(x => Equivariance.ErLoss(x, smaller, labels), maps);
        Toys.CheckGradient(x => Equivariance.ErLoss(maps, x, labels), smaller);
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0.5, 0, 0)]
    [InlineData(0.5, 1, 0.2)]
    [InlineData(0.5, 5, 1)]
    [InlineData(0.5, 9, 1)]
    public void The_weight_rises_over_the_ramp(double ramp, int step, double factor)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Classifier network = Toys.Pointwise([1, -1, 0.5f], 0);
        Tensor images = randn(2, 3, 8, 8), labels = ones(2, 1);
        double full = Loss(new Equivariance(), network, images, labels);
        Assert.True(full > 0.01);
        Assert.Equal(3 * factor * full, Loss(new Equivariance { Weight = 3, Ramp = ramp }, network, images, labels, step), 1e-5);
    }

    [Theory]
    [InlineData(0.3, 20, 30, 6, 9)]
    [InlineData(0.5, 5, 1, 2, 1)]
    public void The_second_branch_sees_the_scaled_image(double scale, int height, int width, int smallHeight, int smallWidth)
    {
        using var scope = NewDisposeScope();
        using Classifier network = Toys.Pointwise([1, 1, 1], 0);
        Loss(new Equivariance { Scale = scale }, network, randn(2, 3, height, width), ones(2, 1));
        Assert.Equal([(2, height, width), (2, smallHeight, smallWidth)], ((PointwiseBackbone)network.Backbone).Seen);
    }

    [Fact]
    public void Both_branches_teach_the_network()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Classifier network = Toys.Pointwise([1, -1, 0.5f], 0);
        Batch(network, randn(2, 3, 8, 8), out LossContext context);
        Tensor loss = new Equivariance().Loss(context);
        Assert.Empty(loss.shape);
        loss.backward();
        Assert.True(((GapHead)network.Head).Weight.grad!.abs().sum().item<float>() > 1e-3);
    }

    private static void Batch(Classifier network, Tensor images, out LossContext context)
    {
        var batch = Toys.Batch(images, ones(images.shape[0], network.ClassNames.Count));
        context = new LossContext(network, batch, network.call(images, batch.Labels), Toys.Step());
    }

    private static double Loss(Equivariance equivariance, Classifier network, Tensor images, Tensor labels, int step = 0)
    {
        var batch = Toys.Batch(images, labels);
        return equivariance.Loss(new LossContext(network, batch, network.call(images, labels), Toys.Step(step))).item<float>();
    }
}
