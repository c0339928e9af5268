using Wsss.Data;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Pipeline;
using Wsss.Registry;
using Wsss.Segmentation.Thresholds;
using Wsss.Tests.Data;
using Wsss.Training;

namespace Wsss.Tests.Segmentation.Thresholds;

public sealed class MaskFreeRuleTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Some images of 32 × 32 with maps by pixel; another program's, so that no classifier is known.</summary>
    private ThresholdEvidence Evidence(Func<int, int, byte[]> colour, Func<int, int, float> map, int count = 2)
    {
        byte[] pixels = [.. Pixels().SelectMany(at => colour(at.X, at.Y))];
        float[] values = [.. Pixels().Select(at => map(at.X, at.Y))];
        var source = new HandMadeSource(
            ["disc"],
            [.. Enumerable.Range(0, count).Select(i => new MaskedSample($"{i}", new RgbImage(32, 32, pixels), [0]))]
        );
        var run = Toys.Run(_folder);
        var folder = MapFolder.Write(
            _folder.File("maps"),
            source,
            source.LoadAll().Select(sample => (sample, new LocalizationMaps(sample.Id, 32, 32, [0], values))),
            null,
            run
        );
        using var maps = MapSource.Of(folder, null, run);
        return ThresholdEvidence.Of(maps, source, run);

        static IEnumerable<(int X, int Y)> Pixels() => Enumerable.Range(0, 1024).Select(i => (i % 32, i / 32));
    }

    private static bool Inside(int x, int y, int margin) => x >= margin && x < 32 - margin && y >= margin && y < 32 - margin;

    [Fact]
    public void Masks_agree_beyond_chance_as_Cohen_counts()
    {
        var agreement = new Agreement();
        agreement.Add(new LabelMap(4, 1, [0, 0, 1, 1]), new LabelMap(4, 1, [0, 1, 1, 1]));
        // Three of four agree; by chance ½·¼ + ½·¾ = ½ would.
        Assert.Equal(0.5, agreement.Kappa(), 1e-12);
        var same = new Agreement();
        same.Add(new LabelMap(2, 1, [1, 1]), new LabelMap(2, 1, [1, 1]));
        Assert.Equal(0, same.Kappa());
    }

    // The object is red; its map is surest in the middle and spills over its border at .4.
    [Fact]
    public void By_CRF_the_threshold_lies_where_masks_end_at_the_images_borders()
    {
        var evidence = Evidence(
            (x, y) => Inside(x, y, 10) ? [220, 20, 20] : [20, 20, 60],
            (x, y) =>
                Inside(x, y, 10) ? 0.9f
                : Inside(x, y, 5) ? 0.4f
                : 0
        );
        var choice = new CrfAgreement().Choose(evidence);
        Assert.Equal("crf", choice.Rule);
        Assert.InRange(choice.Threshold, 0.41f, 0.9f);
    }

    [Fact]
    public void By_Otsu_the_threshold_lies_between_two_groups_of_values()
    {
        var evidence = Evidence((_, _) => [0, 0, 0], (x, y) => Inside(x, y, 8) ? 0.8f : 0.3f);
        var scores = new OtsuVariance().Scores(evidence, MaskFreeRule.Grid);
        // All variance lies between the groups from .35 to .8; none is split elsewhere.
        Assert.All(MaskFreeRule.Grid.Zip(scores), pair => Assert.Equal(pair.First is > 0.3f and <= 0.8f ? 1 : 0, pair.Second, 1e-4));
        Assert.Equal(0.35f, new OtsuVariance().Choose(evidence).Threshold);
    }

    [Fact]
    public void By_scale_masks_agree_where_the_smaller_image_shows_the_same()
    {
        using Classifier network = Toys.Pointwise([1, 0, 0], 0);
        using var maps = MapsOf(network);
        var half = new ScaleAgreement { Scale = 0.5 };
        double[] Scores(Func<int, int> red) => [.. half.Scores(ThresholdEvidence.Of(maps, Columns(red), Toys.Run(_folder)), [0.2f, 0.5f])];
        // Halves stay halves, but for a column of .25 beside them, where chance is ½. Stripes of a pixel become one red.
        Assert.Equal([(31 / 32.0 - 0.5) / 0.5, 1], Scores(x => x < 16 ? 255 : 0), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0, 0], Scores(x => x % 2 == 0 ? 255 : 0));
    }

    [Fact]
    public void By_score_the_mask_the_rest_and_the_share_count_as_by_hand()
    {
        const float Bias = 0.2f;
        using Classifier network = Toys.Pointwise([1, 0, 0], Bias);
        using var maps = MapsOf(network);
        // Of 32 columns 16 are as red as can be, the next 8 at .58 of that.
        var evidence = ThresholdEvidence.Of(maps, Columns(x => x < 16 ? 255 : x < 24 ? 200 : 0), Toys.Run(_folder));
        double Red(int value) => (value / 255.0 - Normalization.Mean[0]) / Normalization.Std[0];
        double first = Red(255) / 2, second = Red(200) / 4, third = Red(0) / 4, plain = first + second + third;
        double Probability(double mean) => 1 / (1 + Math.Exp(-mean - Bias));
        double[] expected =
        [
            Probability(first + second + plain / 4) - Probability(third + plain * 3 / 4) - 0.75,
            Probability(first + plain / 2) - Probability(second + third + plain / 2) - 0.5,
        ];
        Assert.Equal(expected, new ClassScore().Scores(evidence, [0.5f, 0.75f]), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    // Of 32 × 32 pixels whose columns have one red each.
    private static HandMadeSource Columns(Func<int, int> red) => new(["class0"], new MaskedSample(
        "1", new RgbImage(32, 32, [.. Enumerable.Range(0, 1024).SelectMany(i => new byte[] { (byte)red(i % 32), 0, 0 })]), [0]));

    private MapSource MapsOf(Classifier network)
    {
        // Any file: of the weights only the hash is asked for.
        File.WriteAllText(_folder.File(StoredTraining.WeightsFile), "");
        var classifier = new TrainedClassifier(network, Toys.Recipe, new TrainingHistory([]), _folder.Path);
        return MapSource.Of(classifier, new MapInference(), Toys.Run(_folder));
    }

    [Theory]
    [InlineData("scale")]
    [InlineData("score")]
    public void Rules_that_ask_the_classifier_say_so_where_it_is_not_known(string name)
    {
        var evidence = Evidence((_, _) => [0, 0, 0], (_, _) => 0.5f);
        string message = Assert.Throws<RecipeException>(() => Family.Parse<MaskFreeRule>(name, "rule").Choose(evidence)).Message;
        Assert.Contains($"rule {name}", message);
        Assert.Contains("another program's", message);
    }

    [Fact]
    public void A_split_without_labels_is_refused()
    {
        var source = new HandMadeSource(["disc"], new MaskedSample("1", Toys.Noise(8, 8), []));
        var run = Toys.Run(_folder);
        var folder = MapFolder.Write(_folder.File("none"), source, [(source.Load(0), new LocalizationMaps("1", 8, 8, [], []))], null, run);
        using var maps = MapSource.Of(folder, null, run);
        Assert.Contains("found none in hand-made", Assert.Throws<DataSetException>(() => ThresholdEvidence.Of(maps, source, run)).Message);
    }

    [Fact]
    public void Large_images_and_their_maps_are_averaged_down()
    {
        var source = new HandMadeSource(
            ["disc"],
            new MaskedSample("1", new RgbImage(448, 2, [.. Enumerable.Range(0, 2688).Select(i => (byte)(i / 3 % 2 == 0 ? 100 : 50))]), [0])
        );
        var run = Toys.Run(_folder);
        float[] values = [.. Enumerable.Range(0, 896).Select(i => i % 2 == 0 ? 1f : 0)];
        var folder = MapFolder.Write(
            _folder.File("large"),
            source,
            [(source.Load(0), new LocalizationMaps("1", 448, 2, [0], values))],
            null,
            run
        );
        using var maps = MapSource.Of(folder, null, run);
        var (sample, small) = ThresholdEvidence.Of(maps, source, run).Images.Single();
        Assert.Equal((224, 1, 224, 1), (sample.Image.Width, sample.Image.Height, small.Width, small.Height));
        Assert.All(sample.Image.Pixels, value => Assert.Equal(75, value));
        Assert.All(small.Values, value => Assert.Equal(0.5f, value));
    }

    [Fact]
    public void Every_rule_chooses_for_a_trained_classifier_and_the_masks_choice_is_the_dearest()
    {
        long before = Toys.LiveTensors;
        var experiment = new Experiment { Classifier = Toys.Recipe with { Epochs = 2 } };
        using (var study = Study.On(Toys.BlobSplits(), experiment, Toys.Run(_folder)))
        {
            var comparison = Wsss.Comparisons.ThresholdComparison.Of(study, Wsss.Comparisons.ThresholdComparison.AllRules);
            Assert.Equal(["masks", "otsu", "crf", "scale", "score"], comparison.Trials.Select(trial => trial.Rule));
            var (_, curve) = study.ScoreMaps();
            Assert.All(comparison.Trials, trial =>
                Assert.Equal(curve.Points.Single(point => point.Threshold == trial.Threshold).MeanIoU, trial.MeanIoU!.Value, 1e-12));
            Assert.All(comparison.Trials.Skip(1), trial => Assert.Contains(trial.Threshold, MaskFreeRule.Grid));
            Assert.Contains("| masks", comparison.ToTable().ToString());
        }
        Assert.Equal(before, Toys.LiveTensors);
    }
}
