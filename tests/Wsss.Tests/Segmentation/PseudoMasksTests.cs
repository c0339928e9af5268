using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Segmentation;
using Wsss.Tests.Data;

namespace Wsss.Tests.Segmentation;

public sealed class PseudoMasksTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_threshold_is_the_best_of_all(int seed)
    {
        var pairs = Pairs(seed);
        ThresholdPoint best = PseudoMasks.ChooseThreshold(Maps(pairs), Source(pairs)).Best;
        var byHand = ThresholdRule.Grid.Select(threshold =>
        {
            var confusion = new ConfusionMatrix(3);
            foreach (var (sample, maps) in pairs) confusion.Add(sample.Mask!, ThresholdRule.Apply(maps, threshold));
            return (threshold, confusion.MeanIoU);
        }).ToArray();
        Assert.Equal(byHand.MaxBy(point => point.MeanIoU), (best.Threshold, best.MeanIoU));
        Assert.True(byHand.Select(point => point.MeanIoU).Distinct().Count() > 10);
    }

    [Fact]
    public void Scores_within_the_band_are_ignored_and_without_one_none_is()
    {
        // Threshold .4, band .5: surely none below .2, surely some from .7 on.
        var maps = new LocalizationMaps("a", 6, 1, [2], [0.19f, 0.21f, 0.39f, 0.41f, 0.69f, 0.71f]);
        Assert.Equal([0, 255, 255, 255, 255, 3], ThresholdRule.Apply(maps, 0.4f, ignoreBand: 0.5).Values);
        Assert.Equal([0, 0, 0, 3, 3, 3], ThresholdRule.Apply(maps, 0.4f).Values);
        PseudoMasks.Write([maps], 0.4f, _folder.Path, ignoreBand: 0.5);
        Assert.Equal([0, 255, 255, 255, 255, 3], ImageFile.ReadMask(_folder.File("a.png")).Values);
    }

    [Fact]
    public void Samples_without_masks_do_not_choose_a_threshold()
    {
        var pairs = Pairs(2);
        (MaskedSample bare, LocalizationMaps more) = Pairs(3)[0];
        bare = bare with { Id = "bare", Mask = null };
        var some = new HandMadeSource(["a", "b"], [.. pairs.Select(pair => pair.Sample), bare]);
        more = new LocalizationMaps("bare", more.Width, more.Height, more.Classes, more.Values);
        Assert.Equal(
            PseudoMasks.ChooseThreshold(Maps(pairs), Source(pairs)).Points,
            PseudoMasks.ChooseThreshold([.. Maps(pairs), more], some).Points);
    }

    [Fact]
    public void A_sample_without_mask_cannot_choose_a_threshold()
    {
        (MaskedSample sample, LocalizationMaps maps) = Pairs(1)[0];
        string message = Assert.Throws<DataSetException>(
            () => PseudoMasks.ChooseThreshold([maps], new HandMadeSource(["a", "b"], sample with { Mask = null }))).Message;
        Assert.Contains(sample.Id, message);
    }

    [Fact]
    public void Written_masks_come_back_as_a_source()
    {
        var pairs = Pairs(1);
        PseudoMasks.Write(Maps(pairs), 0.4f, _folder.Path);
        var truth = Source(pairs);
        var source = new MaskFolderSource(truth, _folder.Path, "key");
        Assert.Equal((truth.Count, truth.ClassNames), (source.Count, source.ClassNames));
        for (int i = 0; i < source.Count; i++)
        {
            Sample sample = source.Load(i);
            Assert.Equal(ThresholdRule.Apply(pairs[i].Maps, 0.4f).Values, source.Mask(i).Values);
            Assert.Same(pairs[i].Sample.Image, sample.Image);
            Assert.Equal((truth.Id(i), truth.Labels(i)), (source.Id(i), source.Labels(i)));
        }
        // Another threshold replaces the files.
        PseudoMasks.Write(Maps(pairs), 0.9f, _folder.Path);
        Assert.Equal(ThresholdRule.Apply(pairs[0].Maps, 0.9f).Values, source.Mask(0).Values);
    }

    [Fact]
    public void The_fingerprint_follows_the_images_and_the_key()
    {
        ISampleSource data = Toys.Blobs(2),
            other = Toys.Blobs(3);
        string[] fingerprints =
        [
            .. new[] { (data, "a"), (data, "b"), (other, "a") }.Select(of =>
                new MaskFolderSource(of.Item1, _folder.Path, of.Item2).Fingerprint
            ),
            data.Fingerprint,
        ];
        Assert.Equal(4, fingerprints.Distinct().Count());
        Assert.Equal(fingerprints[0], new MaskFolderSource(Toys.Blobs(2), "elsewhere", "a").Fingerprint);
    }

    [Fact]
    public void A_missing_mask_and_one_of_another_size_are_errors_that_name_the_file()
    {
        ISampleSource data = Toys.Blobs(1);
        var source = new MaskFolderSource(data, _folder.Path, "key");
        string path = MaskFolderSource.PathOf(_folder.Path, data.Id(0));
        Assert.Contains(path, Assert.Throws<ImageFileException>(() => source.Load(0)).Message);
        ImageFile.WriteMask(path, new LabelMap(3, 2, new byte[6]));
        string message = Assert.Throws<ImageFileException>(() => source.Load(0)).Message;
        Assert.Contains(path, message);
        Assert.Contains("32×32", message);
        Assert.Contains("3×2", message);
    }

    private static IEnumerable<LocalizationMaps> Maps(IEnumerable<(MaskedSample Sample, LocalizationMaps Maps)> pairs) =>
        pairs.Select(pair => pair.Maps);

    private static HandMadeSource Source(IEnumerable<(MaskedSample Sample, LocalizationMaps Maps)> pairs) =>
        new(["a", "b"], [.. pairs.Select(pair => pair.Sample)]);

    // Random maps that lean towards random masks.
    private static (MaskedSample Sample, LocalizationMaps Maps)[] Pairs(int seed)
    {
        const int Width = 11,
            Height = 7,
            Plane = Width * Height;
        return
        [
            .. Enumerable
                .Range(0, 3)
                .Select(i =>
                {
                    var random = SeededRandom.For(seed, i);
                    byte[] mask = [.. Enumerable.Range(0, Plane).Select(_ => (byte)random.Next(3))];
                    mask[random.Next(Plane)] = LabelMap.Ignore;
                    float[] values =
                    [
                        .. Enumerable
                            .Range(0, 2 * Plane)
                            .Select(at => (float)(0.6 * random.NextDouble() + (mask[at % Plane] == at / Plane + 1 ? 0.3 : 0))),
                    ];
                    var sample = new MaskedSample($"s{i}", Toys.Noise(Width, Height, i), [0, 1])
                    {
                        Mask = new LabelMap(Width, Height, mask),
                    };
                    return (sample, new LocalizationMaps(sample.Id, Width, Height, [0, 1], values));
                }),
        ];
    }
}
