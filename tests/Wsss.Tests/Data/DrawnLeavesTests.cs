using System.Security.Cryptography;
using Wsss.Data;
using Wsss.Menagerie;

namespace Wsss.Tests.Data;

/// <summary>What drawn leaves promise: the same bytes everywhere, truths that agree, small symptoms on a leaf.</summary>
public class DrawnLeavesTests(DrawnLeavesTests.Leaves leaves) : IClassFixture<DrawnLeavesTests.Leaves>
{
    private const int Pixels = 96 * 96;

    // If a change of the drawing is meant, raise the leaves' drawing version and put the new hash here.
    [Fact]
    public void Leaves_are_pinned() =>
        Assert.Equal(
            "B871CDB43EA7206B3BA734BB5C7602B59E7CC1FA07C66F3550EA395990FD5019",
            Hash(new DrawnLeaves("train", 24, new() { Seed = 5 }), 24));

    [Fact]
    public void Order_and_threads_do_not_matter()
    {
        const int Count = 12;
        DrawnLeaves forward = new("a", Count), backward = new("a", Count), parallel = new("a", Count), longer = new("a", 2 * Count);
        for (int i = Count - 1; i >= 0; i--) backward.Load(i);
        parallel.Prepare(cancellation: TestContext.Current.CancellationToken);
        string expected = Hash(forward, Count);
        Assert.All([backward, parallel, longer], list => Assert.Equal(expected, Hash(list, Count)));
    }

    [Fact]
    public void Seed_split_and_size_give_other_leaves_and_fingerprints()
    {
        DrawnLeaves[] all = [new("a", 2), new("b", 2), new("a", 2, new() { Seed = 1 }), new("a", 2, new() { Size = 64 })];
        Assert.Equal(all.Length, all.Select(list => Hash(list, 1)).Distinct().Count());
        Assert.Equal(all.Length + 1, all.Append(new("a", 3)).Select(list => list.Fingerprint).Distinct().Count());
        Assert.Equal(all[0].Fingerprint, new DrawnLeaves("a", 2).Fingerprint);
        Assert.NotEqual(all[0].Fingerprint, new DrawnScenes("a", 2).Fingerprint);
    }

    [Fact]
    public void Truths_agree_with_each_other_and_the_labels()
    {
        foreach (var (labels, mask, truth) in leaves.All)
        {
            byte[] parts = truth.Parts.Values, leaf = truth.Objectness.Values, healthy = truth.Context.Values;
            for (int i = 0; i < mask.Length; i++)
            {
                // The leaf covers its symptoms, and what of it is no symptom is its healthy part.
                Assert.Equal(leaf[i], healthy[i] + (mask[i] > 0 ? 1 : 0));
                Assert.Equal(mask[i] > 0, parts[i] is SceneTruth.Head or SceneTruth.Body);
            }
            Assert.Equal(labels.Select(c => (byte)(c + 1)), mask.Where(value => value > 0).Distinct().Order());
            Assert.InRange(labels.Count, 0, 2);
        }
    }

    [Fact]
    public void Leaves_fill_much_of_the_picture_and_never_all_of_it()
    {
        double[] shares = [.. leaves.All.Select(leaf => leaf.Truth.Objectness.Values.Sum(value => value) / (double)Pixels)];
        Assert.All(shares, share => Assert.InRange(share, .2, .75));
        Assert.InRange(shares.Average(), .35, .6);
    }

    [Fact]
    public void Every_stress_occurs_as_often_and_some_leaves_are_healthy()
    {
        int count = leaves.All.Length;
        Assert.InRange(leaves.All.Count(leaf => leaf.Labels.Count == 0), .15 * count, .26 * count);
        Assert.InRange(leaves.All.Count(leaf => leaf.Labels.Count == 2), .15 * count, .32 * count);
        // .55 of the leaves have one of four, .25 have two of four.
        int[] shown = [.. Enumerable.Range(0, 4).Select(c => leaves.All.Count(leaf => leaf.Labels.Contains(c)))];
        Assert.All(shown, number => Assert.InRange(number, .17 * count, .36 * count));
        Assert.Equal(["blotch", "specks", "ring", "mine"], DrawnLeaves.Stresses);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Symptoms_are_small_and_a_third_of_them_cover_a_few_per_cent(int stress)
    {
        double[] shares =
        [
            .. leaves.All.Where(leaf => leaf.Labels.Contains(stress))
                .Select(leaf => leaf.Mask.Count(value => value == stress + 1) / (double)Pixels),
        ];
        Assert.All(shares, share => Assert.InRange(share, .004, .25));
        Assert.InRange(shares.Count(share => share <= .03), .33 * shares.Length, shares.Length);
        Assert.InRange(shares.Average(), .01, .09);
    }

    [Fact]
    public void Borders_are_soft_around_a_core()
    {
        double core = leaves.All.Sum(leaf => leaf.Truth.Parts.Values.Count(value => value == SceneTruth.Head));
        double all = leaves.All.Sum(leaf => leaf.Mask.Count(value => value > 0));
        Assert.InRange(core / all, .4, .8);
    }

    [Fact]
    public void The_data_set_is_opened_by_its_name_at_its_scales()
    {
        var data = DataSet.Parse("drawn-leaves", scale: "smoke", seed: 3);
        Assert.Equal(new DrawnLeavesData { Scale = SceneScale.Smoke, Seed = 3 }, data);
        var splits = data.Open();
        Assert.Equal((64, 32, 32), (splits.Train.Count, splits.Validation.Count, splits.Test.Count));
        Assert.Equal(Hash(new DrawnLeaves("test", 32, new() { Seed = 3 }), 2), Hash(splits.Test, 2));
        Assert.Equal("drawn-leaves/validation", splits.Validation.Name);
        var quick = DrawnLeaves.Splits(SceneScale.Quick, 0);
        Assert.Equal((800, 120, 200), (quick.Train.Count, quick.Validation.Count, quick.Test.Count));
        Assert.Equal(128, DrawnLeaves.Splits(SceneScale.Full, 0).Test.Load(599).Image.Width);
        Assert.Contains("tiny", Assert.Throws<DataSetException>(() => DataSet.Parse("drawn-leaves", scale: "tiny")).Message);
    }

    [Fact]
    public void Options_out_of_range_are_errors()
    {
        Assert.Contains("63", Assert.Throws<DataSetException>(() => new DrawnLeaves("a", 1, new() { Size = 63 })).Message);
        Assert.Throws<DataSetException>(() => new DrawnLeaves("a", 1, new() { Size = 257 }));
        Assert.Throws<DataSetException>(() => new DrawnLeaves("a", 0));
        Assert.Throws<DataSetException>(() => new DrawnLeaves(" ", 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DrawnLeaves("a", 1).Load(1));
    }

    private static string Hash(IMaskedSource source, int count)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < count; i++)
        {
            SceneTruth truth = source.Truth(i)!;
            byte[][] planes =
            [
                source.Load(i).Image.Pixels, source.Mask(i).Values, truth.Parts.Values, truth.Objectness.Values, truth.Context.Values,
            ];
            foreach (byte[] plane in planes) hash.AppendData(plane);
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    public sealed class Leaves
    {
        public Leaves()
        {
            var source = new DrawnLeaves("train", 300);
            source.Prepare();
            All = [.. Enumerable.Range(0, 300).Select(i => (source.Labels(i), source.Mask(i).Values, source.Truth(i)))];
        }

        internal (IReadOnlyList<int> Labels, byte[] Mask, SceneTruth Truth)[] All { get; }
    }
}
