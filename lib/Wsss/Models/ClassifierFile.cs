using Wsss.Weights;
using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>A classifier out of a weight file.</summary>
/// <param name="Network">In evaluation mode, on the CPU; the caller owns it.</param>
/// <param name="Report">What became of the file's tensors, and in which form it held them.</param>
internal sealed record LoadedClassifier(Classifier Network, LoadReport Report);

/// <summary>
/// Reads classifiers as people save them: torchvision's and timm's files, and what training code writes around the same
/// networks. The state dict may lie under <c>state_dict</c> and the like, its names may have any prefix (<c>module.</c>,
/// <c>model.backbone.</c>), ResNets may be numbered or in IRN's stages, and the head may be any one linear layer or 1×1
/// convolution from the backbone's channels to the classes, with or without bias.
/// </summary>
internal static class ClassifierFile
{
    private const string BackbonePrefix = "backbone.";

    // What training code keeps in a network and no logit depends on.
    private static readonly string[] Beside =
        ["criterion", "loss", "loss_fn", "loss_func", "metrics", "accuracy", "queue", "queue_ptr", "ema", "model_ema", "ema_model"];

    /// <summary>Reads a backbone with its head. First everything is checked.</summary>
    /// <param name="backbone">Name of a backbone, one of <see cref="Backbones.All"/>.</param>
    /// <param name="path">A safetensors file, or a file that PyTorch saved.</param>
    /// <param name="outputStride">Null for the network's own; 16 and 8 give finer maps of a convolutional one with the same
    /// weights.</param>
    /// <param name="classNames">Names of the file's classes; null numbers them <c>class 0</c>, <c>class 1</c>, ….</param>
    /// <param name="head">
    /// Name of the layer that makes the logits; null to find it. With a name, other layers beside the backbone are ignored; without
    /// one they are an error, as logits may depend on them.
    /// </param>
    /// <exception cref="WeightFileException">The file is broken, is not of that network, or holds numbers that are not finite.</exception>
    /// <exception cref="RecipeException">An unknown backbone, or a stride that it cannot have.</exception>
    public static LoadedClassifier Load(
        string backbone,
        string path,
        int? outputStride = null,
        IReadOnlyList<string>? classNames = null,
        string? head = null
    )
    {
        using IWeightFile file = WeightFile.Open(path);
        BackboneDesign design = Backbones.Find(backbone);
        Backbone trunk = design.CreatePublished(file, outputStride ?? design.NativeStride);
        bool transformer = trunk.ClassTokens > 0;
        Classifier? classifier = null;
        try
        {
            Dictionary<string, long[]> shapes = Shapes(trunk);
            SavedKeys keys = SavedKeys.Find(shapes, file.Tensors);
            // Another network's head says little: the backbone's error comes first.
            bool fits =
                !shapes.Keys.Except(keys.Own.Values).Any(key => !SavedKeys.IsCounter(key))
                && (transformer || keys.Own.All(pair => SavedKeys.Fits(shapes[pair.Value], file.Tensors[pair.Key].Shape)));
            if (!fits)
                NetworkWeights.Load(trunk, file, strict: true, PlanOf(trunk, file));
            IReadOnlyList<SavedHead> layers = SavedHead.All(file, keys);
            SavedHead? second =
                trunk.ClassTokens > 1 ? layers.FirstOrDefault(layer => layer.Name == "head_dist" && layer.Inputs == trunk.Channels) : null;
            SavedHead first = SavedHead.Find(file, [.. layers.Where(layer => layer != second)], trunk.Channels, head);
            if (classNames is not null && classNames.Count != first.Classes)
                throw new WeightFileException($"{path}: expected {classNames.Count} classes as named, found {first.Classes}.");
            classNames ??= [.. Enumerable.Range(0, first.Classes).Select(c => $"class {c}")];
            ClassifierHead top = design.PublishedHead(trunk, first.Classes);
            classifier = new Classifier(trunk, top, classNames);
            string[] biases = transformer
                ? second is null
                    ? ["head.head.bias"]
                    : ["head.head.bias", "head.head_dist.bias"]
                : ["head.bias"];
            var plan = new KeyPlan(
                Map(file, keys, layers, transformer ? "head.head" : "head", (first, second), head is not null),
                new SavedForm(file.Nest, keys.Prefix, keys.Spelling, $"{first}", [.. file.OtherNests, .. keys.Copies])
            )
            {
                Zeros = biases,
                Advice =
                    "Logits may depend on what is not known: use the file of a classifier with one linear layer behind this backbone, "
                    + "or name its head if they do not.",
            };
            LoadReport report = NetworkWeights.Load(classifier, file, strict: true, plan);
            classifier.eval();
            return new LoadedClassifier(classifier, report);
        }
        catch
        {
            if (classifier is null)
                trunk.Dispose();
            else
                classifier.Dispose();
            throw;
        }
    }

    /// <summary>What a backbone takes of a file: see <see cref="NetworkWeights.LoadBackbone"/>.</summary>
    internal static KeyPlan PlanOf(Backbone backbone, IWeightFile file)
    {
        SavedKeys keys = SavedKeys.Find(Shapes(backbone), file.Tensors);
        var heads = SavedHead.All(file, keys).Where(layer => layer.Inputs == backbone.Channels)
            .SelectMany(layer => new[] { layer.Weight, layer.Bias }).ToHashSet();
        return new KeyPlan(KeyOf, new SavedForm(file.Nest, keys.Prefix, keys.Spelling, "", [.. file.OtherNests, .. keys.Copies]))
        {
            Advice = "Use a file of this network, or name the network that the file is of.",
            Adapt = backbone.Adapt,
        };

        string? KeyOf(string key)
        {
            if (keys.Own.TryGetValue(key, out string? own)) return own;
            return keys.IsCopy(key) || keys.IsOutside(key) || heads.Contains(key) || file.Tensors[key].Shape.Count == 0
                || NetworkWeights.IsOfHead(backbone, keys.Short(key)) ? null : key;
        }
    }

    private static Func<string, string?> Map(
        IWeightFile file,
        SavedKeys keys,
        IReadOnlyList<SavedHead> layers,
        string top,
        (SavedHead First, SavedHead? Second) heads,
        bool named
    )
    {
        // The convolution of a GapHead, the linear layers of a TokenHead.
        var taken = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [heads.First.Weight] = top == "head" ? "head.conv.weight" : "head.head.weight",
        };
        if (heads.First.Bias is not null)
            taken.Add(heads.First.Bias, $"{top}.bias");
        if (heads.Second is { } second)
        {
            taken.Add(second.Weight, "head.head_dist.weight");
            if (second.Bias is not null)
                taken.Add(second.Bias, "head.head_dist.bias");
        }
        HashSet<string?> twins =
        [
            .. layers.Where(layer => SavedHead.AreEqual(file, layer, heads.First)).SelectMany(layer => new[] { layer.Weight, layer.Bias }),
        ];
        return key =>
        {
            if (keys.Own.TryGetValue(key, out string? own))
                return BackbonePrefix + own;
            if (taken.TryGetValue(key, out string? part))
                return part;
            bool ignored =
                named
                || keys.IsCopy(key)
                || twins.Contains(key)
                || SavedKeys.IsCounter(key)
                || file.Tensors[key].Shape.Count == 0
                || Beside.Contains(key.Split('.')[0])
                || Beside.Contains(keys.Short(key).Split('.')[0]);
            // A name that no network has.
            return ignored ? null : $"?{key}";
        };
    }

    private static Dictionary<string, long[]> Shapes(nn.Module network)
    {
        using var scope = NewDisposeScope();
        return network.state_dict().ToDictionary(item => item.Key, item => item.Value.shape);
    }
}
