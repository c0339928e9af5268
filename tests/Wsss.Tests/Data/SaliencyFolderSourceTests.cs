using Wsss.Data;
using static TorchSharp.torch;

namespace Wsss.Tests.Data;

public sealed class SaliencyFolderSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly HandMadeSource _source = HandMadeSource.OfHalves(12, width: 4, height: 2);

    public SaliencyFolderSourceTests()
    {
        for (int i = 0; i < _source.Count; i++) Write(i, new LabelMap(4, 2, [0, 51, 102, 255, 0, 0, 0, 0]));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Saliency_is_added_and_all_else_stays()
    {
        var salient = SaliencyFolderSource.Open(_source, _folder.Path);
        Sample sample = salient.Load(5), plain = _source.Load(5);
        Assert.Equal([0, 51, 102, 255, 0, 0, 0, 0], SaliencyOf(sample).Values);
        Assert.Equal(plain, sample with { Planes = plain.Planes });
        Assert.Equal((_source.Count, _source.Id(5)), (salient.Count, salient.Id(5)));
        Assert.Equal(_source.Labels(5), salient.Labels(5));
    }

    [Fact]
    public void A_map_of_another_size_shows_the_whole_image()
    {
        Write(1, new LabelMap(2, 1, [0, 200]));
        Sample sample = SaliencyFolderSource.Open(_source, _folder.Path).Load(1);
        Assert.Equal((4, 2), (SaliencyOf(sample).Width, SaliencyOf(sample).Height));
        Assert.Equal([0, 50, 150, 200, 0, 50, 150, 200], SaliencyOf(sample).Values);
    }

    [Fact]
    public void The_fingerprint_follows_the_content()
    {
        string before = SaliencyFolderSource.Open(_source, _folder.Path).Fingerprint;
        Assert.NotEqual(_source.Fingerprint, before);
        Assert.Equal(before, SaliencyFolderSource.Open(_source, _folder.Path).Fingerprint);
        Write(3, new LabelMap(4, 2, new byte[8]));
        Assert.NotEqual(before, SaliencyFolderSource.Open(_source, _folder.Path).Fingerprint);
    }

    [Fact]
    public void Missing_and_broken_maps_are_named()
    {
        ImageFile.WritePng(_folder.File("sample_002.png"), new RgbImage(4, 2, new byte[24]));
        var salient = SaliencyFolderSource.Open(_source, _folder.Path);
        Assert.Contains("sample_002.png", Assert.Throws<ImageFileException>(() => salient.Load(2)).Message);
        File.Delete(_folder.File("sample_004.png"));
        Assert.Contains("saliency map", Assert.Throws<DataSetException>(() => SaliencyFolderSource.Open(_source, _folder.Path)).Message);
        Assert.Contains(
            "none for 1: sample_004.png",
            Assert.Throws<DataSetException>(() => SaliencyFolderSource.Open(_source, _folder.Path)).Message
        );
        Assert.Throws<DataSetException>(() => SaliencyFolderSource.Open(_source, _folder.File("none")));
    }

    [Fact]
    public void Image_mask_and_saliency_stay_aligned_in_a_batch()
    {
        // The saliency of each image is its mask and its red channel: cropped, flipped and resized they must still agree.
        var blobs = Toys.Select(
            Toys.Blobs(8, width: 50, height: 40),
            sample =>
            {
                byte[] on = [.. sample.Mask!.Values.Select(v => (byte)(v > 0 ? 255 : 0))];
                return sample with
                {
                    Image = new RgbImage(50, 40, [.. on.SelectMany(v => new byte[] { v, 0, 0 })]),
                    Saliency = new LabelMap(50, 40, on),
                };
            }
        );
        var augmentation = new Augmentation
        {
            Size = 24,
            Brightness = 0,
            Contrast = 0,
            Saturation = 0,
        };
        var loader = new Loader(
            new TargetSource(blobs),
            new LoaderOptions
            {
                BatchSize = 4,
                Shuffle = true,
                Seed = 3,
                Augmentation = augmentation,
            },
            CPU
        );
        int edges = 0,
            salient = 0;
        foreach (Batch batch in loader.Epoch(0))
        {
            using (batch)
            {
                Assert.Equal([4, 24, 24], SaliencyOf(batch).shape);
                float[] image = Toys.Values(batch.Images),
                    saliency = Toys.Values(SaliencyOf(batch));
                long[] mask = batch.Planes[TargetSource.Plane].data<long>().ToArray();
                for (int i = 0; i < saliency.Length; i++)
                {
                    double red = image[i / 576 * 3 * 576 + i % 576] * (double)Normalization.Std[0] + Normalization.Mean[0];
                    Assert.Equal(red, saliency[i], 1e-5);
                    Assert.InRange(saliency[i], 0, 1);
                    if (saliency[i] is 0 or 1)
                        Assert.Equal(saliency[i] > 0, mask[i] > 0);
                    else
                        edges++;
                    if (saliency[i] == 1)
                        salient++;
                }
            }
        }
        Assert.True(salient > 200 && edges > 50, $"{salient} {edges}");
    }

    [Fact]
    public void Unchanged_samples_keep_their_saliency_and_a_batch_has_it_only_if_all_do()
    {
        MaskedSample without = _source[1],
            with = without with { Saliency = SaliencyOf(SaliencyFolderSource.Open(_source, _folder.Path).Load(0)) };
        Batch Load(params MaskedSample[] samples) =>
            new Loader(new HandMadeSource(["a", "b", "c"], samples), new LoaderOptions { BatchSize = 2 }, CPU).Epoch(0).Single();
        using Batch both = Load(with, with with { Saliency = new LabelMap(4, 2, new byte[8]) }),
            one = Load(with, without);
        Assert.Equal([0, 0.2f, 0.4f, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Toys.Values(SaliencyOf(both)));
        Assert.Empty(one.Planes);
    }

    [Fact]
    public void No_tensor_outlives_its_batch()
    {
        var loader = new Loader(SaliencyFolderSource.Open(_source, _folder.Path), new LoaderOptions { BatchSize = 5 }, CPU);
        long before = Toys.LiveTensors;
        foreach (Batch batch in loader.Epoch(0)) batch.Dispose();
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Maps_that_a_network_wrote_for_photographs_are_read()
    {
        string voc = SharedData.VocMini;
        VocDataset photographs = VocDataset.Open(voc, "val", null, TestContext.Current.CancellationToken);
        Sample sample = SaliencyFolderSource.Open(photographs, Path.Combine(voc, "Saliency")).Load(0);
        Assert.Equal((sample.Image.Width, sample.Image.Height), (SaliencyOf(sample).Width, SaliencyOf(sample).Height));
        double On(Func<byte, bool> where) =>
            SaliencyOf(sample).Values.Zip(photographs.Mask(0).Values).Where(p => where(p.Second)).Average(p => p.First / 255.0);
        Assert.True(On(label => label is > 0 and < LabelMap.Ignore) > On(label => label == 0) + 0.2);
    }

    private static LabelMap SaliencyOf(Sample sample) => sample.Planes[SaliencyFolderSource.Plane].Values;

    private static Tensor SaliencyOf(Batch batch) => batch.Planes[SaliencyFolderSource.Plane];

    private void Write(int index, LabelMap map) => ImageFile.WriteGray(_folder.File(_source.Id(index) + ".png"), map);
}
