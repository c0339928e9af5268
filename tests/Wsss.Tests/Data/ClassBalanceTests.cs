using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class ClassBalanceTests
{
    [Fact]
    public void Classes_take_turns_however_rare_they_are()
    {
        // Class 0 on eight images, class 1 on one, none on one.
        int[][] labels = [[0], [0], [0], [0], [0], [0], [0], [0], [1], []];
        var source = new Labelled(labels);
        int[] order = ClassBalance.Order(source, SeededRandom.For(3));
        Assert.Equal(10, order.Length);
        int Turns(int[] of) => order.Count(i => labels[i].SequenceEqual(of));
        int[] turns = [Turns([0]), Turns([1]), Turns([])];
        Assert.All(turns, count => Assert.InRange(count, 3, 4));
        // No image of a deck comes again before all of the deck have come.
        Assert.Equal(turns[0], order.Where(i => labels[i].SequenceEqual([0])).Distinct().Count());
        Assert.Equal(order, ClassBalance.Order(source, SeededRandom.For(3)));
        Assert.NotEqual(order, ClassBalance.Order(source, SeededRandom.For(4)));
    }

    [Fact]
    public void A_deck_that_has_run_out_is_shuffled_anew()
    {
        // Of twenty turns ten are class 0's, whose five images come twice.
        int[] order = ClassBalance.Order(
            new Labelled([.. Enumerable.Range(0, 20).Select(i => new[] { i < 5 ? 0 : 1 })]), SeededRandom.For(1));
        int[] turns = [.. order.Where(i => i < 5)];
        Assert.Equal([0, 1, 2, 3, 4], turns[..5].Order());
        Assert.Equal([0, 1, 2, 3, 4], turns[5..].Order());
        Assert.NotEqual(turns[..5], turns[5..]);
    }

    [Fact]
    public void A_class_that_nothing_shows_has_no_turn()
    {
        var source = new Labelled([[1], [1], [1]]);
        Assert.Equal([0, 1, 2], ClassBalance.Order(source, SeededRandom.For(1)).Order());
    }

    private sealed class Labelled(int[][] labels) : ISampleSource
    {
        public string Name => "labels";

        public IReadOnlyList<string> ClassNames => ["a", "b"];

        public int Count => labels.Length;

        public string Fingerprint => "labels";

        public string Id(int index) => $"{index}";

        public IReadOnlyList<int> Labels(int index) => labels[index];

        public Sample Load(int index) => throw new NotSupportedException();
    }
}
