using System.Text.RegularExpressions;

namespace Wsss.Weights;

/// <summary>
/// Finds the state dict in what <c>torch.save</c> was given: the dict itself, or a checkpoint that holds it beside the
/// optimizer, the epoch and the like. Dicts in it that are no such wrapper are parts of the network: their names are joined by dots.
/// </summary>
internal sealed partial class StateDictSearch
{
    private const int MaxDepth = 8;
    private const int ShownKeys = 8;

    // A dict that stands in several others is a part of each.
    private const int MostParts = 10_000;

    /// <summary>Names of what holds a network's state dict, the network itself before averages of it.</summary>
    private static readonly string[] Wrappers =
    [
        "state_dict",
        "model_state_dict",
        "model",
        "model_state",
        "net_state_dict",
        "net",
        "network",
        "network_state_dict",
        "weights",
        "params",
        "module",
        "model_dict",
        "model_weights",
        "net_dict",
        "params_dict",
        "state",
        "state_dict_ema",
        "model_state_dict_ema",
        "model_ema_state_dict",
        "model_ema",
        "ema_state_dict",
        "ema_model",
        "ema",
        "params_ema",
        "averaged_model",
        "swa_state_dict",
        "swa_model",
        "teacher",
        "student",
    ];

    // A linear probe is often saved beside the network that it stands on.
    private static readonly string[] Heads = ["classifier", "head", "fc", "linear", "cls_head", "classifier_state_dict", "head_state_dict"];

    private readonly HashSet<PickledDict> _path = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, PickledTensor> _tensors = new(StringComparer.Ordinal);
    private string _nest = "";
    private int _parts;
    private readonly List<string> _others = [];

    private StateDictSearch()
    {
    }

    /// <summary>What was found.</summary>
    /// <param name="Tensors">The tensors by key.</param>
    /// <param name="Nest">The wrapper's name, of several one in another joined by dots; empty if there is none.</param>
    /// <param name="Others">What beside it holds tensors too and was not taken.</param>
    internal sealed record Result(IReadOnlyDictionary<string, PickledTensor> Tensors, string Nest, IReadOnlyList<string> Others);

    /// <summary>Searches what a pickle holds.</summary>
    /// <exception cref="NotSupportedException">It holds no state dict.</exception>
    /// <exception cref="InvalidDataException">A key occurs twice, or is no text.</exception>
    public static Result Find(object? content)
    {
        var search = new StateDictSearch();
        if (content is IReadOnlyList<object?> items)
        {
            int place = 0;
            while (place < items.Count && !(items[place] is PickledDict dict && search.Holds(dict))) place++;
            if (place == items.Count)
            {
                throw new NotSupportedException(
                    $"it holds a list of {items.Count} value(s) without names. Save a state dict: torch.save(model.state_dict(), path)");
            }
            search.Descend((PickledDict)items[place]!, $"[{place}]");
        }
        else
        {
            search.Descend(content as PickledDict ?? throw new NotSupportedException(
                "it holds no dict. Save a state dict: torch.save(model.state_dict(), path)"), "");
        }
        return new Result(search._tensors, search._nest, search._others);
    }

    private void Descend(PickledDict dict, string nest, int depth = 0)
    {
        _nest = nest;
        string[] wrappers = [.. Wrappers.Where(name => Child(dict, name) is { } child && Holds(child))];
        if (wrappers.Length > 0 && depth < MaxDepth)
        {
            string path = nest.Length == 0 ? wrappers[0] : $"{nest}.{wrappers[0]}";
            _others.AddRange(dict.Where(item => HoldsTensors(item.Key, item.Value)).Select(item => item.Key.Text!)
                .Except([wrappers[0], .. Heads]));
            Descend(Child(dict, wrappers[0])!, path, depth + 1);
            foreach (string head in Heads)
                if (Child(dict, head) is { } layer && Holds(layer))
                    Collect(layer, $"{head}.", 1, optional: true);
            return;
        }
        if (!Holds(dict))
        {
            throw new NotSupportedException(
                "expected a state dict at its top or under a name such as 'state_dict' or 'model', found no tensors there, but "
                    + $"{Shown(dict)}. "
                    + "Save a state dict: torch.save(model.state_dict(), path)"
            );
        }
        Collect(dict, "", 0, optional: false);
    }

    private void Collect(PickledDict dict, string prefix, int depth, bool optional)
    {
        // A dict may hold itself.
        if (depth > MaxDepth || !_path.Add(dict)) return;
        if (++_parts > MostParts) throw new InvalidDataException($"its dicts stand in each other in more than {MostParts} ways");
        foreach ((PickledKey key, object? value) in dict)
        {
            if (value is PickledTensor tensor)
            {
                string name = key.Text ?? throw new InvalidDataException($"a tensor has the number {key} for a key, expected a text");
                if (!_tensors.TryAdd(prefix + name, tensor) && !optional)
                    throw new InvalidDataException($"the key '{prefix}{name}' occurs twice");
            }
            else if (key.Text is { } name && value is PickledDict child && !IsAside(name) && Holds(child))
            {
                Collect(child, $"{prefix}{name}.", depth + 1, optional);
            }
        }
        _path.Remove(dict);
    }

    /// <summary>Whether something beside a wrapper is a part of a network, or another one; a number in a tensor is none.</summary>
    private bool HoldsTensors(PickledKey key, object? value) =>
        key.Text is { } name && !IsAside(name) && value switch
        {
            PickledTensor tensor => tensor.Shape.Length > 0,
            PickledDict child => Holds(child),
            _ => false,
        };

    /// <summary>Whether there are tensors with names in a dict or in those within.</summary>
    private bool Holds(PickledDict dict) => Holds(dict, new HashSet<PickledDict>(ReferenceEqualityComparer.Instance), 0);

    private static bool Holds(PickledDict dict, HashSet<PickledDict> seen, int depth)
    {
        if (depth > MaxDepth || !seen.Add(dict)) return false;
        foreach ((PickledKey key, object? value) in dict)
        {
            // A number for a key is an error of the whole file at its top, and what an optimizer has below.
            if (value is PickledTensor && (key.Text is not null || depth == 0)) return true;
            if (key.Text is { } name && value is PickledDict child && !IsAside(name) && Holds(child, seen, depth + 1)) return true;
        }
        return false;
    }

    private static PickledDict? Child(PickledDict dict, string name) => dict.GetValueOrDefault(new PickledKey(name)) as PickledDict;

    private static bool IsAside(string name) => Aside().IsMatch(name);

    // What an optimizer and its like keep for each parameter; an upsampler or a clamp is none of them.
    [GeneratedRegex(
        @"^(?:\w+[_.])?(?:optim|sched|(?:scaler|rng|callbacks|loops|amp)(?:_states?(?:_dict)?|_scaler|_?\d+)?$)",
        RegexOptions.IgnoreCase)]
    private static partial Regex Aside();

    private static string Shown(PickledDict dict) => dict.Count == 0 ? "nothing at all"
        : "the keys " + string.Join(", ", dict.Keys.Take(ShownKeys).Select(key => PlainText.Shown($"{key}"))) +
            (dict.Count > ShownKeys ? $" and {dict.Count - ShownKeys} more" : "");
}
