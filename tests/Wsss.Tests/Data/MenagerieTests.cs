using System.Security.Cryptography;
using Wsss.Data;
using Wsss.Menagerie;

namespace Wsss.Tests.Data;

public class MenagerieTests
{
    private static byte[] Bytes(IMaskedSource source, int index)
    {
        SceneTruth truth = source.Truth(index)!;
        return
        [
            .. source.Load(index).Image.Pixels,
            .. source.Mask(index).Values,
            .. truth.Parts.Values,
            .. truth.Objectness.Values,
            .. truth.Context.Values,
        ];
    }

    private static string Hash(IMaskedSource source, int count)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < count; i++) hash.AppendData(Bytes(source, i));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    // If a change of the drawing is meant, raise Menagerie's drawing version and put the new hashes here.
    [Theory]
    [InlineData(nameof(SceneSubjects.Targets), "DDD2DA884A6FC0B968E86B8442B0AC8EAD5817453B98C4D0A5B51FD9B6A0827C")]
    [InlineData(nameof(SceneSubjects.Others), "BDC88BF152C07F752D73FA03C06942DF132CBA090B49B41D6674817A8D48DFDB")]
    public void Scenes_are_pinned(string drawn, string expected)
    {
        var scenes = new DrawnScenes("train", 24, new() { Seed = 5, Subjects = Enum.Parse<SceneSubjects>(drawn), CueReliability = .7 });
        Assert.Equal(expected, Hash(scenes, scenes.Count));
    }

    [Fact]
    public void Order_and_threads_do_not_matter()
    {
        const int Count = 24;
        DrawnScenes forward = new("a", Count), backward = new("a", Count), parallel = new("a", Count), longer = new("a", 2 * Count);
        for (int i = Count - 1; i >= 0; i--) backward.Load(i);
        parallel.Prepare(cancellation: TestContext.Current.CancellationToken);
        string expected = Hash(forward, Count);
        Assert.Equal(expected, Hash(backward, Count));
        Assert.Equal(expected, Hash(parallel, Count));
        Assert.Equal(expected, Hash(longer, Count));
    }

    [Fact]
    public void A_scene_is_kept_and_shared_by_threads()
    {
        var scenes = new DrawnScenes("a", 1);
        Sample[] all = new Sample[16];
        Parallel.For(0, all.Length, i => all[i] = scenes.Load(0));
        Assert.All(all, sample => Assert.Same(all[0], sample));
    }

    [Fact]
    public void Seed_split_and_subjects_give_other_scenes()
    {
        string[] hashes =
        [
            Hash(new DrawnScenes("a", 1), 1),
            Hash(new DrawnScenes("b", 1), 1),
            Hash(new DrawnScenes("a", 1, new() { Seed = 1 }), 1),
            Hash(new DrawnScenes("a", 1, new() { Subjects = SceneSubjects.Others }), 1),
        ];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    [Fact]
    public void Fingerprint_tells_every_option_apart()
    {
        var options = new DrawnSceneOptions();
        DrawnScenes[] all =
        [
            new("a", 2, options),
            new("b", 2, options),
            new("a", 3, options),
            new("a", 2, options with { Size = 128 }),
            new("a", 2, options with { Seed = 1 }),
            new("a", 2, options with { Subjects = SceneSubjects.Others }),
            new("a", 2, options with { CueReliability = .9 }),
            new("a", 2, options with { ContextReliability = .5 }),
        ];
        Assert.Equal(all.Length, all.Select(m => m.Fingerprint).Distinct().Count());
        Assert.Equal(all[0].Fingerprint, new DrawnScenes("a", 2).Fingerprint);
    }

    [Fact]
    public void Splits_have_the_sizes_of_their_scale()
    {
        (int, int, int) Counts(DataSplits s) => (s.Train.Count, s.Validation.Count, s.Test.Count);
        Assert.Equal((64, 32, 32), Counts(DrawnScenes.Splits(SceneScale.Smoke, 0)));
        Assert.Equal((1_600, 200, 300), Counts(DrawnScenes.Splits(SceneScale.Quick, 0)));
        Assert.Equal((6_000, 500, 1_000), Counts(DrawnScenes.Splits(SceneScale.Full, 0)));
        Assert.Equal((1_600, 100, 100), Counts(DrawnScenes.Others(SceneScale.Quick, 0)));
        Assert.Equal(128, DrawnScenes.Splits(SceneScale.Full, 0).Test.Load(999).Image.Width);
        Assert.Throws<DataSetException>(() => DrawnScenes.Splits((SceneScale)9, 0));
    }

    [Fact]
    public void Classes_are_disjoint_and_names_tell_splits_apart()
    {
        Assert.Equal(8, DrawnScenes.TargetClasses.Count);
        Assert.Equal(16, DrawnScenes.OtherClasses.Count);
        Assert.Equal(24, DrawnScenes.TargetClasses.Concat(DrawnScenes.OtherClasses).Distinct().Count());
        DataSplits targets = DrawnScenes.Splits(SceneScale.Smoke, 0), others = DrawnScenes.Others(SceneScale.Smoke, 0);
        Assert.Equal("menagerie/train", targets.Train.Name);
        Assert.Equal("menagerie-others/validation", others.Validation.Name);
        Assert.Same(DrawnScenes.OtherClasses, others.Train.ClassNames);
        Assert.Equal("test_00031", targets.Test.Id(31));
    }

    [Fact]
    public void Prepare_draws_all_reports_and_stops()
    {
        var scenes = new DrawnScenes("a", 12);
        var seen = new Recorder();
        scenes.Prepare(seen, TestContext.Current.CancellationToken);
        Assert.Equal(12, seen.Values.Count);
        Assert.Equal(new WorkProgress("draw menagerie/a", 12, 12), seen.Values.MaxBy(value => value.Done));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => scenes.Prepare(cancellation: cancelled.Token));
    }

    [Fact]
    public void Options_out_of_range_are_errors()
    {
        DrawnSceneOptions[] broken =
        [
            new() { Size = 63 }, new() { Size = 257 }, new() { CueReliability = -.1 }, new() { CueReliability = double.NaN },
            new() { ContextReliability = 1.1 }, new() { Subjects = (SceneSubjects)7 },
        ];
        Assert.All(broken, options => Assert.Throws<DataSetException>(() => new DrawnScenes("a", 1, options)));
        Assert.Contains("63", Assert.Throws<DataSetException>(() => new DrawnScenes("a", 1, broken[0])).Message);
        Assert.Throws<DataSetException>(() => new DrawnScenes("a", 0));
        Assert.Throws<DataSetException>(() => new DrawnScenes(" ", 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DrawnScenes("a", 1).Load(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DrawnScenes("a", 1).Labels(-1));
    }

    private sealed class Recorder : IProgress<WorkProgress>
    {
        public List<WorkProgress> Values { get; } = [];

        public void Report(WorkProgress value)
        {
            lock (Values) Values.Add(value);
        }
    }
}
