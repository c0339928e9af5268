using System.Text;
using Wsss.Weights;
using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>A tensor whose shape in the file is not the network's.</summary>
/// <param name="Key">The network's key.</param>
/// <param name="Expected">The network's shape.</param>
/// <param name="Found">The file's shape.</param>
internal sealed record Misshapen(string Key, IReadOnlyList<long> Expected, IReadOnlyList<long> Found)
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
internal sealed record LoadReport(
    IReadOnlyList<string> Loaded, IReadOnlyList<(string Key, IReadOnlyList<long> Shape)> Missing,
    IReadOnlyList<string> Unexpected, IReadOnlyList<Misshapen> Misshapen, IReadOnlyList<string> Ignored)
{
    /// <summary>Keys of the file whose numbers no network can have, and why: NaN, infinite, or a negative variance.</summary>
    public IReadOnlyList<string> Unusable { get; init; } = [];

    /// <summary>How the file holds the network; null where names were compared as they are.</summary>
    public SavedForm? Form { get; init; }

    /// <summary>Whether each tensor of the network was found and each of the file was used or ignored on purpose.</summary>
    public bool IsExact => Missing.Count == 0 && Unexpected.Count == 0 && Misshapen.Count == 0 && Unusable.Count == 0;
}

/// <summary>How a file's tensors become a network's.</summary>
/// <param name="Map">The network's key for a file's key, null to ignore it.</param>
/// <param name="Form">What to tell about it.</param>
internal sealed record KeyPlan(Func<string, string?> Map, SavedForm? Form = null)
{
    /// <summary>What to do where the file does not fit.</summary>
    public string Advice { get; init; } = "Use the file of this network, or load what fits with strict: false.";

    /// <summary>Keys of the network that become zero where the file lacks them.</summary>
    public IReadOnlyList<string> Zeros { get; init; } = [];

    /// <summary>See <see cref="Backbone.Adapt"/>.</summary>
    public Func<string, Func<string, Tensor?>, Tensor?>? Adapt { get; init; }
}

/// <summary>Loads the state of networks from weight files, and saves it as safetensors.</summary>
internal static class NetworkWeights
{
    // The parts of a whole classifier of this library.
    private const string OwnHead = "head.";

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
        Load(module, file, strict, new KeyPlan(keyMap ?? (key => key)));

    /// <inheritdoc cref="Load(nn.Module, string, bool, Func{string, string?}?)"/>
    internal static LoadReport Load(nn.Module module, IWeightFile file, bool strict, KeyPlan plan)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Match match = Compare(module.state_dict(), file, plan);
        LoadReport report = match.Report;
        if ((strict && !report.IsExact) || report.Loaded.Count == 0)
            throw new WeightFileException(Explain(module.GetName(), file, report, plan.Advice));
        foreach (string key in report.Loaded)
        {
            if (match.Adapted.TryGetValue(key, out Tensor? tensor)) match.State[key].copy_(tensor);
            else file.ReadInto(match.Sources[key], match.State[key]);
        }
        foreach (string key in plan.Zeros.Except(match.Sources.Keys)) match.State[key].zero_();
        return report;
    }

    /// <summary>
    /// Loads a backbone from torchvision's or timm's file, from one of a whole <see cref="Classifier"/>, or from any of the
    /// forms that <see cref="ClassifierFile"/> reads: the file's head (<see cref="Backbone.HeadKeys"/>, <c>head.*</c>, a layer
    /// on the backbone's channels) and what lies beside the
    /// network's prefix is ignored and reported so. A transformer takes other numbers of class tokens and positions than its
    /// own: see <see cref="VisionTransformer"/>.
    /// </summary>
    /// <param name="backbone">The network; unchanged if this fails.</param>
    /// <param name="path">A safetensors file, or a state dict that PyTorch saved.</param>
    /// <exception cref="WeightFileException">The file is broken, or a tensor of the backbone is missing, unexpected or
    /// misshapen.</exception>
    public static LoadReport LoadBackbone(Backbone backbone, string path)
    {
        using IWeightFile file = WeightFile.Open(path);
        return Load(backbone, file, strict: true, ClassifierFile.PlanOf(backbone, file));
    }

    /// <summary>What <see cref="LoadBackbone"/> would do with a file; neither changes nor throws where tensors do not fit.</summary>
    /// <param name="backbone">The network.</param>
    /// <param name="file">The open file; stays the caller's.</param>
    /// <returns><see cref="LoadReport.Loaded"/> are the tensors that fit.</returns>
    /// <exception cref="WeightFileException">Two keys of the file stand for one of the network.</exception>
    public static LoadReport CompareBackbone(Backbone backbone, IWeightFile file)
    {
        using var scope = NewDisposeScope();
        return Compare(backbone.state_dict(), file, ClassifierFile.PlanOf(backbone, file)).Report;
    }

    /// <summary>Writes a network's parameters and buffers, atomically and with the same bytes for the same state.</summary>
    /// <param name="module">The network.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="metadata">Free text to keep with them, such as class names.</param>
    public static void Save(nn.Module module, string path, IReadOnlyDictionary<string, string>? metadata = null) =>
        SafeTensorsFile.Write(path, module.state_dict(), metadata);

    /// <summary>Whether a key, without prefix, is one of a backbone's head as its publishers and this library name them.</summary>
    internal static bool IsOfHead(Backbone backbone, string key) =>
        backbone.HeadKeys.Append(OwnHead).Any(head => key.StartsWith(head, StringComparison.Ordinal));

    private static Match Compare(Dictionary<string, Tensor> state, IWeightFile file, KeyPlan plan)
    {
        var sources = new SortedDictionary<string, string>(StringComparer.Ordinal);
        List<string> fitting = [], unexpected = [], ignored = [], unusable = [];
        List<Misshapen> misshapen = [];
        foreach (string fileKey in file.Tensors.Keys.Order(StringComparer.Ordinal))
        {
            string? key = plan.Map(fileKey);
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
            if (plan.Adapt?.Invoke(key, wanted => sources.TryGetValue(wanted, out string? other) ? file.Read(other) : null) is { } tensor)
                adapted.Add(key, tensor);
            if (adapted.ContainsKey(key) || SavedKeys.Fits(state[key].shape, found))
            {
                if (SavedValues.Problem(file, fileKey, state[key].dtype) is { } problem) unusable.Add(problem);
                else fitting.Add(key);
            }
            else misshapen.Add(new Misshapen(key, state[key].shape, found));
        }
        var missing = state
            .Where(s => !sources.ContainsKey(s.Key) && !SavedKeys.IsCounter(s.Key) && !plan.Zeros.Contains(s.Key))
            .OrderBy(s => s.Key, StringComparer.Ordinal)
            .Select(s => (s.Key, (IReadOnlyList<long>)s.Value.shape)).ToList();
        var report = new LoadReport(fitting, missing, unexpected, misshapen, ignored) { Unusable = unusable, Form = plan.Form };
        return new Match(report, state, sources, adapted);
    }

    private static string Explain(string network, IWeightFile file, LoadReport report, string advice)
    {
        bool fits = report.Missing.Count + report.Misshapen.Count + report.Unexpected.Count == 0;
        string problem = fits ? "holds numbers that no network can have" : $"does not fit {network}";
        var text = new StringBuilder($"{file.Path} {problem}; nothing was loaded.");
        void Add(string title, IEnumerable<string> items)
        {
            string[] all = [.. items];
            if (all.Length > 0) text.Append($"\n{title}: {KeySummary.Printable(KeySummary.Few(all))}.");
        }
        Add("Missing in the file", report.Missing.Select(m => $"{m.Key} (expected [{string.Join(", ", m.Shape)}])"));
        Add("Misshapen", report.Misshapen.Select(m => m.ToString()));
        if (report.Unexpected.Count > 0) text.Append($"\nNot known to the network: {KeySummary.Of(report.Unexpected)}.");
        Add("Unusable", report.Unusable);
        if (fits) return text.Append("\nUse an earlier state of the training that made it, or fetch the file again.").ToString();
        if (report.Missing.Count + report.Misshapen.Count > 0)
            text.Append($"\nThe file has {file.Tensors.Count} tensor(s): {KeySummary.Of(file.Tensors.Keys)}.");
        if (report.Form is { } form && form.ToString() is { Length: > 0 } read) text.Append($"\nIt was read so: {read}.");
        if (report.Misshapen.FirstOrDefault(m => m.Expected is [_, 3, _, _] && m.Found is [_, 1, _, _]) is not null)
            return text.Append("\nIts first layer takes grey images, expected RGB. Use weights for colour images.").ToString();
        return text.Append($"\n{advice}").ToString();
    }

    /// <param name="Report">What fits and what does not.</param>
    /// <param name="State">The network's tensors.</param>
    /// <param name="Sources">The file's key for a key of the network.</param>
    /// <param name="Adapted">What the network makes of the file's tensors, for the keys where it makes something of them.</param>
    private sealed record Match(
        LoadReport Report, Dictionary<string, Tensor> State, SortedDictionary<string, string> Sources, Dictionary<string, Tensor> Adapted);
}
