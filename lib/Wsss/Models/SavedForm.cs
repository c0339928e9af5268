namespace Wsss.Models;

/// <summary>How a weight file holds a network, where it is not simply the network's own names at the top of the file.</summary>
/// <param name="Nest">Where in the file the tensors lie, such as <c>state_dict</c>; empty at its top.</param>
/// <param name="Prefix">What was left out in front of the names, such as <c>module.</c>; empty for nothing.</param>
/// <param name="Spelling">Which other names the file has for the same layers; empty for the network's own.</param>
/// <param name="Head">The layer that was taken as the classifier's head; empty where none was asked for.</param>
/// <param name="Others">What else in the file could have been taken: other state dicts, other copies of the network.</param>
internal sealed record SavedForm(string Nest, string Prefix, string Spelling, string Head, IReadOnlyList<string> Others)
{
    /// <summary>One line; names out of the file are fit for a terminal.</summary>
    public override string ToString()
    {
        List<string> parts = [];
        if (Nest.Length > 0) parts.Add($"taken from '{Nest}'");
        if (Prefix.Length > 0) parts.Add($"without the prefix '{Prefix}'");
        if (Spelling.Length > 0) parts.Add(Spelling);
        if (Head.Length > 0) parts.Add($"head {Head}");
        if (Others.Count > 0) parts.Add($"left aside: {KeySummary.Few(Others)}");
        return parts.Count == 0 ? "names as the network's" : KeySummary.Printable(string.Join(", ", parts));
    }
}
