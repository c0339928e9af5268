using Wsss.Data;
using Wsss.Expansion;
using Wsss.Models;
using Wsss.Sharpening;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Expansion;

public sealed class MixupTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_images_and_their_labels_are_mixed_by_the_drawn_share()
    {
        using var scope = NewDisposeScope();
        var mixup = new Mixup { Alpha = 1 };
        Tensor images = cat([full(1, 3, 2, 2, 8f), full(1, 3, 2, 2, -4f)]),
            labels = tensor(new float[] { 1, 0, 1, 0, 1, 1 }, [2, 3]);
        var seen = new HashSet<bool>();
        for (int step = 0; step < 10; step++)
        {
            SeededRandom random = Toys.Step(step).Random;
            float share = (float)mixup.DrawLambda(random);
            int[] order = [0, 1];
            random.Shuffle(order.AsSpan());
            bool swapped = order[0] == 1;
            seen.Add(swapped);

            Batch batch = Toys.Batch(images, labels) with
            {
                Planes = new Dictionary<string, Tensor>
                {
                    ["regions"] = cat([zeros(1, 2, 2, int64), ones(1, 2, 2, int64)]),
                    ["saliency"] = cat([ones(1, 2, 2), zeros(1, 2, 2)]),
                },
            };
            Batch mixed = mixup.Transform(batch, Toys.Step(step));
            float other = swapped ? 1 - share : 0,
                first = 8 - 12 * other,
                second = -4 + 12 * other;
            Close([.. Enumerable.Repeat(first, 12), .. Enumerable.Repeat(second, 12)], mixed.Images);
            Close([1 - other, other, 1, other, 1 - other, 1], mixed.Labels);
            Close([.. Enumerable.Repeat(1 - other, 4), .. Enumerable.Repeat(other, 4)], mixed.Planes["saliency"]);
            Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1], mixed.Planes["regions"].data<long>().ToArray());
            long mixedIn = swapped ? 1 : 0, theOther = 1 - mixedIn;
            Assert.Equal(
                [mixedIn, mixedIn, mixedIn, mixedIn, theOther, theOther, theOther, theOther],
                Assert.Single(mixed.MixedIn).Value.data<long>().ToArray());
            Assert.Equal(share, mixed.OwnShare, 1e-6);
            Assert.Same(batch.Ids, mixed.Ids);
            Assert.Equal([8, -4], new[] { images[0, 0, 0, 0].item<float>(), images[1, 0, 0, 0].item<float>() });
        }
        Assert.Equal([false, true], seen.Order());
    }

    [Theory]
    [InlineData(13, 7)]
    [InlineData(6, 20)]
    public void CutMix_pastes_one_rectangle_and_labels_have_its_exact_share(int height, int width)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        const int N = 3;
        int area = height * width,
            inside = 0;
        var cutMix = new Mixup { Kind = MixKind.CutMix, Alpha = 1 };
        Tensor images = randn(N, 3, height, width);
        Batch batch = Toys.Batch(images, eye(N)) with { Planes = Toys.SaliencyPlane(images[.., 0]) };
        float[] before = Toys.Values(images);
        for (int step = 0; step < 40; step++)
        {
            double side = Math.Sqrt(1 - cutMix.DrawLambda(Toys.Step(step).Random));
            Batch mixed = cutMix.Transform(batch, Toys.Step(step));
            float[] after = Toys.Values(mixed.Images),
                labels = Toys.Values(mixed.Labels);
            Assert.Equal(Toys.Values(mixed.Images[.., 0]), Toys.Values(Assert.Single(mixed.Planes).Value));
            for (int n = 0; n < N; n++)
            {
                int At(int image, int channel, int place) => (image * 3 + channel) * area + place;
                int source = Enumerable.Range(0, N).Where(other => other != n).FirstOrDefault(other => labels[n * N + other] > 0, n);
                bool[] pasted = [.. Enumerable.Range(0, area).Select(i => after[At(n, 0, i)] != before[At(n, 0, i)])];
                int[] places = [.. Enumerable.Range(0, area).Where(i => pasted[i])];
                for (int i = 0; i < area; i++)
                    for (int channel = 0; channel < 3; channel++)
                        Assert.Equal(before[At(pasted[i] ? source : n, channel, i)], after[At(n, channel, i)]);
                Assert.Equal(1 - (float)places.Length / area, labels[n * N + n], 1e-6f);
                Assert.Equal(1, labels.AsSpan(n * N, N).ToArray().Sum(), 1e-6f);
                if (places.Length == 0)
                    continue;

                int top = places.Min(i => i / width),
                    bottom = places.Max(i => i / width) + 1,
                    left = places.Min(i => i % width),
                    right = places.Max(i => i % width) + 1;
                Assert.Equal((bottom - top) * (right - left), places.Length);
                int whole = (int)(height * side),
                    wide = (int)(width * side);
                Assert.True(bottom - top == whole || (bottom - top < whole && (top == 0 || bottom == height)));
                Assert.True(right - left == wide || (right - left < wide && (left == 0 || right == width)));
                if (bottom - top == whole && right - left == wide)
                    inside++;
            }
        }
        Assert.True(inside > 5);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(4)]
    public void The_share_has_the_moments_of_its_Beta_distribution(double alpha)
    {
        const int Draws = 2_000;
        var random = SeededRandom.For(5);
        double[] shares = [.. Enumerable.Range(0, Draws).Select(_ => new Mixup { Alpha = alpha }.DrawLambda(random))];
        double variance = 1 / (4 * (2 * alpha + 1));
        Assert.All(shares, share => Assert.InRange(share, 0, 1));
        Assert.InRange(shares.Average(), 0.5 - 4 * Math.Sqrt(variance / Draws), 0.5 + 4 * Math.Sqrt(variance / Draws));
        Assert.Equal(variance, shares.Average(share => Math.Pow(share - 0.5, 2)), 0.1 * variance);
    }

    // A recipe gives the same training next year.
    [Fact]
    public void Shares_are_pinned()
    {
        var random = SeededRandom.For(42, 7);
        Assert.Equal(0.5513917624901783, new Mixup { Alpha = 1 }.DrawLambda(random), 1e-12);
        Assert.Equal(0.4764242711448162, new Mixup { Alpha = 1 }.DrawLambda(random), 1e-12);
    }

    [Fact]
    public void CutMix_keeps_labels_of_each_image_where_it_is_seen()
    {
        using var scope = NewDisposeScope();
        const int N = 3, Side = 8;
        Tensor numbers = arange(N, dtype: int64).reshape(N, 1, 1).repeat(1, Side, Side);
        Batch batch = Toys.Batch(numbers.to(float32).unsqueeze(1).repeat(1, 3, 1, 1), eye(N)) with
        {
            Planes = new Dictionary<string, Tensor> { ["regions"] = numbers },
        };
        int pasted = 0;
        for (int step = 0; step < 20; step++)
        {
            Batch mixed = new Mixup { Kind = MixKind.CutMix, Alpha = 1 }.Transform(batch, Toys.Step(step));
            long[] own = mixed.Planes["regions"].data<long>().ToArray(), other = mixed.MixedIn["regions"].data<long>().ToArray();
            float[] seen = Toys.Values(mixed.Images[.., 0]);
            for (int i = 0; i < seen.Length; i++)
            {
                Assert.Equal(1, new[] { own[i], other[i] }.Count(value => value == 255));
                Assert.Equal(seen[i], Math.Min(own[i], other[i]));
            }
            Assert.Equal(own.Count(value => value != 255) / (double)own.Length, mixed.OwnShare, 1e-9);
            pasted += own.Count(value => value == 255);
        }
        Assert.True(pasted > 0);
        Assert.Equal(Enumerable.Repeat(2L, Side * Side), numbers[2].contiguous().data<long>().ToArray());
    }

    [Fact]
    public void A_tiny_alpha_mixes_nothing_and_is_a_number()
    {
        var random = SeededRandom.For(5);
        Assert.All(
            Enumerable.Range(0, 200).Select(_ => new Mixup { Alpha = 1e-5 }.DrawLambda(random)),
            share => Assert.True(share is 0 or 1, $"{share}")
        );
    }

    [Theory]
    [InlineData(MixKind.Mixup)]
    [InlineData(MixKind.CutMix)]
    public void The_steps_generator_decides(MixKind kind)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Batch batch = Toys.Batch(randn(6, 3, 8, 8), eye(6));
        Batch Mixed(int step) => new Mixup { Kind = kind, Alpha = 1 }.Transform(batch, Toys.Step(step));
        Assert.Equal(Toys.Values(Mixed(3).Images), Toys.Values(Mixed(3).Images));
        Assert.NotEqual(Toys.Values(Mixed(3).Images), Toys.Values(Mixed(4).Images));
    }

    [Theory]
    [InlineData(MixKind.Mixup)]
    [InlineData(MixKind.CutMix)]
    public void Alpha_0_gives_the_same_batch_and_equal_images_stay_what_they_are(MixKind kind)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Batch batch = Toys.Batch(randn(1, 3, 8, 8).repeat(4, 1, 1, 1), ones(4, 2));
        Assert.Same(batch, new Mixup { Kind = kind, Alpha = 0 }.Transform(batch, Toys.Step()));
        for (int step = 0; step < 10; step++)
        {
            Batch mixed = new Mixup { Kind = kind, Alpha = 1 }.Transform(batch, Toys.Step(step));
            Assert.Equal(Toys.Values(batch.Images), Toys.Values(mixed.Images));
            Assert.Equal(Toys.Values(batch.Labels), Toys.Values(mixed.Labels));
        }
    }

    [Fact]
    public void Entropy_is_0_for_sure_places_1_for_even_ones_and_their_mean_by_hand()
    {
        using var scope = NewDisposeScope();
        Tensor sure = nn.functional.one_hot(tensor(new long[] { 0, 1, 2, 1 }, [1, 2, 2]), 3).permute(0, 3, 1, 2).to(float32);
        Assert.Equal(0, Mixup.EntropyLoss(sure).item<float>(), 1e-7f);
        Assert.Equal(1, Mixup.EntropyLoss(full(2, 5, 3, 2, 0.2f)).item<float>(), 1e-6f);
        Assert.Equal(0, Mixup.EntropyLoss(ones(2, 1, 3, 3)).item<float>());

        // Two classes, four places: ½ and ½ is one bit, ¼ and ¾ are .811278, and two places are sure.
        Tensor two = tensor(new[] { 0.5f, 0.25f, 1, 0, 0.5f, 0.75f, 0, 1 }, [1, 2, 2, 2]);
        Assert.Equal((1 + 0.811278) / 4, Mixup.EntropyLoss(two).item<float>(), 1e-6);
    }

    [Fact]
    public void Concentration_by_hand_on_2_by_2()
    {
        using var scope = NewDisposeScope();
        // Even: each place is √½ from the middle. Two neighbours: ½ from the middle. Three parts to one in a row: 3/16.
        Tensor maps = tensor(new float[] { 1, 1, 1, 1, 0, 2, 0, 2, 0, 0, 1, 3 }, [1, 3, 2, 2]);
        double[] expected = [0.5 / 4, 0.25 / 4, 3.0 / 16 / 4];
        for (int c = 0; c < 3; c++)
        {
            Tensor only = zeros(1, 3);
            only[0, c] = 1;
            Assert.Equal(expected[c], Mixup.ConcentrationLoss(maps, only).item<float>(), 1e-6);
        }
        // Classes add up by their labels; the mean goes over the images.
        Assert.Equal(
            (expected[0] + 0.25 * expected[2]) / 2,
            Mixup.ConcentrationLoss(maps.repeat(2, 1, 1, 1), tensor(new[] { 1, 0, 0.25f, 0, 0, 0 }, [2, 3])).item<float>(),
            1e-6
        );
    }

    [Fact]
    public void A_map_of_one_place_is_concentrated_wherever_it_lies_and_scale_does_not_count()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        for (int place = 0; place < 15; place++)
        {
            Tensor point = zeros(1, 1, 3, 5);
            point[0, 0, place / 5, place % 5] = 7;
            Assert.Equal(0, Mixup.ConcentrationLoss(point, ones(1, 1)).item<float>(), 1e-6f);
        }
        Tensor maps = rand(2, 3, 6, 4), labels = ones(2, 3);
        float loss = Mixup.ConcentrationLoss(maps, labels).item<float>();
        Assert.True(loss > 0.1);
        Assert.Equal(loss, Mixup.ConcentrationLoss(maps * 9, labels).item<float>(), 1e-5f);
        // The middle half is more concentrated than the whole; the size of the grid does not count.
        Tensor whole = ones(1, 1, 40, 40), middle = zeros(1, 1, 40, 40);
        middle[.., .., 10..30, 10..30] = 1;
        Assert.Equal(1.0 / 6, Mixup.ConcentrationLoss(whole, ones(1, 1)).item<float>(), 1e-3);
        Assert.Equal(1.0 / 24, Mixup.ConcentrationLoss(middle, ones(1, 1)).item<float>(), 1e-3);
    }

    [Fact]
    public void Empty_and_faint_maps_have_a_bounded_gradient()
    {
        using var scope = NewDisposeScope();
        Tensor empty = zeros(1, 2, 4, 4).requires_grad_(), faint = zeros(1, 1, 4, 4);
        Tensor loss = Mixup.ConcentrationLoss(empty.relu(), ones(1, 2));
        Assert.Equal(0, loss.item<float>());
        loss.backward();
        Assert.All(Toys.Values(empty.grad!), g => Assert.Equal(0, g));

        faint[0, 0, 0, 0] = 1e-6f;
        faint[0, 0, 3, 3] = 1e-6f;
        faint.requires_grad_();
        Mixup.ConcentrationLoss(faint, ones(1, 1)).backward();
        // Distances² / (mean .01 · 16 places · area 16), at most 4.5 / 2.56.
        Assert.InRange(faint.grad!.abs().max().item<float>(), 1, 1.8f);
    }

    [Fact]
    public void The_gradients_are_those_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        Tensor maps = 2 * randn(2, 3, 3, 4, float64), labels = tensor(new[] { 1, 0.3, 0, 0.7, 1, 0 }, [2, 3]);
        Toys.CheckGradient(x => Mixup.EntropyLoss(x.softmax(1)), maps);
        Toys.CheckGradient(x => Mixup.ConcentrationLoss(x.relu(), labels), maps);
        Toys.CheckGradient(x => Mixup.ConcentrationLoss(x.softmax(1), labels), maps);
        Toys.CheckGradient(x => Mixup.ConcentrationLoss(x * 1e-3, labels), maps.abs());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_loss_is_both_terms_by_their_weights_of_the_softmax_with_a_background_if_there_is_one(bool background)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Recipe recipe = background ? Toys.Recipe.With(new SaliencyFusion()) : Toys.Recipe;
        using Classifier network = recipe.CreateClassifier(["a", "b"]);
        Batch batch = Toys.Batch(randn(2, 3, 32, 32), tensor(new[] { 1, 0.4f, 0, 0.6f }, [2, 2]));
        ClassifierOutput output = network.call(batch.Images, batch.Labels);
        var context = new LossContext(network, batch, output, Toys.Step());
        Tensor all = background ? cat([output.Maps, output.Head.Background!], 1) : output.Maps;
        float entropy = Mixup.EntropyLoss(all.softmax(1)).item<float>();
        float concentration = Mixup
            .ConcentrationLoss(background ? all.softmax(1)[.., ..2] : output.Maps.relu(), batch.Labels)
            .item<float>();
        Assert.True(entropy > 0.01 && concentration > 0.01);
        Assert.Equal(
            entropy,
            new Mixup { EntropyWeight = 1, ConcentrationWeight = 0 }
                .Loss(context)
                .item<float>(),
            1e-6f
        );
        Assert.Equal(
            concentration,
            new Mixup { EntropyWeight = 0, ConcentrationWeight = 1 }
                .Loss(context)
                .item<float>(),
            1e-6f
        );
        Assert.Equal(
            0,
            new Mixup { EntropyWeight = 0, ConcentrationWeight = 0 }
                .Loss(context)
                .item<float>()
        );

        Tensor loss = new Mixup { EntropyWeight = 2, ConcentrationWeight = 3 }.Loss(context);
        Assert.Empty(loss.shape);
        Assert.Equal(2 * entropy + 3 * concentration, loss.item<float>(), 1e-5f);
        loss.backward();
        Assert.Contains(network.Backbone.parameters(), p => p.grad!.abs().sum().item<float>() > 0);
    }

    [Fact]
    public void Options_come_back_from_JSON_and_outside_their_range_are_refused()
    {
        var mixup = new Mixup
        {
            Kind = MixKind.CutMix,
            Alpha = 0.5,
            EntropyWeight = 0.1,
            ConcentrationWeight = 2,
        };
        string json = WsssJson.Write<Technique>(mixup);
        Assert.Contains("\"cutMix\"", json);
        Assert.Equal(mixup, WsssJson.Read<Technique>(json, "test"));
        Mixup[] wrong =
        [
            new() { Kind = (MixKind)7 },
            new() { Alpha = -0.1 },
            new() { Alpha = double.NaN },
            new() { Alpha = double.PositiveInfinity },
            new() { EntropyWeight = -1 },
            new() { EntropyWeight = double.NaN },
            new() { ConcentrationWeight = -1 },
            new() { ConcentrationWeight = double.NaN },
        ];
        Assert.All(wrong, options => Assert.Contains("expected", Assert.Throws<RecipeException>(options.Validate).Message));
        new Mixup().Validate();
        new Mixup
        {
            Alpha = 0,
            EntropyWeight = 0,
            ConcentrationWeight = 0,
        }.Validate();
    }

    [Theory]
    [InlineData(MixKind.Mixup)]
    [InlineData(MixKind.CutMix)]
    public void Only_the_new_tensors_survive(MixKind kind)
    {
        using Batch batch = Toys.Batch(zeros(4, 3, 16, 16), zeros(4, 2)) with { Planes = Toys.SaliencyPlane(zeros(4, 16, 16)) };
        long before = Toys.LiveTensors;
        using (new Mixup { Kind = kind }.Transform(batch, Toys.Step())) Assert.Equal(before + 3, Toys.LiveTensors);
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Without_mixing_and_weights_training_is_plain_training_exactly()
    {
        DataSplits data = Toys.BlobSplits(8);
        float[] plain = Trained(Toys.Recipe),
            idle = Trained(
                Toys.Recipe.With(
                    new Mixup
                    {
                        Alpha = 0,
                        EntropyWeight = 0,
                        ConcentrationWeight = 0,
                    }
                )
            );
        Assert.Equal(plain, idle);
        Assert.NotEqual(plain, Trained(Toys.Recipe.With(new Mixup { EntropyWeight = 0, ConcentrationWeight = 0 })));
        float[] Trained(Recipe recipe)
        {
            using TrainedClassifier trained = ClassifierTrainer.Train(recipe with { Epochs = 1 }, data, Toys.Run(_folder));
            return
            [
                .. trained.Network.state_dict().Where(entry => entry.Value.dtype == float32).SelectMany(entry => Toys.Values(entry.Value)),
            ];
        }
    }

    [Theory]
    [InlineData(MixKind.Mixup)]
    [InlineData(MixKind.CutMix)]
    public void It_trains_with_other_techniques_on_either_side_and_no_tensor_survives(MixKind kind)
    {
        DataSplits data = Toys.BlobSplits(8);
        Technique[] techniques = [new Mixup { Kind = kind }, new RandomErasing(), new MultiDilation { Rates = [1, 2] }];
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
            Assert.True(losses["Mixup: concentration"] > 0.001 && double.IsFinite(losses["total"]));
        }
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void It_learns_the_blobs()
    {
        using TrainedClassifier trained = ClassifierTrainer.Train(
            Toys.Recipe.With(new Mixup()) with
            {
                Epochs = 8,
            },
            Toys.BlobSplits(16),
            Toys.Run(_folder)
        );
        double[] losses = [.. trained.History.Epochs.Select(epoch => epoch.Losses["total"])];
        Assert.True(losses[^1] < 0.8 * losses[0], string.Join(", ", losses));
    }

    private static void Close(float[] expected, Tensor actual)
    {
        float[] found = Toys.Values(actual);
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 1e-5f);
    }
}
