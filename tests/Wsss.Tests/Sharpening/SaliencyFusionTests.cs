using Wsss.Data;
using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Sharpening;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Sharpening;

public sealed class SaliencyFusionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Three classes on 1×4 places; the third is absent. Class 0 covers the first two places, class 1 the last.
    private static readonly float[] P0 = [0.8f, 0.6f, 0.1f, 0],
        P1 = [0.1f, 0.1f, 0.2f, 0.7f],
        P2 = [0, 0.1f, 0.3f, 0.2f],
        Rest = [0.1f, 0.2f, 0.4f, 0.1f];

    [Theory]
    // Saliency covers both places of class 0 and not that of class 1, which joins the background.
    [InlineData(new[] { 1f, 0.7f, 0.2f, 0 }, 0.4, true, false)]
    // Half of class 0: foreground at .4, background at .5, as only more than τ counts; and .5 itself is not salient.
    [InlineData(new[] { 1f, 0.5f, 0, 0 }, 0.4, true, false)]
    [InlineData(new[] { 1f, 0.5f, 0, 0 }, 0.5, false, false)]
    [InlineData(new[] { 1f, 1, 1, 1 }, 0.4, true, true)]
    [InlineData(new[] { 0f, 0, 0, 0 }, 0, false, false)]
    public void A_case_by_hand(float[] s, double tau, bool zeroIsForeground, bool oneIsForeground)
    {
        using var scope = NewDisposeScope();
        const double Lambda = 0.3;
        double expected = 0;
        for (int i = 0; i < 4; i++)
        {
            double foreground = (zeroIsForeground ? P0[i] : 0) + (oneIsForeground ? P1[i] : 0);
            double background = Rest[i] + (zeroIsForeground ? 0 : P0[i]) + (oneIsForeground ? 0 : P1[i]);
            expected += Math.Pow(Lambda * foreground + (1 - Lambda) * (1 - background) - s[i], 2) / 4;
        }
        Tensor p = tensor([.. P0, .. P1, .. P2, .. Rest], [1, 4, 1, 4]), labels = tensor(new float[] { 1, 1, 0 }, [1, 3]);
        Assert.Equal(expected, Loss(p, tensor(s, [1, 1, 4]), labels, tau, Lambda).item<float>(), 1e-6);
    }

    [Fact]
    public void A_class_that_fills_no_place_yet_is_foreground()
    {
        using var scope = NewDisposeScope();
        // At ½ itself M is empty: F = B = ½, so that the loss is (½ − 1)².
        Tensor p = full(1, 2, 2, 2, 0.5f);
        Assert.Equal(0.25, Loss(p, ones(1, 2, 2), ones(1, 1), 0.4, 0.5).item<float>(), 1e-6);
    }

    [Fact]
    public void Probabilities_that_are_the_saliency_have_no_loss_and_images_choose_for_themselves()
    {
        using var scope = NewDisposeScope();
        Tensor saliency = tensor(new float[] { 1, 1, 0, 0, 0, 0, 1, 1 }, [2, 2, 2]);
        Tensor one = stack([saliency, 1 - saliency], 1);                                     // [N, 1 + 1, h, w]
        Assert.Equal(0, Loss(one, saliency, ones(2, 1), 0.4, 0.5).item<float>(), 1e-6);
        // In the second image the class lies where nothing is salient: all is background, and the loss is the mean of s².
        Tensor wrong = cat([one[..1], one[1..].flip(1)]);
        Assert.Equal(0.5 / 2, Loss(wrong, saliency, ones(2, 1), 0.4, 0.5).item<float>(), 1e-6);
    }

    [Fact]
    public void Saliency_is_averaged_to_the_grid_of_the_maps()
    {
        using var scope = NewDisposeScope();
        Tensor p = tensor(new float[] { 0.75f, 0.25f }, [1, 2, 1, 1]), saliency = tensor(new float[] { 1, 1, 1, 0, 0.5f, 1 }, [1, 2, 3]);
        Assert.Equal(0, Loss(p, saliency, ones(1, 1), 0.4, 0.5).item<float>(), 1e-6);
    }

    [Fact]
    public void Saliency_is_averaged_around_the_places_of_a_convolutional_network()
    {
        using var scope = NewDisposeScope();
        // Salient up to pixel 19; of the cell at 16, which has pixels 12.5 … 20.5 of the edges, that is 15/16. One class is all there is.
        Tensor saliency = cat([ones(1, 8, 20), zeros(1, 8, 12)], 2), s = tensor(new float[] { 1, 1, 0.9375f, 0 }, [1, 1, 1, 4]);
        Tensor p = cat([s, 1 - s], 1);
        Assert.Equal(0, SaliencyFusion.FusionLoss(p, CellGeometry.Strided(8), saliency, ones(1, 1), 0.4, 0.5).item<float>(), 1e-6);
        Assert.True(Loss(p, saliency, ones(1, 1), 0.4, 0.5).item<float>() > 0.01);
    }

    [Fact]
    public void The_gradient_is_that_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        Tensor maps = 2 * randn(2, 4, 3, 3, float64),
            saliency = rand(2, 6, 6, float64),
            labels = tensor(new double[] { 1, 1, 0, 1, 0, 0 }, [2, 3]);
        Toys.CheckGradient(x => Loss(x.softmax(1), saliency, labels, 0.4, 0.3), maps);
    }

    // On places that divide the image evenly.
    private static Tensor Loss(Tensor p, Tensor saliency, Tensor labels, double tau, double lambda) => SaliencyFusion.FusionLoss(
        p, CellGeometry.Even(p.shape[2], p.shape[3], saliency.shape[1], saliency.shape[2]), saliency, labels, tau, lambda);

    [Fact]
    public void The_head_adds_a_background_and_localization_reads_the_softmax()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Classifier network = Toys.Recipe.With(new SaliencyFusion()).CreateClassifier(["a", "b"]),
            plain = Toys.Recipe.CreateClassifier(["a", "b"]);
        network.eval();
        Tensor images = randn(2, 3, 32, 32);
        HeadOutput output = network.call(images, null).Head;
        Tensor features = network.Backbone.call(images);
        Dictionary<string, Tensor> state = network.state_dict();
        Assert.True(allclose(nn.functional.conv2d(features, state["head.background.weight"]), output.Background!));
        Assert.True(allclose(output.Maps.mean([2, 3]) + state["head.inner.bias"], output.Logits));
        Tensor e0 = output.Maps[.., ..1].exp(),
            e1 = output.Maps[.., 1..].exp();
        Assert.True(allclose(e1 / (e0 + e1 + output.Background!.exp()), new Cam().Extract(network, images, [1]), 1e-5, 1e-6));
        Assert.Equal(plain.Head.parameters().Count() + 1, network.Head.parameters().Count());
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        using var scope = NewDisposeScope();
        using Classifier network = Toys.Pointwise([1, -1, 0.5f], 0);
        Batch batch = Toys.Batch(randn(2, 3, 8, 8), ones(2, 1));
        ClassifierOutput output = network.call(batch.Images, null);
        Assert.Contains("SaliencySource.Attach", Error(batch));
        Assert.Contains("background", Error(batch with { Planes = Toys.SaliencyPlane(rand(2, 8, 8)) }));
        string Error(Batch of) =>
            Assert.Throws<RecipeException>(() => new SaliencyFusion().Loss(new LossContext(network, of, output, Toys.Step()))).Message;
    }

    [Fact]
    public void Options_come_back_from_JSON_and_outside_their_range_are_refused()
    {
        var fusion = new SaliencyFusion { Tau = 0.3, Lambda = 0.7, Weight = 2 };
        Assert.Equal(fusion, WsssJson.Read<Technique>(WsssJson.Write<Technique>(fusion), "test"));
        SaliencyFusion[] wrong = [new() { Tau = -0.1 }, new() { Tau = double.NaN }, new() { Lambda = 1.1 }, new() { Weight = -1 }];
        Assert.All(wrong, options => Assert.Throws<RecipeException>(options.Validate));
        fusion.Validate();
    }

    [Fact]
    public void The_weight_counts_and_all_parts_learn()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using Classifier network = Toys.Recipe.With(new SaliencyFusion()).CreateClassifier(["a", "b"]);
        Batch batch = Toys.Batch(randn(2, 3, 32, 32), ones(2, 2)) with { Planes = Toys.SaliencyPlane(rand(2, 32, 32)) };
        var context = new LossContext(network, batch, network.call(batch.Images, batch.Labels), Toys.Step());
        float loss = new SaliencyFusion().Loss(context).item<float>();
        Tensor weighted = new SaliencyFusion { Weight = 3 }.Loss(context);
        Assert.Equal(3 * loss, weighted.item<float>(), 1e-5f);
        weighted.backward();
        Assert.All(
            network.Head.named_parameters().Where(p => p.name.Contains("weight")),
            p => Assert.True(p.parameter.grad!.abs().sum().item<float>() > 0, p.name)
        );
        Assert.Contains(network.Backbone.parameters(), p => p.grad!.abs().sum().item<float>() > 0);
    }

    [Fact]
    public void It_trains_on_saliency_from_a_folder_and_the_maps_follow()
    {
        DataSplits data = Toys.BlobSplits(16);
        Recipe recipe = Toys.Recipe.With(new SaliencyFusion { Weight = 10, Saliency = Toys.WriteSaliency(data.Train, _folder) }) with
        {
            Epochs = 8,
        };
        using TrainedClassifier trained = ClassifierTrainer.Train(recipe, data, Toys.Run(_folder));
        double[] losses = [.. trained.History.Epochs.Select(epoch => epoch.Losses["SaliencyFusion: saliency"])];
        Assert.True(losses[^1] < losses[0] / 2, string.Join(", ", losses));
        Assert.True(Toys.Contrast(trained.Network, data.Test, Toys.Run(_folder)) > 1.3);
    }

    [Fact]
    public void It_trains_with_the_other_techniques_in_any_order_and_no_tensor_survives()
    {
        DataSplits data = Toys.BlobSplits(8);
        Technique[] techniques =
        [
            new SaliencyFusion { Saliency = Toys.WriteSaliency(data.Train, _folder) },
            new MultiDilation { Rates = [1, 2] },
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
            Assert.All(new[] { "SaliencyFusion: saliency", "Equivariance: ECR" }, name => Assert.True(losses[name] > 0.001));
            using var scope = NewDisposeScope();
            HeadOutput output = trained.Network.call(zeros(1, 3, 32, 32), null).Head;
            Assert.NotNull(output.Background);
            Assert.NotNull(output.Refined);
            Assert.Equal(4 + 2, output.Tensors.Count());
        }
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Without_saliency_training_stops_at_once()
    {
        Recipe recipe = Toys.Recipe.With(new SaliencyFusion { Saliency = _folder.File("none") });
        Assert.Contains(
            "none",
            Assert.Throws<DataSetException>(() => ClassifierTrainer.Train(recipe, Toys.BlobSplits(8), Toys.Run(_folder))).Message
        );
    }

    [Fact]
    public void Other_saliency_gives_another_classifier()
    {
        DataSplits data = Toys.BlobSplits(8);
        string folder = Toys.WriteSaliency(data.Train, _folder);
        RunContext run = Toys.Run(_folder);
        Recipe recipe = Toys.Recipe.With(new SaliencyFusion { Saliency = folder });
        string first = recipe.Key(recipe.View(data.Train, run));
        Assert.Equal(first, recipe.Key(recipe.View(data.Train, run)));
        // What was moved is the same.
        string moved = folder + "-moved";
        Directory.Move(folder, moved);
        recipe = Toys.Recipe.With(new SaliencyFusion { Saliency = moved });
        Assert.Equal(first, recipe.Key(recipe.View(data.Train, run)));
        Assert.Contains(moved, recipe.ToJson());
        folder = moved;
        Sample changed = data.Train.Load(3);
        ImageFile.WriteGray(Path.Combine(folder, changed.Id + ".png"), new LabelMap(Toys.Size, Toys.Size, new byte[Toys.Size * Toys.Size]));
        Assert.NotEqual(first, recipe.Key(recipe.View(data.Train, run)));
    }
}
