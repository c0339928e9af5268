using Wsss.Data;
using Wsss.Expansion;
using Wsss.Models;
using Wsss.Regions;
using Wsss.Registry;
using Wsss.Sharpening;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Sharpening;

public sealed class RegionContrastTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_by_two_pixels_by_hand()
    {
        using var scope = NewDisposeScope();
        // Features (3, 4) and (4, 3) of region 0, (0, 2) of region 1; the fourth pixel has no region.
        Tensor features = tensor(new float[] { 3, 4, 0, 9, 4, 3, 2, 9 }, [1, 2, 2, 2]);
        Tensor regions = tensor(new long[] { 0, 0, 1, 255 }, [1, 2, 2]);
        // Prototypes (1, 1)/√2 and (0, 1). Cosines: .99 and .8; .99 and .6; .7071 and 1.
        double own = 1.4 / Math.Sqrt(2), half = Math.Sqrt(0.5);
        foreach (double t in new[] { 1, 0.1 })
        {
            double Cross(double right, double wrong) => Math.Log(1 + Math.Exp((wrong - right) / t));
            double expected = (Cross(own, 0.8) + Cross(own, 0.6) + Cross(1, half)) / 3;
            Assert.Equal(expected, Loss(features, regions, t).item<float>(), 1e-5);
        }
    }

    [Fact]
    public void One_region_has_no_loss_and_neither_has_none()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor features = randn(2, 3, 4, 4);
        Assert.Equal(0, Loss(features, zeros([2, 4, 4], int64), 0.1).item<float>(), 1e-6);
        Assert.Equal(0, Loss(features, full([2, 4, 4], 7, int64), 0.1).item<float>(), 1e-6);
        Assert.Equal(0, Loss(features, full([2, 4, 4], 255, int64), 0.1).item<float>(), 1e-6);
    }

    [Fact]
    public void Numbers_mean_nothing_and_images_are_told_apart()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        Tensor features = randn(2, 3, 4, 4), regions = randint(0, 3, [2, 4, 4], int64);
        float loss = Loss(features, regions, 0.5).item<float>();
        Assert.Equal(loss, Loss(features, regions * 40 + 5, 0.5).item<float>(), 1e-5f);
        // Images of as many pixels: the mean of each one's own.
        float first = Loss(features[..1], regions[..1], 0.5).item<float>(), second = Loss(features[1..], regions[1..], 0.5).item<float>();
        Assert.Equal((first + second) / 2, loss, 1e-5f);
        // One without regions beside it changes nothing.
        Tensor[] both = [regions[..1], full_like(regions[..1], 255)];
        Assert.Equal(first, Loss(features, cat(both), 0.5).item<float>(), 1e-5f);
    }

    [Fact]
    public void The_length_of_features_does_not_count()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        Tensor features = randn(1, 3, 4, 4), regions = randint(0, 3, [1, 4, 4], int64);
        float loss = Loss(features, regions, 0.5).item<float>();
        Assert.Equal(loss, Loss(features * (rand(1, 1, 4, 4) + 0.5), regions, 0.5).item<float>(), 1e-5f);
        Assert.True(loss > 0.1);
    }

    [Fact]
    public void Features_are_read_where_the_pixels_lie_that_are_looked_at()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(4);
        // Cells of stride 4 lie at every fourth pixel: nothing is between them.
        Tensor features = randn(1, 3, 3, 3), fine = randint(0, 3, [1, 3, 3], int64), regions = full([1, 12, 12], 255, int64);
        regions[.., TensorIndex.Slice(step: 4), TensorIndex.Slice(step: 4)] = fine;
        float expected = Loss(features, fine, 0.5).item<float>();
        Assert.Equal(expected, RegionContrast.ContrastLoss(features, CellGeometry.Strided(4), regions, 0.5, 4).item<float>(), 1e-5f);
    }

    [Fact]
    public void The_gradient_is_that_of_finite_differences_with_prototypes_held()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        Tensor features = randn(2, 3, 3, 3, float64), regions = randint(0, 3, [2, 3, 3], int64);
        regions[0, 1, 1] = 255;
        // What the loss would be with prototypes that do not move: scores against those of the point itself.
        Tensor f = features.flatten(2);
        f = f / f.square().sum(1, keepdim: true).sqrt();
        Tensor r = regions.flatten(1), members = stack([r.eq(0), r.eq(1), r.eq(2)], 1).to(float64);
        Tensor prototypes = members.matmul(f.transpose(1, 2));
        prototypes = prototypes / prototypes.square().sum(2, keepdim: true).sqrt();
        Tensor Held(Tensor x)
        {
            Tensor y = x.flatten(2);
            y = y / y.square().sum(1, keepdim: true).sqrt();
            return nn.functional.cross_entropy(prototypes.matmul(y) / 0.3, r, ignore_index: 255);
        }
        Assert.Equal(Held(features).item<double>(), Loss(features, regions, 0.3).item<double>(), 1e-12);
        Toys.CheckGradient(Held, features);
        Tensor a = features.clone().requires_grad_(), b = features.clone().requires_grad_();
        Held(a).backward();
        Loss(b, regions, 0.3).backward();
        Assert.True(allclose(a.grad!, b.grad!, 1e-10, 1e-12));
    }

    [Fact]
    public void Missing_regions_are_named()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Toys.Pointwise([1, -1, 0.5f], 0);
        Batch batch = Toys.Batch(randn(2, 3, 8, 8), ones(2, 1));
        var context = new LossContext(network, batch, network.call(batch.Images, null), Toys.Step());
        Assert.Contains("regions", Assert.Throws<RecipeException>(() => new RegionContrast().Loss(context)).Message);
    }

    [Fact]
    public void The_weight_counts_and_the_backbone_learns()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(6);
        using Classifier network = Toys.Recipe.CreateClassifier(["a", "b"]);
        Tensor regions = cat([zeros([2, 32, 16], int64), ones([2, 32, 16], int64)], 2);
        var planes = new Dictionary<string, Tensor> { ["regions"] = regions };
        Batch batch = Toys.Batch(randn(2, 3, 32, 32), ones(2, 2)) with { Planes = planes };
        var context = new LossContext(network, batch, network.call(batch.Images, batch.Labels), Toys.Step());
        float loss = new RegionContrast().Loss(context).item<float>();
        Tensor weighted = new RegionContrast { Weight = 3 }.Loss(context);
        Assert.True(loss > 0);
        Assert.Equal(3 * loss, weighted.item<float>(), 1e-5f);
        weighted.backward();
        Assert.Contains(network.Backbone.parameters(), p => p.grad!.abs().sum().item<float>() > 0);
    }

    [Fact]
    public void Training_brings_the_loss_down()
    {
        DataSplits data = Toys.BlobSplits(16);
        Recipe recipe = Toys.Recipe.With(new RegionContrast { Temperature = 0.1, Regions = new Slic { Counts = [6] } }) with { Epochs = 6 };
        using TrainedClassifier trained = ClassifierTrainer.Train(recipe, data, Toys.Run(_folder));
        double[] losses = [.. trained.History.Epochs.Select(epoch => epoch.Losses["RegionContrast: contrast"])];
        Assert.True(losses[^1] < 0.8 * losses[0], string.Join(", ", losses));
    }

    [Fact]
    public void It_trains_with_other_techniques_in_any_order_and_no_tensor_survives()
    {
        DataSplits data = Toys.BlobSplits(8);
        Technique[] techniques =
        [
            new RegionContrast(), new SaliencyFusion { Saliency = Toys.WriteSaliency(data.Train, _folder) },
            new MultiDilation { Rates = [1, 2] }, new RandomErasing { CellSizes = [8] },
        ];
        long before = Toys.LiveTensors;
        foreach (Technique[] order in new[] { techniques, [.. techniques.Reverse()] })
        {
            using TrainedClassifier trained = ClassifierTrainer.Train(
                Toys.Recipe with { Techniques = order, Epochs = 1 }, data, Toys.Run(_folder));
            Assert.True(trained.History.Epochs[0].Losses["RegionContrast: contrast"] > 0.001);
        }
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Of_mixed_images_each_ones_regions_count_by_its_share()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(7);
        using Classifier network = Toys.Recipe.CreateClassifier(["a", "b"]);
        Tensor halves = cat([zeros([2, 32, 16], int64), ones([2, 32, 16], int64)], 2);
        var planes = new Dictionary<string, Tensor> { ["regions"] = halves };
        var others = new Dictionary<string, Tensor> { ["regions"] = halves.transpose(1, 2) };
        Batch batch = Toys.Batch(randn(2, 3, 32, 32), ones(2, 2)) with { Planes = planes };
        ClassifierOutput output = network.call(batch.Images, batch.Labels);
        float Loss(Batch of) => new RegionContrast().Loss(new LossContext(network, of, output, Toys.Step())).item<float>();
        float own = Loss(batch), other = Loss(batch with { Planes = others });
        Assert.NotEqual(own, other, 1e-4f);
        Assert.Equal(0.7f * own + 0.3f * other, Loss(batch with { MixedIn = others, OwnShare = 0.7 }), 1e-5f);
    }

    [Theory]
    [InlineData(MixKind.Mixup)]
    [InlineData(MixKind.CutMix)]
    public void It_trains_on_mixed_images_in_any_order_and_no_tensor_survives(MixKind kind)
    {
        DataSplits data = Toys.BlobSplits(8);
        Technique[] techniques = [new RegionContrast(), new Mixup { Kind = kind, Alpha = 1 }];
        foreach (Technique[] order in new[] { techniques, [.. techniques.Reverse()] })
        {
            using TrainedClassifier trained = ClassifierTrainer.Train(
                Toys.Recipe with { Techniques = order, Epochs = 1 }, data, Toys.Run(_folder));
            double loss = trained.History.Epochs[0].Losses["RegionContrast: contrast"];
            Assert.True(loss > 0.001 && double.IsFinite(loss));
        }
    }

    [Fact]
    public void Options_come_back_from_JSON_and_outside_their_range_are_refused()
    {
        var own = Family.Parse<Technique>("RegionContrast:regions={felzenszwalb: {scales: [30]}},temperature=0.2", "test");
        string written = WsssJson.Write(own);
        Assert.Equal(written, WsssJson.Write(WsssJson.Read<Technique>(written, "test")));
        Assert.Equal([30], ((Felzenszwalb)((RegionContrast)own).Regions).Scales);
        Assert.Equal(0.2, ((RegionContrast)own).Temperature);
        RegionContrast[] wrong =
        [
            new() { Temperature = 0 }, new() { Temperature = double.NaN }, new() { Weight = -1 },
            new() { Regions = new Slic { Counts = [] } },
        ];
        Assert.All(wrong, options => Assert.Throws<RecipeException>(options.Validate));
        new RegionContrast().Validate();
        // A network that was trained with a folder's regions is loaded where the folder is not.
        new RegionContrast { Regions = new RegionFolder { Path = "nowhere" } }.Validate();
    }

    // At all pixels, which are the cells.
    private static Tensor Loss(Tensor features, Tensor regions, double temperature) =>
        RegionContrast.ContrastLoss(features, CellGeometry.Pixels, regions, temperature);
}
