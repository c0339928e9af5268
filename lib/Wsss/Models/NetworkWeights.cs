using System.Text;
using Wsss.Weights;
using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>A tensor whose shape in the file is not the network's.</summary>
/// <param name="Key">The network's key.</param>
/// <param name="Expected">The network's shape.</param>
/// <param name="Found">The file's shape.</param>
public sealed record Misshapen(string Key, IReadOnlyList<long> Expected, IReadOnlyList<long> Found)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Key} (expected [{string.Join(", ", Expected)}], found [{string.Join(", ", Found)}])";
}

/// <summary>What became of each tensor when weights were loaded; every list is sorted.</summary>
/// <param name="Loaded">Keys of the network that were overwritten.</param>
/// <param name="Missing">Keys of the network that the file lacks, without <c>num_batches_tracked</c>.</param>
/// <param name="Unexpected">Keys of the file that the network lacks.</param>
/// <param name="Misshapen">Keys whose shapes differ.</param>
/// <param name="Ignored">Keys of the file that the caller did not want.</param>
public sealed record LoadReport(
    IReadOnlyList<string> Loaded, IReadOnlyList<(string Key, IReadOnlyList<long> Shape)> Missing,
    IReadOnlyList<string> Unexpected, IReadOnlyList<Misshapen> Misshapen, IReadOnlyList<string> Ignored)
{
    /// <summary>Whether each tensor of the network was found and each of the file was used or ignored on purpose.</summary>
    public bool IsExact => Missing.Count == 0 && Unexpected.Count == 0 && Misshapen.Count == 0;
}

/// <summary>Loads the state of networks from weight files, and saves it as safetensors.</summary>
public static class NetworkWeights
{
    // The parts of a whole classifier of this library.
    private const string OwnBackbone = "backbone.", OwnHead = "head.";

    /// <summary>Copies a file's tensors into a network, converted to the network's types. First everything is checked.</summary>
    /// <remarks>
    /// Keys and shapes must be equal; a linear layer's [C, K] also fits a 1×1 convolution's [C, K, 1, 1].
    /// <c>num_batches_tracked</c> may be absent.
    /// </remarks>
    /// <param name="module">The network; unchanged if this fails.</param>
    /// <param name="path">A safetensors file, or a state dict that PyTorch saved.</param>
    /// <param name="strict">Whether any missing, unexpected or misshapen tensor is an error; else what fits is loaded.</param>
    /// <param name="keyMap">The network's key for a file's key, null to ignore it; without a map they are the same.</param>
    /// <exception cref="WeightFileException">
    /// The file is broken; or strict, with all the tensors that do not fit named; or not one tensor fits.
    /// </exception>
    public static LoadReport Load(nn.Module module, string path, bool strict = true, Func<string, string?>? keyMap = null)
    {
        using IWeightFile file = WeightFile.Open(path);
        return Load(module, file, strict, keyMap);
    }

    /// <inheritdoc cref="Load(nn.Module, string, bool, Func{string, string?}?)"/>
    /// <param name="module">The network; unchanged if this fails.</param>
    /// <param name="file">The open file; stays the caller's.</param>
    /// <param name="strict">Whether any missing, unexpected or misshapen tensor is an error; else what fits is loaded.</param>
    /// <param name="keyMap">The network's key for a file's key, null to ignore it; without a map they are the same.</param>
    public static LoadReport Load(nn.Module module, IWeightFile file, bool strict = true, Func<string, string?>? keyMap = null) =>
        Load(module, file, strict, keyMap, adapt: null);

    private static LoadReport Load(nn.Module module, IWeightFile file, bool strict, Func<string, string?>? keyMap, Adaptation? adapt)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Match match = Compare(module.state_dict(), file, keyMap, adapt);
        LoadReport report = match.Report;
        if ((strict && !report.IsExact) || report.Loaded.Count == 0)
            throw new WeightFileException(Explain(module.GetName(), file.Path, report));
        foreach (string key in report.Loaded)
        {
            if (match.Adapted.TryGetValue(key, out Tensor? tensor)) match.State[key].copy_(tensor);
            else file.ReadInto(match.Sources[key], match.State[key]);
        }
        return report;
    }

    /// <summary>
    /// Loads a backbone from a file that others publish or from one of a whole <see cref="Classifier"/>: the file's head
    /// (<see cref="Backbone.HeadKeys"/>, <c>head.*</c>) is ignored and reported so, the prefix <c>backbone.</c> is dropped. A
    /// transformer takes other numbers of class tokens and positions than its own: see <see cref="VisionTransformer"/>.
    /// </summary>
    /// <param name="backbone">The network; unchanged if this fails.</param>
    /// <param name="path">A safetensors file, or a state dict that PyTorch saved.</param>
    /// <exception cref="WeightFileException">The file is broken, or a tensor of the backbone is missing, unexpected or misshapen.</exception>
    public static LoadReport LoadBackbone(Backbone backbone, string path)
    {
        using IWeightFile file = WeightFile.Open(path);
        return Load(backbone, file, strict: true, key => BackboneKey(backbone, key), backbone.Adapt);
    }

    /// <summary>What <see cref="LoadBackbone"/> would do with a file; neither changes nor throws where tensors do not fit.</summary>
    /// <param name="backbone">The network.</param>
    /// <param name="file">The open file; stays the caller's.</param>
    /// <returns><see cref="LoadReport.Loaded"/> are the tensors that fit.</returns>
    /// <exception cref="WeightFileException">Two keys of the file stand for one of the network.</exception>
    public static LoadReport CompareBackbone(Backbone backbone, IWeightFile file)
    {
        using var scope = NewDisposeScope();
        return Compare(backbone.state_dict(), file, key => BackboneKey(backbone, key), backbone.Adapt).Report;
    }

    /// <summary>Writes a network's parameters and buffers, atomically and with the same bytes for the same state.</summary>
    /// <param name="module">The network.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="metadata">Free text to keep with them, such as class names.</param>
    public static void Save(nn.Module module, string path, IReadOnlyDictionary<string, string>? metadata = null) =>
        SafeTensorsFile.Write(path, module.state_dict(), metadata);

    private static string? BackboneKey(Backbone backbone, string key)
    {
        if (key.StartsWith(OwnBackbone, StringComparison.Ordinal)) return key[OwnBackbone.Length..];
        return backbone.HeadKeys.Append(OwnHead).Any(head => key.StartsWith(head, StringComparison.Ordinal)) ? null : key;
    }

    private static Match Compare(Dictionary<string, Tensor> state, IWeightFile file, Func<string, string?>? keyMap, Adaptation? adapt)
    {
        var sources = new SortedDictionary<string, string>(StringComparer.Ordinal);
        List<string> fitting = [], unexpected = [], ignored = [];
        List<Misshapen> misshapen = [];
        foreach (string fileKey in file.Tensors.Keys.Order(StringComparer.Ordinal))
        {
            string? key = keyMap is null ? fileKey : keyMap(fileKey);
            if (key is null) ignored.Add(fileKey);
            else if (!state.ContainsKey(key)) unexpected.Add(fileKey);
            else if (sources.TryGetValue(key, out string? other))
                throw new WeightFileException($"{file.Path}: both '{other}' and '{fileKey}' stand for '{key}'. Change the key map.");
            else sources.Add(key, fileKey);
        }
        var adapted = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach ((string key, string fileKey) in sources)
        {
            IReadOnlyList<long> found = file.Tensors[fileKey].Shape;
            if (adapt?.Invoke(key, wanted => sources.TryGetValue(wanted, out string? other) ? file.Read(other) : null) is { } tensor)
                adapted.Add(key, tensor);
            if (adapted.ContainsKey(key) || Fits(state[key].shape, found)) fitting.Add(key);
            else misshapen.Add(new Misshapen(key, state[key].shape, found));
        }
        var missing = state
            .Where(s => !sources.ContainsKey(s.Key) && !s.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            .OrderBy(s => s.Key, StringComparer.Ordinal)
            .Select(s => (s.Key, (IReadOnlyList<long>)s.Value.shape)).ToList();
        return new Match(new LoadReport(fitting, missing, unexpected, misshapen, ignored), state, sources, adapted);
    }

    private static bool Fits(long[] expected, IReadOnlyList<long> found) =>
        expected.SequenceEqual(found) ||
        (found.Count == 2 && expected.Length == 4 && expected.SequenceEqual([found[0], found[1], 1, 1]));

    private static string Explain(string network, string path, LoadReport report)
    {
        var text = new StringBuilder($"{path} does not fit {network}; nothing was loaded.");
        void Add(string title, IEnumerable<string> items)
        {
            string list = string.Join(", ", items);
            if (list.Length > 0) text.Append($"\n{title}: {list}.");
        }
        Add("Missing in the file", report.Missing.Select(m => $"{m.Key} (expected [{string.Join(", ", m.Shape)}])"));
        Add("Misshapen", report.Misshapen.Select(m => m.ToString()));
        Add("Not known to the network", report.Unexpected);
        return text.Append("\nUse the file of this network, or load what fits with strict: false.").ToString();
    }

    // What a network makes of a file's tensors for one of its keys: see Backbone.Adapt.
    private delegate Tensor? Adaptation(string key, Func<string, Tensor?> read);

    /// <param name="Report">What fits and what does not.</param>
    /// <param name="State">The network's tensors.</param>
    /// <param name="Sources">The file's key for a key of the network.</param>
    /// <param name="Adapted">What the network makes of the file's tensors, for the keys where it makes something of them.</param>
    private sealed record Match(
        LoadReport Report, Dictionary<string, Tensor> State, SortedDictionary<string, string> Sources, Dictionary<string, Tensor> Adapted);
}
