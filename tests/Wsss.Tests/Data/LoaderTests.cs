using TorchSharp;
using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class LoaderTests
{
    private static readonly LoaderOptions Options = new()
    {
        BatchSize = 4,
        Augmentation = new Augmentation { Size = 12 },
        Shuffle = true,
        Seed = 5,
    };

    public LoaderTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Batches_are_the_same_bits_for_any_number_of_workers(int workers)
    {
        var source = new TargetSource(HandMadeSource.OfHalves(26));
        List<Values> expected = Read(new Loader(source, Options with { Workers = 0 }, torch.CPU).Epoch(3));
        List<Values> actual = Read(new Loader(source, Options with { Workers = workers }, torch.CPU).Epoch(3));
        Assert.Equal(7, expected.Count);
        AssertSame(expected, actual);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Skipping_gives_the_rest_of_the_epoch_without_loading_the_start(int workers)
    {
        var source = new CountingSource(new TargetSource(HandMadeSource.OfHalves(26)));
        var loader = new Loader(source, Options with { Workers = workers }, torch.CPU);
        List<Values> all = Read(loader.Epoch(3));
        source.Loads = 0;
        AssertSame(all[5..], Read(loader.Epoch(3, skip: 5)));
        Assert.Equal(6, source.Loads);
        Assert.Empty(loader.Epoch(3, skip: 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Epoch(3, skip: 8));
    }

    [Fact]
    public void An_epoch_holds_each_sample_once_and_epochs_differ()
    {
        var loader = new Loader(HandMadeSource.OfHalves(26), Options, torch.CPU);
        string[] Ids(int epoch) => [.. Read(loader.Epoch(epoch)).SelectMany(batch => batch.Ids)];
        Assert.Equal(26, Ids(0).Distinct().Count());
        Assert.NotEqual(Ids(0), Ids(1));
        var inOrder = new Loader(HandMadeSource.OfHalves(26), Options with { Shuffle = false }, torch.CPU);
        Assert.Equal(Ids(0).Order(), Read(inOrder.Epoch(0)).SelectMany(batch => batch.Ids));
    }

    [Fact]
    public void The_same_image_is_cut_otherwise_in_each_epoch()
    {
        var loader = new Loader(new TargetSource(HandMadeSource.OfHalves(4)), Options with { Shuffle = false }, torch.CPU);
        Values first = Assert.Single(Read(loader.Epoch(0))), second = Assert.Single(Read(loader.Epoch(1)));
        Assert.Equal(first.Ids, second.Ids);
        Assert.NotEqual(first.Images, second.Images);
    }

    [Fact]
    public void A_batch_has_the_promised_shapes_types_and_values()
    {
        var source = HandMadeSource.OfHalves(3, width: 6, height: 4);
        using Batch batch = Assert.Single(new Loader(new TargetSource(source), new LoaderOptions { BatchSize = 4 }, torch.CPU).Epoch(0));
        Assert.Equal([3L, 3, 4, 6], batch.Images.shape);
        Assert.Equal(torch.ScalarType.Float32, batch.Images.dtype);
        Assert.Equal([1f, 0, 0, 0, 1, 0, 0, 0, 1], batch.Labels.data<float>().ToArray());
        torch.Tensor target = batch.Planes[TargetSource.Plane];
        Assert.Equal([3L, 4, 6], target.shape);
        Assert.Equal(torch.ScalarType.Int64, target.dtype);
        Assert.Equal(source.Mask(2).Values.Select(v => (long)v), target.data<long>().ToArray()[48..]);

        using var tensor = Loader.ImageTensor(source.Load(2).Image, torch.CPU);
        Assert.Equal([1L, 3, 4, 6], tensor.shape);
        Assert.Equal(batch.Images.data<float>().ToArray()[(2 * 72)..], tensor.data<float>().ToArray());
    }

    [Fact]
    public void A_batch_has_a_plane_only_if_all_its_samples_have_one_of_its_kind()
    {
        MaskedSample halves = HandMadeSource.Halves("a", 6, 4, 0);
        Sample with = halves.WithTarget,
            without = halves.Sample,
            soft = without.With(TargetSource.Plane, new Plane(halves.Mask!, PlaneKind.Soft));
        var loader = new Loader(new SampleList(with, without, with, soft, with, with), new LoaderOptions { BatchSize = 2 }, torch.CPU);
        Assert.Equal([false, false, true], Read(loader.Epoch(0)).Select(batch => batch.Masks is not null));
    }

    [Theory]
    [InlineData(false, 7)]
    [InlineData(true, 6)]
    public void The_last_batch_may_be_dropped(bool drop, int expected)
    {
        var loader = new Loader(HandMadeSource.OfHalves(26), Options with { DropLast = drop }, torch.CPU);
        Assert.Equal(expected, loader.BatchesPerEpoch);
        Assert.Equal(expected, Read(loader.Epoch(0)).Count);
    }

    [Fact]
    public void Images_of_several_sizes_need_an_augmentation()
    {
        var source = new HandMadeSource(["x"], HandMadeSource.Halves("a", 6, 4, 0), HandMadeSource.Halves("b", 4, 6, 0));
        var error = Assert.Throws<DataSetException>(() =>
            Read(new Loader(source, new LoaderOptions { BatchSize = 2 }, torch.CPU).Epoch(0))
        );
        Assert.Contains("6×4 ('a') and 4×6 ('b')", error.Message);
        Assert.Equal(2, Read(new Loader(source, new LoaderOptions { BatchSize = 1 }, torch.CPU).Epoch(0)).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void An_error_in_a_worker_reaches_the_caller_after_the_good_batches(int workers)
    {
        var source = new CountingSource(HandMadeSource.OfHalves(26)) { Broken = 9 };
        var loader = new Loader(source, Options with { Shuffle = false, Workers = workers }, torch.CPU);
        int good = 0;
        var error = Assert.Throws<ImageFileException>(() =>
        {
            foreach (Batch batch in loader.Epoch(0))
            {
                using (batch) good++;
            }
        });
        Assert.Equal("sample_009 is broken", error.Message);
        Assert.Equal(2, good);
        source.AssertQuiet();
    }

    [Fact]
    public void Leaving_the_loop_early_ends_the_workers()
    {
        var source = new CountingSource(HandMadeSource.OfHalves(400));
        foreach (Batch batch in new Loader(source, Options with { Workers = 2 }, torch.CPU).Epoch(0))
        {
            batch.Dispose();
            break;
        }
        source.AssertQuiet();
        // One batch taken and two ahead: the queue is bounded.
        Assert.InRange(source.Loads, 4, 3 * 4);
    }

    [Fact]
    public void No_tensor_outlives_its_batch()
    {
        var loader = new Loader(HandMadeSource.OfHalves(26), Options, torch.CPU);
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        foreach (Batch batch in loader.Epoch(0)) batch.Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Options_out_of_range_are_errors()
    {
        var source = HandMadeSource.OfHalves(2);
        Assert.Throws<RecipeException>(() => new Loader(source, Options with { BatchSize = 0 }, torch.CPU));
        Assert.Throws<RecipeException>(() => new Loader(source, Options with { Workers = -1 }, torch.CPU));
        Assert.Throws<RecipeException>(() => new Loader(source, Options with { Augmentation = new Augmentation { Size = 0 } }, torch.CPU));
    }

    [Fact]
    public void Photographs_load_the_same_with_and_without_workers()
    {
        VocDataset source = VocDataset.Open(SharedData.VocMini, "val", null, TestContext.Current.CancellationToken);
        var options = new LoaderOptions
        {
            BatchSize = 8,
            Augmentation = new Augmentation { Size = 65 },
            DropLast = true,
        };
        AssertSame(
            Read(new Loader(source, options with { Workers = 0 }, torch.CPU).Epoch(1, skip: 9)),
            Read(new Loader(source, options, torch.CPU).Epoch(1, skip: 9))
        );
    }

    private static List<Values> Read(IEnumerable<Batch> batches)
    {
        var read = new List<Values>();
        foreach (Batch batch in batches)
        {
            using (batch)
                read.Add(new Values(batch.Ids, batch.Images.data<float>().ToArray(), batch.Labels.data<float>().ToArray(),
                    batch.Planes.GetValueOrDefault(TargetSource.Plane)?.data<long>().ToArray()));
        }
        return read;
    }

    private static void AssertSame(List<Values> expected, List<Values> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach ((Values a, Values b) in expected.Zip(actual))
        {
            Assert.Equal(a.Ids, b.Ids);
            Assert.Equal(a.Images, b.Images);
            Assert.Equal(a.Labels, b.Labels);
            Assert.Equal(a.Masks, b.Masks);
        }
    }

    private sealed record Values(IReadOnlyList<string> Ids, float[] Images, float[] Labels, long[]? Masks);

    private sealed class SampleList(params Sample[] samples) : ISampleSource
    {
        public string Name => "list";

        public IReadOnlyList<string> ClassNames => ["x"];

        public int Count => samples.Length;

        public string Fingerprint => "list";

        public string Id(int index) => samples[index].Id;

        public IReadOnlyList<int> Labels(int index) => samples[index].Labels;

        public Sample Load(int index) => samples[index];
    }

    /// <summary>Counts loads, fails at one index, and knows whether somebody is still loading.</summary>
    private sealed class CountingSource(ISampleSource inner) : ISampleSource
    {
        private int _loads;

        public int? Broken { get; init; }

        public int Loads { get => _loads; set => _loads = value; }

        public string Name => inner.Name;

        public IReadOnlyList<string> ClassNames => inner.ClassNames;

        public int Count => inner.Count;

        public string Fingerprint => inner.Fingerprint;

        public string Id(int index) => inner.Id(index);

        public IReadOnlyList<int> Labels(int index) => inner.Labels(index);

        public Sample Load(int index)
        {
            Interlocked.Increment(ref _loads);
            return index == Broken ? throw new ImageFileException($"{Id(index)} is broken") : inner.Load(index);
        }

        public void AssertQuiet()
        {
            int loads = _loads;
            Thread.Sleep(50);
            Assert.Equal(loads, _loads);
            Assert.True(loads < Count);
        }
    }
}
