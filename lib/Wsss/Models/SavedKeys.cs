using Wsss.Weights;

namespace Wsss.Models;

/// <summary>
/// Which tensors of a file are a network's, whatever it was part of when it was saved: an <c>nn.DataParallel</c>, a Lightning
/// module, a larger network. Found is the prefix and the spelling with which most tensors fit.
/// </summary>
internal sealed class SavedKeys
{
    // Modules that hold one other, and stand in the middle of names where a part of the network was wrapped.
    private static readonly string[] Wrappers = ["module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"];

    // Copies that follow a network while it learns: of equals, the network itself is taken.
    private static readonly string[] Followers = ["ema", "momentum", "encoder_k", "target", "teacher", "swa"];

    private readonly string _prefix;
    private readonly SavedSpelling _spelling;
    private readonly Dictionary<string, string> _own = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _copies = new(StringComparer.Ordinal);

    private SavedKeys(IReadOnlyDictionary<string, TensorEntry> file, Place place, IReadOnlyList<Place> copies)
    {
        (_prefix, _spelling) = (place.Prefix, place.Spelling);
        foreach (string key in file.Keys)
        {
            string plain = Plain(key);
            if (place.Own(plain) is { } own) _own.Add(key, own);
            else if (copies.FirstOrDefault(copy => copy.Own(plain) is not null || copy.Encloses(plain, place)) is { } found)
                _copies.Add(key, found.Prefix);
        }
    }

    /// <summary>The network's key for each key of the file that is one, whatever its shape.</summary>
    public IReadOnlyDictionary<string, string> Own => _own;

    /// <summary>Which other names the file has for the same layers; empty for the network's own.</summary>
    public string Spelling => _spelling.Description;

    /// <summary>What was left out in front of the names, as the file has it; empty for nothing.</summary>
    public string Prefix
    {
        get
        {
            string?[] fronts = [.. _own.Keys.Select(FrontOf).Distinct()];
            return fronts is [string front] ? front
                : _prefix + string.Concat(Wrappers.Where(wrapper => _own.Keys.Any(key => key.Split('.').Contains(wrapper)))
                    .Select(wrapper => $"{wrapper}."));

            // Null where a wrapper stands in the middle.
            string? FrontOf(string key)
            {
                string rest = Plain(key)[_prefix.Length..];
                return key.EndsWith(rest, StringComparison.Ordinal) ? key[..^rest.Length] : null;
            }
        }
    }

    /// <summary>Prefixes under which the file has the whole network again.</summary>
    public IReadOnlyList<string> Copies => [.. _copies.Values.Where(prefix => prefix.Length > 0).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Whether a key belongs to another copy of the network.</summary>
    public bool IsCopy(string key) => _copies.ContainsKey(key);

    /// <summary>Whether a key stands beside the network, as its name lacks the prefix.</summary>
    public bool IsOutside(string key) => !Plain(key).StartsWith(_prefix, StringComparison.Ordinal);

    /// <summary>A key without wrappers and, where it has it, the prefix.</summary>
    public string Short(string key) => IsOutside(key) ? Plain(key) : Plain(key)[_prefix.Length..];

    /// <summary>Finds a network's tensors in a file.</summary>
    /// <param name="network">The network's shapes by key.</param>
    /// <param name="file">The file's tensors by key.</param>
    public static SavedKeys Find(IReadOnlyDictionary<string, long[]> network, IReadOnlyDictionary<string, TensorEntry> file)
    {
        IReadOnlyList<SavedSpelling> spellings = SavedSpelling.Of([.. network.Keys]);
        var places = new Dictionary<(int Spelling, string Prefix), Place>();
        foreach ((string key, TensorEntry entry) in file)
        {
            string plain = Plain(key);
            if (IsCounter(plain))
                continue;
            for (int start = 0; start >= 0; start = plain.IndexOf('.', start) is var dot and >= 0 ? dot + 1 : -1)
            {
                for (int s = 0; s < spellings.Count; s++)
                {
                    if (!spellings[s].Own.TryGetValue(plain[start..], out string? own))
                        continue;
                    string prefix = plain[..start];
                    if (!places.TryGetValue((s, prefix), out Place? place))
                        places.Add((s, prefix), place = new Place(prefix, spellings[s]));
                    place.Names++;
                    if (Fits(network[own], entry.Shape))
                        place.Fitting++;
                }
            }
        }
        Place[] ranked =
        [
            .. places
                .OrderByDescending(p => p.Value.Fitting)
                .ThenByDescending(p => p.Value.Names)
                .ThenBy(p => Follows(p.Key.Prefix))
                .ThenBy(p => p.Key.Spelling)
                .ThenBy(p => p.Key.Prefix.Length)
                .ThenBy(p => p.Key.Prefix, StringComparer.Ordinal)
                .Select(p => p.Value),
        ];
        // A few names in common, such as conv1.weight, make no network.
        int needed = network.Keys.Count(key => !IsCounter(key)) / 2;
        return ranked.Length > 0 && ranked[0].Names > needed
            ? new SavedKeys(file, ranked[0], [.. ranked[1..].Where(place => place.Names >= ranked[0].Names && place.Fitting > 0)])
            : new SavedKeys(file, new Place("", spellings[0]), []);
    }

    /// <summary>
    /// Whether a file's tensor can be taken as it is: a linear layer's [C, K] also fits a 1×1 convolution's [C, K, 1, 1].
    /// </summary>
    public static bool Fits(IReadOnlyList<long> expected, IReadOnlyList<long> found) =>
        expected.SequenceEqual(found) || (found.Count == 2 && expected.SequenceEqual([found[0], found[1], 1, 1]));

    /// <summary>Whether a key is of batch normalisation's count of batches, which decides nothing here.</summary>
    public static bool IsCounter(string key) => key.EndsWith("num_batches_tracked", StringComparison.Ordinal);

    private static string Plain(string key) => Wrappers.Any(wrapper => key.Contains(wrapper, StringComparison.Ordinal))
        ? string.Join('.', key.Split('.').Where(name => !Wrappers.Contains(name)))
        : key;

    private static bool Follows(string prefix) => Followers.Any(name => prefix.Contains(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Where a network may lie in a file.</summary>
    private sealed class Place(string prefix, SavedSpelling spelling)
    {
        public string Prefix { get; } = prefix;

        public SavedSpelling Spelling { get; } = spelling;

        public int Names { get; set; }

        public int Fitting { get; set; }

        public string? Own(string plain) =>
            plain.StartsWith(Prefix, StringComparison.Ordinal) ? Spelling.Own.GetValueOrDefault(plain[Prefix.Length..]) : null;

        // What has the prefix of a copy belongs to it, unless the network itself lies under that prefix.
        public bool Encloses(string plain, Place network) => Prefix.Length > 0
            && plain.StartsWith(Prefix, StringComparison.Ordinal) && !network.Prefix.StartsWith(Prefix, StringComparison.Ordinal);
    }
}
