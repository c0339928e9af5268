namespace Wsss.Models;

/// <summary>Says in a few words which keys a weight file has.</summary>
internal static class KeySummary
{
    private const int Groups = 6;
    private const int Items = 5;

    /// <summary>The keys grouped by their first name, such as <c>features.* (312, such as features.0.0.weight), fc.bias</c>.</summary>
    public static string Of(IEnumerable<string> keys)
    {
        string[] sorted = [.. keys.Order(StringComparer.Ordinal)];
        string common = Common(sorted);
        string[] groups = [.. sorted.GroupBy(key => First(key[common.Length..])).Select(group => group.Count() == 1
            ? group.First()
            : $"{common}{group.Key}.* ({group.Count()}, such as {group.First()})")];
        return Printable(Few(groups, Groups));
    }

    /// <summary>The first few of some texts, and how many more there are.</summary>
    public static string Few(IReadOnlyCollection<string> items, int most = Items) =>
        string.Join(", ", items.Take(most)) + (items.Count > most ? $" and {items.Count - most} more" : "");

    /// <summary>Names come from the file: none may steer a terminal.</summary>
    public static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));

    // The names that all keys begin with: without them there would be one group.
    private static string Common(string[] keys)
    {
        int length = 0;
        while (keys.Length > 1 && keys[0].IndexOf('.', length) is var dot and >= 0
            && keys.All(key => key.StartsWith(keys[0][..(dot + 1)], StringComparison.Ordinal)))
        {
            length = dot + 1;
        }
        return length == 0 ? "" : keys[0][..length];
    }

    private static string First(string key) => key.IndexOf('.') is var dot and >= 0 ? key[..dot] : key;
}
