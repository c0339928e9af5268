using Wsss.Registry;
using Wsss.Weights;
using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>The layer of a weight file that turns a backbone's channels into the classes' logits.</summary>
/// <param name="Name">Its name without prefix.</param>
/// <param name="Weight">The file's key of its weights, [C, K] or [C, K, 1, 1].</param>
/// <param name="Bias">The file's key of its bias, [C]; null for a layer without one.</param>
/// <param name="Shape">Shape of the weights.</param>
internal sealed record SavedHead(string Name, string Weight, string? Bias, IReadOnlyList<long> Shape)
{
    private const string WeightSuffix = ".weight";

    // As torchvision, timm, IRN and this library name it.
    private static readonly string[] Usual = ["fc", "classifier.1", "head", "classifier", "head.conv"];

    /// <summary>Number C of the classes.</summary>
    public int Classes => checked((int)Shape[0]);

    /// <summary>Number K of its inputs.</summary>
    public long Inputs => Shape[1];

    /// <inheritdoc/>
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";

    /// <summary>The linear layers and 1×1 convolutions of a file that are not the backbone's.</summary>
    public static IReadOnlyList<SavedHead> All(IWeightFile file, SavedKeys keys) =>
        [.. file.Tensors.Where(item => item.Key.EndsWith(WeightSuffix, StringComparison.Ordinal) && IsLinear(item.Value.Shape)
                && !keys.Own.ContainsKey(item.Key) && !keys.IsCopy(item.Key))
            .Select(item => new SavedHead(
                keys.Short(item.Key)[..^WeightSuffix.Length], item.Key,
                BiasOf(file, item.Key[..^WeightSuffix.Length], item.Value.Shape[0]), item.Value.Shape))];

    /// <summary>Finds the head, by its name or as the one layer that takes the backbone's channels.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="layers">See <see cref="All"/>.</param>
    /// <param name="channels">Channels K of the backbone.</param>
    /// <param name="wanted">Its name; null to find it.</param>
    /// <exception cref="WeightFileException">No such layer, several, or one that is followed by another.</exception>
    public static SavedHead Find(IWeightFile file, IReadOnlyList<SavedHead> layers, int channels, string? wanted)
    {
        SavedHead[] fitting = [.. layers.Where(layer => layer.Inputs == channels)];
        if (wanted is not null)
            return Named(file, layers, channels, wanted);
        SavedHead[] distinct = Distinct(file, fitting);
        string expected = $"expected one layer from the backbone's {channels} channels to the classes";
        if (distinct.Length > 1)
            throw Wrong(file, $"{expected}, found {Shown(distinct)}. Name the head");
        if (distinct.Length == 0)
        {
            throw Wrong(
                file,
                layers.Count == 0
                    ? $"expected a classifier ('fc', 'classifier.1', 'head' or any other layer [C, {channels}]), found a backbone alone "
                        + "or another "
                        + $"network. The file has {KeySummary.Of(file.Tensors.Keys)}. To load a backbone alone, use "
                        + $"{nameof(NetworkWeights)}.{nameof(NetworkWeights.LoadBackbone)}"
                    : $"expected a layer [C, {channels}] from the backbone's channels to the classes, found {Shown(layers)}. "
                        + "Give the file of a classifier on this backbone"
            );
        }
        if (layers.FirstOrDefault(layer => !fitting.Contains(layer) && layer.Inputs == distinct[0].Classes) is { } next)
        {
            throw Wrong(
                file,
                $"{expected}, found {distinct[0]} followed by {next}. "
                    + "Class activation maps need a linear head: train one, or name a head to take it alone"
            );
        }
        return distinct[0];
    }

    /// <summary>Whether two layers of the same shape hold the same numbers: a module that was registered twice is saved twice.</summary>
    public static bool AreEqual(IWeightFile file, SavedHead a, SavedHead b)
    {
        if (a.Weight == b.Weight) return true;
        if (a.Classes != b.Classes || a.Inputs != b.Inputs || a.Bias is null != b.Bias is null) return false;
        using var scope = NewDisposeScope();
        return Same(a.Weight, b.Weight) && (a.Bias is null || Same(a.Bias, b.Bias!));

        bool Same(string left, string right)
        {
            Tensor first = file.Read(left), second = file.Read(right);
            return first.dtype == second.dtype && first.bytes.SequenceEqual(second.bytes);
        }
    }

    private static SavedHead Named(IWeightFile file, IReadOnlyList<SavedHead> layers, int channels, string wanted)
    {
        string name = wanted.EndsWith(WeightSuffix, StringComparison.Ordinal) ? wanted[..^WeightSuffix.Length] : wanted;
        SavedHead[] found = [.. layers.Where(layer => layer.Name == name || layer.Weight == name + WeightSuffix)];
        if (found.Length == 0)
            found = [.. layers.Where(layer => layer.Name.EndsWith($".{name}", StringComparison.Ordinal))];
        if (found.Length != 1)
        {
            string there =
                layers.Count == 0 ? $"no linear layer beside the backbone, but {KeySummary.Of(file.Tensors.Keys)}" : Shown(layers);
            string question = NearNames.Question(layers.Select(layer => layer.Name), name);
            throw Wrong(file, $"expected {(found.Length == 0 ? "a" : "one")} layer '{wanted}' for the head. {question}Found {there}");
        }
        return found[0].Inputs == channels
            ? found[0]
            : throw Wrong(
                file,
                $"expected a head that takes the backbone's {channels} channels, found {found[0]}. "
                    + "Name another layer, or give the backbone that the file is of"
            );
    }

    private static SavedHead[] Distinct(IWeightFile file, SavedHead[] layers)
    {
        List<SavedHead> distinct = [];
        foreach (SavedHead layer in layers.OrderBy(layer => Array.IndexOf(Usual, layer.Name) is var place and >= 0 ? place : Usual.Length))
            if (!distinct.Any(other => AreEqual(file, other, layer))) distinct.Add(layer);
        return [.. distinct];
    }

    private static bool IsLinear(IReadOnlyList<long> shape) => shape.Count == 2 || shape is [_, _, 1, 1];

    // This library's head has its bias beside the convolution, not in it.
    private static string? BiasOf(IWeightFile file, string layer, long classes) =>
        new[] { $"{layer}.bias", $"{layer[..Math.Max(0, layer.LastIndexOf('.'))]}.bias" }
            .FirstOrDefault(key => file.Tensors.TryGetValue(key, out TensorEntry? bias) && bias.Shape is [var count] && count == classes);

    private static string Shown(IReadOnlyCollection<SavedHead> layers) =>
        KeySummary.Printable(KeySummary.Few([.. layers.Select(layer => $"{layer}")]));

    private static WeightFileException Wrong(IWeightFile file, string problem) => new($"{file.Path}: {problem}.");
}
