namespace Wsss.Data;

/// <summary>Counts masks that show nothing of what their images' labels say, as those do whose values follow another order.</summary>
/// <param name="classNames">The classes.</param>
internal sealed class MaskContradictions(IReadOnlyList<string> classNames)
{
    /// <summary>What to do about them.</summary>
    public const string ToDo = "Name the classes in the order of the masks' values, or correct the masks or the labels.";

    private const int MostNamed = 3;

    private readonly List<string> _found = [];
    private int _masks;

    /// <summary>What was found; null where no mask contradicts its labels.</summary>
    public string? What =>
        _found.Count == 0
            ? null
            : $"{_found.Count} of {_masks} masks show no class of their image's labels: {string.Join("; ", _found.Take(MostNamed))}"
                + (_found.Count > MostNamed ? "; …" : ".");

    /// <summary>Looks at a mask; one of an image without label, or without a pixel that counts, contradicts nothing.</summary>
    public void Add(string id, IReadOnlyList<int> labels, LabelMap mask)
    {
        if (labels.Count == 0 || !mask.Values.AsSpan().ContainsAnyExcept(LabelMap.Ignore))
            return;
        _masks++;
        if (labels.Any(label => mask.Values.AsSpan().Contains((byte)(label + 1))))
            return;
        string[] shown = [.. classNames.Where((_, c) => c < VocClasses.Most && mask.Values.AsSpan().Contains((byte)(c + 1)))];
        _found.Add(
            $"'{id}' is labelled {string.Join(", ", labels.Select(label => classNames[label]))}, its mask shows "
                + (shown.Length == 0 ? "the background alone" : string.Join(", ", shown))
        );
    }
}
