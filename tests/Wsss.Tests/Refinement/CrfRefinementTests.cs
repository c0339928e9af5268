using Wsss.Crf;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Refinement;
using static TorchSharp.torch;

namespace Wsss.Tests.Refinement;

public sealed class CrfRefinementTests
{
    private static readonly IMaskedSource _blobs = Toys.Blobs(3);
    private static readonly CrfOptions _toyCrf = new() { Bilateral = new() { SigmaXy = 15, SigmaRgb = 20 } };

    public static TheoryData<MapEvidence> Evidence => new() { new MapProbabilities(), new MapLabels() };

    [Theory]
    [MemberData(nameof(Evidence), DisableDiscoveryEnumeration = true)]
    public void Blurred_maps_come_back_with_the_objects_borders(MapEvidence evidence)
    {
        (Sample Sample, LocalizationMaps Maps)[] pairs = [.. Samples().Select(sample => (sample, BlurredTruth(sample)))];
        var refined = new CrfRefinement { Crf = _toyCrf, Evidence = evidence }.Open(CPU).Run(pairs).ToArray();
        Assert.Equal(pairs.Select(pair => pair.Sample), refined.Select(pair => pair.Sample));
        Assert.All(refined, pair => Assert.All(pair.Maps.Values, value => Assert.InRange(value, 0, 1)));
        double before = BestMeanIoU(pairs), after = BestMeanIoU(refined);
        Assert.True(before < 0.9, $"{before}");
        Assert.True(after > 0.97, $"{after}");
    }

    [Fact]
    public void Probabilities_are_the_maps_and_a_power_of_what_they_leave()
    {
        var maps = new LocalizationMaps("a", 2, 1, [3, 5], [0.5f, 0, 0.2f, 1]);
        float[] unary = new MapProbabilities { BackgroundPower = 2 }.Unary(maps);
        Assert.Equal([0.25f, 1e-5f, 0.5f, 1e-5f, 0.2f, 1], unary.Select(u => MathF.Exp(-u)), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Maps_above_1_leave_nothing_to_the_background()
    {
        float[] unary = new MapProbabilities { BackgroundPower = 0.5 }.Unary(new LocalizationMaps("a", 1, 1, [0], [1.25f]));
        Assert.Equal([1e-5f, 1], unary.Select(u => MathF.Exp(-u)), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Labels_are_the_thresholded_maps()
    {
        var maps = new LocalizationMaps("a", 3, 1, [3, 5], [0.5f, 0.1f, 0.2f, 0, 0.2f, 0.9f]);
        float[] unary = new MapLabels { Threshold = 0.3f, Confidence = 0.8 }.Unary(maps);
        Assert.Equal(
            [0.1f, 0.8f, 0.1f, 0.8f, 0.1f, 0.1f, 0.1f, 0.1f, 0.8f],
            unary.Select(u => MathF.Exp(-u)),
            (a, b) => Math.Abs(a - b) < 1e-6
        );
    }

    [Fact]
    public void Classes_names_and_sizes_stay_and_an_image_without_classes_stays_as_it_is()
    {
        var image = Toys.Noise(6, 5);
        var maps = new LocalizationMaps("a", 6, 5, [2, 7], [.. Enumerable.Repeat(0.4f, 60)]);
        LocalizationMaps refined = new CrfRefinement().Open(CPU).Refine(image, maps);
        Assert.Equal(("a", 6, 5), (refined.Id, refined.Width, refined.Height));
        Assert.Equal([2, 7], refined.Classes);
        var empty = new LocalizationMaps("b", 6, 5, [], []);
        Assert.Same(empty, new CrfRefinement().Open(CPU).Refine(image, empty));
    }

    [Fact]
    public void What_does_not_fit_is_an_error()
    {
        var maps = new LocalizationMaps("a", 6, 5, [2], new float[30]);
        var error = Assert.Throws<ArgumentException>(() => new CrfRefinement().Open(CPU).Refine(Toys.Noise(5, 6), maps));
        Assert.Contains("'a'", error.Message);
        Assert.Throws<ArgumentException>(() =>
            new CrfRefinement().Open(CPU)
                .Refine(Toys.Noise(6, 5), new LocalizationMaps("a", 6, 5, [2], [.. Enumerable.Repeat(float.NaN, 30)]))
        );
        CrfRefinement[] broken =
        [
            new() { Crf = new() { Iterations = -1 } },
            new()
            {
                Crf = new()
                {
                    Compatibility =
                    [
                        [0, 1],
                        [1, 0],
                    ],
                },
            },
            new() { Evidence = new MapProbabilities { BackgroundPower = 0 } },
            new() { Evidence = new MapLabels { Threshold = 2 } },
            new() { Evidence = new MapLabels { Confidence = 1 } },
        ];
        Assert.All(broken, refinement => Assert.Throws<RecipeException>(() => refinement.Open(CPU)));
    }

    [Fact]
    public void Options_survive_JSON()
    {
        var refinement = new CrfRefinement { Crf = new() { Iterations = 3 }, Evidence = new MapLabels { Threshold = 0.05f } };
        Assert.Equal(refinement, WsssJson.Read<CrfRefinement>(WsssJson.Write(refinement), "test"));
    }

    private static IEnumerable<Sample> Samples() => Enumerable.Range(0, _blobs.Count).Select(_blobs.Load);

    // The mask of each label, smeared over 9×9 pixels.
    private static LocalizationMaps BlurredTruth(Sample sample)
    {
        LabelMap mask = _blobs.MaskOf(sample.Id)!;
        const int Radius = 4;
        float Mean(int label, int x, int y)
        {
            int hits = 0;
            for (int dy = -Radius; dy <= Radius; dy++)
                for (int dx = -Radius; dx <= Radius; dx++)
                    if (
                        x + dx >= 0
                        && x + dx < mask.Width
                        && y + dy >= 0
                        && y + dy < mask.Height
                        && mask.Values[(y + dy) * mask.Width + x + dx] == label + 1
                    )
                        hits++;
            return hits / ((2f * Radius + 1) * (2 * Radius + 1));
        }
        float[] values =
        [
            .. sample.Labels.SelectMany(label =>
                Enumerable.Range(0, mask.Values.Length).Select(i => Mean(label, i % mask.Width, i / mask.Width))
            ),
        ];
        return new LocalizationMaps(sample.Id, mask.Width, mask.Height, sample.Labels, values);
    }

    private static double BestMeanIoU(IEnumerable<(Sample Sample, LocalizationMaps Maps)> pairs)
    {
        var curve = new ThresholdCurve(3);
        foreach (var (sample, maps) in pairs) curve.Add(maps, _blobs.MaskOf(sample.Id)!);
        return curve.Summarize().Best.MeanIoU;
    }
}
