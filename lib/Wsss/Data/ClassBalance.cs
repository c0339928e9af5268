namespace Wsss.Data;

/// <summary>An order of an epoch in which every class comes as often as the others, however many images show it.</summary>
internal static class ClassBalance
{
    /// <summary>
    /// Classes take turns; each takes its next image from a shuffled deck of those that show it, which is shuffled anew when it is empty.
    /// Images without any class are a deck of their own.
    /// </summary>
    /// <param name="source">Labels.</param>
    /// <param name="random">Where all randomness comes from.</param>
    /// <returns>As many places of images as there are images; some come twice, others not at all.</returns>
    public static int[] Order(ISampleSource source, SeededRandom random)
    {
        var images = Enumerable.Range(0, source.Count).ToArray();
        int[][] decks =
        [
            .. Enumerable.Range(0, source.ClassNames.Count).Select(c => images.Where(i => source.Labels(i).Contains(c)).ToArray()),
            [.. images.Where(i => source.Labels(i).Count == 0)],
        ];
        decks = [.. decks.Where(deck => deck.Length > 0)];
        var next = new int[decks.Length];
        foreach (var deck in decks) random.Shuffle(deck.AsSpan());
        random.Shuffle(decks.AsSpan());
        var order = new int[source.Count];
        for (int place = 0; place < order.Length; place++)
        {
            int d = place % decks.Length;
            if (next[d] == decks[d].Length)
            {
                random.Shuffle(decks[d].AsSpan());
                next[d] = 0;
            }
            order[place] = decks[d][next[d]++];
        }
        return order;
    }
}
