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
        Assert.Equal(0, Er(maps, maps, ones(2, 3)).item<float>());
        // The normalisation takes out the scale, but for its ε.
        Assert.Equal(0, Er(maps, maps * 4, ones(2, 3)).item<float>(), 1e-5);
        Assert.True(Er(maps, maps.flip(3), ones(2, 3)).item<float>() > 0.1);
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

    [Theory]
    [InlineData(48, 36)]
    [InlineData(48, 48)]
    [InlineData(45, 31)]
    public void Maps_of_one_field_have_no_loss_as_they_are_compared_at_the_same_points(int side, int smaller)
    {
        using var scope = NewDisposeScope();
        // A field over the image that is level up to pixel 16 and falls to 0 at pixel 40, read where the cells of a network of stride 8
        // lie.
        Tensor Field(CellAxis axis, long count) =>
            ((40 - (arange(count, float32) * (float)axis.Stride + (float)axis.Offset)) / 24).clamp(0, 1);
        Tensor Maps(CellGeometry cells, long count) =>
            (Field(cells.Columns, count) * Field(cells.Rows, count).unsqueeze(1)).reshape(1, 1, count, count);
        CellGeometry cells = CellGeometry.Strided(8),
            smallerCells = cells.Resized((smaller, smaller), (side, side));
        long count = (side + 7) / 8,
            smallerCount = (smaller + 7) / 8;
        Tensor full = Maps(cells, count),
            small = Maps(smallerCells, smallerCount);
        Assert.Equal(0, Equivariance.ErLoss(full, cells, small, smallerCells, ones(1, 1)).item<float>(), 1e-5);
        // Sizes alone would have been wrong, but where the two are the same size.
        if (side != smaller)
            Assert.True(Er(full, small, ones(1, 1)).item<float>() > 0.005);
    }

    [Fact]
    public void A_case_of_2_by_2_by_hand()
    {
        using var scope = NewDisposeScope();
        // Class 0: ReLU and maximum give (1, 0, .5, .25); the smaller map is one pixel of the mean, .4375, against 1.
        // Class 1 has no evidence on either side. The mean goes over both classes.
        Tensor maps = tensor(new float[] { 4, -3, 2, 1, -1, -2, -3, -4 }, [1, 2, 2, 2]);
        Tensor smaller = tensor(new float[] { 8, -1 }, [1, 2, 1, 1]);
        Assert.Equal((1 - 0.4375) / 2, Er(maps, smaller, ones(1, 2)).item<float>(), 1e-5);

        // Equal sizes: |(1, 0, .5, .25) − (0, 1, .5, .5)| = (1, 1, 0, .25).
        Tensor other = tensor(new float[] { -5, 6, 3, 3 }, [1, 1, 2, 2]);
        Assert.Equal(2.25 / 4, Er(maps[.., ..1], other, ones(1, 1)).item<float>(), 1e-5);
    }

    [Fact]
    public void Absent_classes_do_not_count()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor maps = randn(2, 2, 4, 4), other = randn(2, 2, 4, 4);
        Tensor labels = tensor(new float[] { 1, 0, 0, 0 }, [2, 2]);
        float only = Er(maps[..1, ..1], other[..1, ..1], ones(1, 1)).item<float>();
        Assert.Equal(only / 4, Er(maps, other, labels).item<float>(), 1e-6);
        Assert.Equal(0, Er(maps, other, zeros(2, 2)).item<float>());
    }

    [Fact]
    public void The_gradient_is_that_of_finite_differences_on_both_sides()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        Tensor maps = randn(1, 2, 6, 6, float64), smaller = randn(1, 2, 2, 3, float64);
        Tensor labels = tensor(new double[] { 1, 0.5 }, [1, 2]);
        Toys.CheckGradient(x => Er(x, smaller, labels), maps);
        Toys.CheckGradient(x => Er(maps, x, labels), smaller);
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
        Tensor loss = Term(new Equivariance(), "ER", context);
        Assert.Empty(loss.shape);
        loss.backward();
        Assert.True(((GapHead)network.Head).Weight.grad!.abs().sum().item<float>() > 1e-3);
    }

    [Fact]
    public void The_scaled_image_leaves_the_batch_statistics_alone()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Classifier network = Toys.Recipe.CreateClassifier(["a", "b"]);
        network.train();
        var batch = Toys.Batch(randn(2, 3, 32, 32), ones(2, 2));
        var context = new LossContext(network, batch, network.call(batch.Images, batch.Labels), Toys.Step());
        float[] before = Statistics();
        new Equivariance().Loss(context);
        Assert.Equal(before, Statistics());
        Assert.True(network.training);
        network.call(batch.Images, batch.Labels);
        Assert.NotEqual(before, Statistics());

        float[] Statistics() =>
            [.. network.named_buffers().Where(buffer => buffer.name.Contains("running")).SelectMany(buffer => Toys.Values(buffer.buffer))];
    }

    [Fact]
    public void The_ECR_loss_of_a_case_by_hand()
    {
        using var scope = NewDisposeScope();
        // One row of five places, two classes, the second absent: its map does not count, but what PCM gives it is no background.
        Tensor maps = tensor(new float[] { 2, 1, 0, -1, 2, 9, 0, 0, 9, 0 }, [1, 2, 1, 5]);             // (1, .5, 0, 0, 1)
        Tensor smaller = tensor(new float[] { 4, 0, 2, 0, -3, 0, 9, 9, 9, 0 }, [1, 2, 1, 5]);          // (1, 0, .5, 0, 0)
        Tensor refined = tensor(new float[] { 0.8f, 0.4f, 0, 0.2f, 0.4f, 0, 0.2f, 0, 0.1f, 0 }, [1, 2, 1, 5]);
        Tensor smallerRefined = tensor(new float[] { 0.5f, 0.1f, 0.3f, 0.1f, 0.1f, 0, 0, 0, 0, 0 }, [1, 2, 1, 5]);
        // Stretched: class (1, .5, 0, .25, .5), background from (.2, .4, 1, .7, .6) to (0, .25, 1, .625, .5); the smaller
        // branch's are (1, 0, .5, 0, 0) and (0, 1, .5, 1, 1). The largest three of 15 differences, to the other branch's map:
        double expected = (0.75 + 0.5 + 0.5) / 3 + (1 + 1 + 0.5) / 3;
        Tensor labels = tensor(new float[] { 1, 0 }, [1, 2]);
        Assert.Equal(expected, Ecr(maps, refined, smaller, smallerRefined, labels).item<float>(), 1e-4);
    }

    [Fact]
    public void The_ECR_loss_is_the_mean_of_the_hardest_fifth()
    {
        using var scope = NewDisposeScope();
        // Twenty differences: of the class and of the background alike, 1 at the second place, .6 at the third, 0 at seven others.
        Tensor maps = zeros(1, 1, 1, 10), refined = zeros(1, 1, 1, 10);
        Toys.Set(maps, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        Toys.Set(refined, 1, 1, 0.6f, 0, 0, 0, 0, 0, 0, 0);
        Assert.Equal((1 + 1 + 0.6 + 0.6) / 4, Ecr(maps, refined, maps, maps, ones(1, 1)).item<float>(), 1e-4);
    }

    [Fact]
    public void Maps_that_PCM_leaves_alone_and_that_agree_have_no_ECR_loss()
    {
        using var scope = NewDisposeScope();
        // Each place belongs to one class or none, so that keeping the strongest changes nothing.
        Tensor maps = tensor(new float[] { 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0 }, [1, 2, 2, 3]);
        Tensor raw = where(maps > 0, maps * 3, full_like(maps, -1));
        Assert.Equal(0, Ecr(raw, maps, raw, maps, ones(1, 2)).item<float>(), 1e-4);
        Assert.True(Ecr(raw, maps.flip(3), raw, maps, ones(1, 2)).item<float>() > 0.5);
    }

    [Fact]
    public void The_ECR_gradient_is_that_of_finite_differences_on_both_sides_and_maps_have_none()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        Tensor maps = randn(2, 2, 6, 6, float64), smaller = randn(2, 2, 2, 3, float64);
        Tensor refined = rand(2, 2, 6, 6, float64), smallerRefined = rand(2, 2, 2, 3, float64);
        Tensor labels = tensor(new double[] { 1, 0.5, 1, 0 }, [2, 2]);
        Toys.CheckGradient(x => Ecr(maps, x, smaller, smallerRefined, labels), refined);
        Toys.CheckGradient(x => Ecr(maps, refined, smaller, x, labels), smallerRefined);
        maps.requires_grad_();
        refined.requires_grad_();
        Ecr(maps, refined, smaller, smallerRefined, labels).backward();
        Assert.Null(maps.grad);
    }

    [Fact]
    public void A_network_without_PCM_is_refused_where_ECR_is_asked_for()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Toys.Pointwise([1, -1, 0.5f], 0);
        Batch(network, randn(2, 3, 8, 8), out LossContext context);
        string message = Assert.Throws<RecipeException>(() => new Equivariance { EcrWeight = 1 }.Loss(context)).Message;
        Assert.Contains("pixel correlation", message);
    }

    // Both grids divide the image evenly, such as pixels of it in two sizes.
    private static Tensor Er(Tensor maps, Tensor smaller, Tensor labels) =>
        Equivariance.ErLoss(maps, CellGeometry.Pixels, smaller, Even(smaller, maps), labels);

    private static Tensor Ecr(Tensor maps, Tensor refined, Tensor smaller, Tensor smallerRefined, Tensor labels) =>
        Equivariance.EcrLoss(maps, refined, CellGeometry.Pixels, smaller, smallerRefined, Even(smaller, maps), labels);

    private static CellGeometry Even(Tensor grid, Tensor image) =>
        CellGeometry.Even(grid.shape[2], grid.shape[3], image.shape[2], image.shape[3]);

    private static Tensor Term(Equivariance equivariance, string name, LossContext context) =>
        equivariance.Losses(context).Single(term => term.Name == name).Loss;

    private static void Batch(Classifier network, Tensor images, out LossContext context)
    {
        var batch = Toys.Batch(images, ones(images.shape[0], network.ClassNames.Count));
        context = new LossContext(network, batch, network.call(images, batch.Labels), Toys.Step());
    }

    private static double Loss(Equivariance equivariance, Classifier network, Tensor images, Tensor labels, int step = 0)
    {
        var batch = Toys.Batch(images, labels);
        return Term(equivariance, "ER", new LossContext(network, batch, network.call(images, labels), Toys.Step(step))).item<float>();
    }
}
