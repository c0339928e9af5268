using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class VocWriterTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Truths_of_drawn_scenes_come_back()
    {
        byte[] parts = [0, 1, 2, 2, 1, 0], objectness = [0, 1, 1, 1, 1, 0], context = [1, 0, 0, 0, 0, 1];
        MaskedSample sample = HandMadeSource.Halves("scene", 3, 2, 0) with
        {
            Truth = new SceneTruth(new LabelMap(3, 2, parts), new LabelMap(3, 2, objectness), new LabelMap(3, 2, context)),
        };
        VocWriter.Write(_folder.Path, "train", new HandMadeSource(["a"], sample), cancellation: Cancellation);
        SceneTruth truth = VocDataset.Open(_folder.Path, "train", null, Cancellation).Truth(0)!;
        Assert.Equal(parts, truth.Parts.Values);
        Assert.Equal(objectness, truth.Objectness.Values);
        Assert.Equal(context, truth.Context.Values);
    }

    [Fact]
    public void Splits_are_written_and_shared_samples_once()
    {
        MaskedSample[] samples = [.. Enumerable.Range(0, 4).Select(i => HandMadeSource.Halves($"s{i}", 9, 7, i % 2))];
        string[] names = ["a", "b"];
        var seen = new List<WorkProgress>();
        var splits = new DataSplits(
            new HandMadeSource(names, samples[..3]),
            new HandMadeSource(names, samples[1]),
            new HandMadeSource(names, samples[3])
        );
        VocWriter.Write(_folder.Path, splits, new Recorder(seen), Cancellation);

        Assert.Equal((5, 5), (seen[^1].Done, seen[^1].Total));
        Assert.Equal(4, Directory.GetFiles(_folder.File("JPEGImages")).Length);
        DataSplits found = VocDataset.Splits(_folder.Path, seed: 0, cancellation: Cancellation);
        Assert.Equal((3, 1, 1), (found.Train.Count, found.Validation.Count, found.Test.Count));
        Assert.Equal("s1", found.Validation.Id(0));
    }

    [Fact]
    public void Two_samples_of_one_name_and_names_that_are_no_file_names_are_errors()
    {
        void Write(params MaskedSample[] samples) =>
            VocWriter.Write(_folder.Path, "train", new HandMadeSource(["a", "b"], samples), cancellation: Cancellation);
        Assert.Throws<DataSetException>(() => Write(HandMadeSource.Halves("s", 9, 7, 0), HandMadeSource.Halves("s", 9, 7, 1)));
        Assert.Throws<DataSetException>(() => Write(HandMadeSource.Halves("../s", 9, 7, 0)));
        Assert.Throws<DataSetException>(() => Write(HandMadeSource.Halves(" s", 9, 7, 0)));
    }

    [Fact]
    public void A_cancelled_write_leaves_no_split_behind()
    {
        using var stop = new CancellationTokenSource();
        var source = HandMadeSource.OfHalves(5);
        Assert.Throws<OperationCanceledException>(() => VocWriter.Write(_folder.Path, "train", source, new Canceller(stop), stop.Token));
        Assert.Equal(2, Directory.GetFiles(_folder.File("JPEGImages")).Length);
        Assert.Throws<DataSetException>(() => VocDataset.Open(_folder.Path, "train", null, Cancellation));
    }

    private sealed class Recorder(List<WorkProgress> seen) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => seen.Add(value);
    }

    private sealed class Canceller(CancellationTokenSource stop) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value)
        {
            if (value.Done == 2) stop.Cancel();
        }
    }
}
