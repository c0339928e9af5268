using Wsss.Crf;
using Wsss.Data;
using Wsss.Models;
using Wsss.Refinement;
using Wsss.Sharpening;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Sharpening;

public sealed class BoundaryLossTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Two classes and the background on 2×2 places.
    private static readonly float[] P0 = [0.7f, 0.2f, 0.1f, 0.4f], P1 = [0.1f, 0.2f, 0.1f, 0.2f], Rest = [0.2f, 0.6f, 0.8f, 0.4f];

    // The decay that gives weights 1, ½, ¼, … on four places.
    private static readonly double Halving = Math.Pow(0.5, 4 / 1681.0);

    [Fact]
    public void The_seed_term_of_a_case_by_hand()
    {
        using var scope = NewDisposeScope();
        Tensor p = tensor([.. P0, .. P1, .. Rest], [1, 3, 2, 2]);
        Tensor cues = tensor(new float[] { 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0 }, [1, 3, 2, 2]).to(@bool);
        double expected = -(Math.Log(0.7) + Math.Log(0.4) + Math.Log(0.2)) / 3 - Math.Log(0.8);
        Assert.Equal(expected, BoundaryLoss.SeedLoss(p, cues).item<float>(), 1e-5);
        // An image without cues has no loss, and p does not matter there.
        Tensor two = BoundaryLoss.SeedLoss(cat([p, zeros_like(p)]), cat([cues, zeros_like(cues)]));
        Assert.Equal(expected / 2, two.item<float>(), 1e-5);
    }

    [Fact]
    public void Cues_of_a_case_by_hand()
    {
        using var scope = NewDisposeScope();
        // Three classes on 1×5 places, the third absent. Over their maxima: (1, .25, .1, 0, .4), (0, .5, .2, .1, 1).
        Tensor maps = tensor(new float[] { 8, 2, 0.8f, -3, 3.2f, -1, 1, 0.4f, 0.2f, 2, 9, 9, 9, 9, 9 }, [1, 3, 1, 5]);
        Tensor labels = tensor(new float[] { 1, 0.3f, 0 }, [1, 3]);
        int[] Of(double foreground, double background)
        {
            Tensor cues = BoundaryLoss.Cues(maps, labels, foreground, background);
            Assert.Equal(@bool, cues.dtype);
            return
            [
                .. Enumerable.Range(0, 5).Select(i => Enumerable.Range(0, 4).Where(c => cues[0, c, 0, i].item<bool>()).SingleOrDefault(-1)),
            ];
        }
        Assert.Equal([0, 1, -1, 3, 1], Of(0.3, 0.15));
        Assert.Equal([0, 1, 1, -1, 1], Of(0.15, 0.05));
        Assert.Equal([0, -1, 3, 3, 1], Of(1, 0.25));
        Assert.Equal([0, -1, -1, -1, 1], Of(1, 0));
    }

    [Fact]
    public void There_are_no_background_cues_while_a_present_class_is_nowhere()
    {
        using var scope = NewDisposeScope();
        Tensor maps = tensor(new float[] { 1, 0, -1, -1 }, [1, 2, 1, 2]);
        Assert.Equal([1f, 0, 0, 0, 0, 0], Cues(ones(1, 2)));
        Assert.Equal([1f, 0, 0, 0, 0, 1], Cues(tensor(new float[] { 1, 0 }, [1, 2])));
        Assert.Equal([0f, 0, 0, 0, 1, 1], Cues(zeros(1, 2)));
        float[] Cues(Tensor labels) => Toys.Values(BoundaryLoss.Cues(maps, labels, 0.2, 0.1).to(float32));
    }

    [Fact]
    public void Rank_pooling_is_the_maximum_the_mean_and_between_them_a_sum_by_hand()
    {
        using var scope = NewDisposeScope();
        Tensor maps = tensor([.. P0, .. P1], [1, 2, 2, 2]);
        Assert.Equal([(0.7f + 0.2f + 0.05f + 0.0125f) / 1.875f, (0.2f + 0.1f + 0.025f + 0.0125f) / 1.875f], Pool(maps, Halving), Close);
        Assert.Equal([0.7f, 0.2f], Pool(maps, 0), Close);
        Assert.Equal([0.35f, 0.15f], Pool(maps, 1), Close);
    }

    [Fact]
    public void Rank_pooling_of_the_papers_grid_has_the_papers_weights_and_other_grids_count_the_same_share()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor map = rand(1, 1, 41, 41);
        double[] ranked = [.. Toys.Values(map).Select(v => (double)v).OrderDescending()];
        double[] weights = [.. ranked.Select((_, j) => Math.Pow(0.996, j))];
        Assert.Equal(ranked.Zip(weights, (v, w) => v * w).Sum() / weights.Sum(), Pool(map, 0.996)[0], 1e-5);
        // A map of 1 over a third of the image.
        float third = Pool(cat([ones(1, 1, 10, 41), zeros(1, 1, 20, 41)], 2), 0.996)[0];
        Assert.Equal(third, Pool(cat([ones(1, 1, 4, 12), zeros(1, 1, 8, 12)], 2), 0.996)[0], 0.002);
        Assert.InRange(third, 0.85, 0.95);
    }

    [Fact]
    public void The_expand_term_of_a_case_by_hand()
    {
        using var scope = NewDisposeScope();
        Tensor p = tensor([.. P0, .. P1, .. Rest], [1, 3, 2, 2]);
        double g0 = 0.9625 / 1.875,
            g1 = 0.3375 / 1.875;
        Assert.Equal(-Math.Log(g0) - Math.Log(1 - 0.2) - Math.Log(0.5), Loss(1, 0), 1e-5);
        Assert.Equal(-(Math.Log(g0) + Math.Log(g1)) / 2 - Math.Log(0.5), Loss(1, 1), 1e-5);
        Assert.Equal(-(Math.Log(1 - 0.7) + Math.Log(1 - 0.2)) / 2 - Math.Log(0.5), Loss(0, 0), 1e-5);
        double Loss(float first, float second) =>
            BoundaryLoss.ExpandLoss(p, tensor(new[] { first, second }, [1, 2]), Halving, 1).item<float>();
    }

    [Fact]
    public void The_constrain_term_of_a_case_by_hand_and_none_where_p_is_Q()
    {
        using var scope = NewDisposeScope();
        Tensor p = tensor([.. P0, .. P1, .. Rest], [1, 3, 2, 2]);
        Tensor q = tensor(new float[] { 1, 0.2f, 0.1f, 0.5f, 0, 0.2f, 0.1f, 0, 0, 0.6f, 0.8f, 0.5f }, [1, 3, 2, 2]);
        double expected = (Math.Log(1 / 0.7) + 0.5 * Math.Log(0.5 / 0.4) * 2) / 4;
        Assert.Equal(expected, BoundaryLoss.ConstrainLoss(p, q).item<float>(), 1e-5);
        Assert.Equal(0, BoundaryLoss.ConstrainLoss(p, p).item<float>(), 1e-6);
    }

    [Fact]
    public void Gradients_are_those_of_finite_differences_and_Q_has_none()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(4);
        Tensor maps = 2 * randn(2, 4, 3, 3, float64), labels = tensor(new double[] { 1, 1, 0, 1, 0, 0 }, [2, 3]);
        Tensor cues = BoundaryLoss.Cues(maps.narrow(1, 0, 3), labels, 0.2, 0.1), q = randn(2, 4, 5, 5, float64).softmax(1);
        Assert.True(cues.narrow(1, 3, 1).any().item<bool>());
        Toys.CheckGradient(x => BoundaryLoss.SeedLoss(x.softmax(1), cues), maps);
        Toys.CheckGradient(x => BoundaryLoss.ExpandLoss(x.softmax(1), labels, 0.996, 0.999), maps);
        Tensor images = randn(2, 3, 8, 8);
        Tensor At5(Tensor x) => BoundaryTarget.Places(x.softmax(1), CellGeometry.Strided(3), images, 5);
        Toys.CheckGradient(x => BoundaryLoss.ConstrainLoss(At5(x), q), maps);
        maps.requires_grad_();
        q.requires_grad_();
        BoundaryLoss.ConstrainLoss(At5(maps), q).backward();
        Assert.Null(q.grad);
        Assert.False(BoundaryLoss.Cues(maps.narrow(1, 0, 3), labels, 0.2, 0.1).requires_grad);
        Assert.False(BoundaryTarget.Of(At5(maps), images, new()).requires_grad);
    }

    [Fact]
    public void Probabilities_are_read_where_the_places_of_the_CRF_lie()
    {
        using var scope = NewDisposeScope();
        // A field that rises from left to right by pixel, read by cells at 0, 8, …, 40 of 41 pixels; places of 41 in 41 are the pixels.
        Tensor cells = (arange(6, float32) * 8).expand(1, 2, 6, 6);
        Assert.True(
            allclose(
                arange(41, float32).expand(1, 2, 41, 41),
                BoundaryTarget.Places(cells, CellGeometry.Strided(8), zeros(1, 3, 41, 41), 41),
                1e-5,
                1e-5
            )
        );
        // Four places in 41 pixels have their middles 10.25 pixels apart.
        Tensor four = BoundaryTarget.Places(cells, CellGeometry.Strided(8), zeros(1, 3, 41, 41), 4);
        Assert.Equal([4.625f, 14.875f, 25.125f, 35.375f], Toys.Values(four[0, 0, 0]), Close);
    }

    [Fact]
    public void The_target_is_what_the_CRF_makes_of_p_on_the_images_colours()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        const int Grid = 12;
        RgbImage[] images = [Toys.Noise(Grid, Grid, 1), Toys.Blobs(1, width: Grid, height: Grid).Load(0).Image, Toys.Noise(Grid, Grid, 3)];
        Tensor p = randn(3, 4, Grid, Grid).softmax(1);
        CrfOptions crf = new BoundaryLoss().Crf;
        CrfOptions scaled = crf with
        {
            Gaussian = crf.Gaussian! with { Sigma = 0.25 * Grid / 41 },
            Bilateral = crf.Bilateral! with { SigmaXy = 80 / 12.0 * Grid / 41 },
        };
        Tensor target = BoundaryTarget.Of(p, Normalized(images), crf);
        for (int i = 0; i < images.Length; i++)
        {
            float[] expected = new DenseCrf(scaled).Infer(Grid, Grid, images[i].Pixels, CrfUnary.FromProbabilities(Toys.Values(p[i])), 4);
            Assert.Equal(expected, Toys.Values(target[i]), (a, b) => Math.Abs(a - b) < 1e-4);
        }
        Assert.True((target - p).abs().mean().item<float>() > 0.05);
    }

    [Fact]
    public void On_a_CPU_and_elsewhere_the_targets_differ_by_the_lattices_error()
    {
        using var scope = NewDisposeScope();
        RgbImage image = Toys.Blobs(3, width: 41, height: 41).Load(2).Image;
        random.manual_seed(6);
        Tensor p = nn
            .functional.interpolate(2 * randn(1, 3, 6, 6), [41, 41], mode: InterpolationMode.Bilinear, align_corners: false)
            .softmax(1);
        CrfOptions crf = new BoundaryLoss().Crf;
        Tensor colours = tensor(image.Pixels, 41, 41, 3).permute(2, 0, 1).unsqueeze(0).to(float32);
        Tensor exact = new TensorCrf(crf).Infer(-p.log(), colours),
            target = BoundaryTarget.Of(p, Normalized([image]), crf);
        Assert.True((exact - target).abs().mean().item<float>() < 0.04, $"{(exact - target).abs().mean().item<float>()}");
        Assert.True(exact.argmax(1).eq(target.argmax(1)).to(float32).mean().item<float>() > 0.94);
    }

    [Fact]
    public void A_CRF_that_changes_nothing_has_no_loss_and_one_that_does_moves_the_border_to_the_images()
    {
        using var scope = NewDisposeScope();
        // Black on the left, white on the right; p has its border three places too far to the right.
        Tensor images = cat([full(1, 3, 32, 16, -2f), full(1, 3, 32, 16, 2f)], 3);
        Tensor left = cat([full(1, 1, 32, 19, 0.8f), full(1, 1, 32, 13, 0.2f)], 3), p = cat([left, 1 - left], 1);
        CrfOptions crf = new BoundaryLoss().Crf;
        Tensor same = BoundaryTarget.Of(p, images, crf with { Iterations = 0 }), q = BoundaryTarget.Of(p, images, crf);
        Assert.Equal(0, BoundaryLoss.ConstrainLoss(p, same).item<float>(), 1e-5);
        Assert.True(BoundaryLoss.ConstrainLoss(p, q).item<float>() > 0.1);
        Assert.True(q[0, 0].gt(0.5).eq(images[0, 0].lt(0)).all().item<bool>());
    }

    [Fact]
    public void A_network_that_diverges_is_reported_as_a_loss_that_is_no_number()
    {
        using var scope = NewDisposeScope();
        Tensor p = full(1, 2, 4, 4, float.NaN), images = zeros(1, 3, 8, 8);
        Assert.True(double.IsNaN(BoundaryLoss.ConstrainLoss(p, BoundaryTarget.Of(p, images, new())).item<float>()));
    }

    [Fact]
    public void A_head_without_a_background_is_refused_with_what_to_do()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Toys.Pointwise([1, -1, 0.5f], 0);
        Batch batch = Toys.Batch(randn(2, 3, 8, 8), ones(2, 1));
        var context = new LossContext(network, batch, network.call(batch.Images, null), Toys.Step());
        Assert.Contains("recipe with this technique", Assert.Throws<RecipeException>(() => new BoundaryLoss().Loss(context)).Message);
    }

    [Fact]
    public void Options_come_back_from_JSON_and_outside_their_range_are_refused()
    {
        var loss = new BoundaryLoss
        {
            SeedWeight = 2,
            ExpandWeight = 0.5,
            ConstrainWeight = 3,
            Ramp = 0.2,
            ForegroundCue = 0.3,
            BackgroundCue = 0.1,
            ForegroundDecay = 0.99,
            BackgroundDecay = 0.995,
            Grid = 25,
            Crf = new() { Iterations = 5, Gaussian = null },
        };
        Assert.Equal(loss, WsssJson.Read<Technique>(WsssJson.Write<Technique>(loss), "test"));
        BoundaryLoss[] wrong =
        [
            new() { SeedWeight = -1 }, new() { ExpandWeight = double.NaN }, new() { ConstrainWeight = -1 }, new() { Ramp = 1.1 },
            new() { ForegroundCue = 0, BackgroundCue = 0 }, new() { ForegroundCue = 1.1 }, new() { BackgroundCue = -0.1 },
            new() { BackgroundCue = 0.3 }, new() { ForegroundDecay = 1.1 }, new() { BackgroundDecay = -0.1 }, new() { Grid = 1 },
            new() { Crf = new() { Iterations = -1 } }, new() { Crf = new() { Compatibility = [[0, 1], [1, 0]] } },
        ];
        Assert.All(wrong, options => Assert.Throws<RecipeException>(options.Validate));
        loss.Validate();
        new BoundaryLoss().Validate();
    }

    [Fact]
    public void With_the_floor_probabilities_still_sum_to_1()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Toys.Recipe.With(new BoundaryLoss()).CreateClassifier(["a", "b"]);
        using (no_grad())
            foreach (var weights in network.Head.parameters()) weights.zero_();
        // Sure of nothing: p is a third at each place, of which the floor changes nothing.
        Batch batch = Toys.Batch(zeros(1, 3, 32, 32), ones(1, 2));
        var context = new LossContext(network, batch, network.call(batch.Images, batch.Labels), Toys.Step());
        Assert.Equal(2 * Math.Log(3), new BoundaryLoss().Losses(context).Single(term => term.Name == "expand").Loss.item<float>(), 1e-5);
    }

    [Fact]
    public void Weights_and_ramp_count_and_all_parts_learn()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Classifier network = Toys.Recipe.With(new BoundaryLoss()).CreateClassifier(["a", "b"]);
        Batch batch = Toys.Batch(randn(2, 3, 32, 32), tensor(new float[] { 1, 1, 1, 0 }, [2, 2]));
        ClassifierOutput output = network.call(batch.Images, batch.Labels);
        var only = new BoundaryLoss
        {
            SeedWeight = 0,
            ExpandWeight = 0,
            ConstrainWeight = 0,
            Grid = 12,
        };
        double seed = Loss(only with { SeedWeight = 1 }),
            expand = Loss(only with { ExpandWeight = 1 }),
            constrain = Loss(only with { ConstrainWeight = 1 });
        Assert.All(new[] { seed, expand, constrain }, loss => Assert.True(loss > 1e-4, $"{seed} {expand} {constrain}"));
        var all = new BoundaryLoss
        {
            SeedWeight = 2,
            ExpandWeight = 3,
            ConstrainWeight = 4,
            Grid = 12,
        };
        Assert.Equal(2 * seed + 3 * expand + 4 * constrain, Loss(all), 1e-4);
        Assert.Equal(0, Loss(all with { Ramp = 0.8 }));
        Assert.Equal(Loss(all) / 2, Loss(all with { Ramp = 0.8 }, step: 4), 1e-5);
        Assert.Equal(Loss(all), Loss(all with { Ramp = 0.8 }, step: 9), 1e-5);

        all.Loss(new LossContext(network, batch, output, Toys.Step())).backward();
        Assert.All(
            network.Head.named_parameters().Where(p => p.name.Contains("weight")),
            p => Assert.True(p.parameter.grad!.abs().sum().item<float>() > 0, p.name)
        );
        Assert.Contains(network.Backbone.parameters(), p => p.grad!.abs().sum().item<float>() > 0);

        double Loss(BoundaryLoss of, int step = 0) => of.Loss(new LossContext(network, batch, output, Toys.Step(step))).item<float>();
    }

    [Fact]
    public void It_trains_and_the_maps_follow_the_objects()
    {
        DataSplits data = Toys.BlobSplits(16);
        Recipe recipe = Toys.Recipe.With(new BoundaryLoss { Grid = 16 }) with { Epochs = 8 };
        using TrainedClassifier trained = ClassifierTrainer.Train(recipe, data, Toys.Run(_folder));
        double[] losses =
        [
            .. trained.History.Epochs.Select(epoch =>
                epoch.Losses.Where(term => term.Key.StartsWith("BoundaryLoss")).Sum(term => term.Value)
            ),
        ];
        Assert.True(losses[^1] < 0.8 * losses[0], string.Join(", ", losses));
        Assert.True(Toys.Contrast(trained.Network, data.Test, Toys.Run(_folder)) > 1.2);
    }

    [Fact]
    public void It_trains_with_its_neighbours_on_one_background_and_no_tensor_survives()
    {
        DataSplits data = Toys.BlobSplits(8);
        Technique[] techniques =
        [
            new BoundaryLoss { Grid = 16 },
            new SaliencyFusion { Saliency = Toys.WriteSaliency(data.Train, _folder) },
            new Equivariance { EcrWeight = 1 },
        ];
        long before = Toys.LiveTensors;
        foreach (Technique[] order in new[] { techniques, [.. techniques.Reverse()] })
        {
            using TrainedClassifier trained = ClassifierTrainer.Train(
                Toys.Recipe with
                {
                    Techniques = order,
                    Epochs = 1,
                },
                data,
                Toys.Run(_folder)
            );
            IReadOnlyDictionary<string, double> losses = trained.History.Epochs[0].Losses;
            Assert.All(techniques, technique => Assert.Contains(losses.Keys, term => term.StartsWith(technique.Name)));
            ClassifierHead head = trained.Network.Head;
            Assert.Single(head.modules().Append(head).OfType<BackgroundHead>());
        }
        Assert.Equal(before, Toys.LiveTensors);
    }

    private static bool Close(float a, float b) => Math.Abs(a - b) < 1e-5;

    private static float[] Pool(Tensor maps, double decay) => Toys.Values(BoundaryLoss.GlobalWeightedRankPooling(maps, decay));

    private static Tensor Normalized(RgbImage[] images)
    {
        Tensor[] tensors = [.. images.Select(image => Loader.ImageTensor(image, CPU))];
        return cat(tensors);
    }
}
