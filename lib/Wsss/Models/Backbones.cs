namespace Wsss.Models;

/// <summary>The backbones by name: the one list of those that there are.</summary>
public static class Backbones
{
    private static readonly Dictionary<string, Func<int, Backbone>> Convolutional = new(StringComparer.Ordinal)
    {
        ["menagerie_net"] = CreateMenagerieNet,
        ["mobilenet_v2"] = outputStride => new MobileNetV2(outputStride),
        ["resnet18"] = ResNet.ResNet18,
        ["resnet34"] = ResNet.ResNet34,
        ["resnet50"] = ResNet.ResNet50,
        ["resnet101"] = ResNet.ResNet101,
    };

    /// <summary>Names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Convolutional.Keys, .. VisionTransformer.Shapes.Keys];

    /// <summary>Creates a backbone with random weights, in training mode, on the CPU.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="outputStride">
    /// Input pixels per output pixel: 8, 16 or 32; 8 for <c>menagerie_net</c> and <c>menagerie_vit</c>, 16 for DeiT.
    /// </param>
    /// <param name="classTokens">How many class tokens a transformer has: one for each class. Convolutional networks have none.</param>
    /// <returns>The caller owns it.</returns>
    /// <exception cref="RecipeException">An unknown name, or a stride that the network cannot have.</exception>
    public static Backbone Create(string name, int outputStride, int classTokens = 1)
    {
        TorchRuntime.EnsureLoaded();
        if (VisionTransformer.Shapes.ContainsKey(name)) return CreateTransformer(name, outputStride, TokenKind.PerClass, classTokens);
        if (Convolutional.TryGetValue(name, out Func<int, Backbone>? factory)) return factory(outputStride);
        throw new RecipeException($"Expected the backbone to be one of {string.Join(", ", Names)}; found '{name}'.");
    }

    /// <summary>The output stride that a network has by itself, without dilation.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static int NativeStride(string name) =>
        VisionTransformer.Shapes.TryGetValue(name, out VisionTransformerShape? shape) ? shape.Patch : name == "menagerie_net" ? 8 : 32;

    /// <summary>Creates a transformer of <see cref="VisionTransformer.Shapes"/> with tokens of any kind.</summary>
    internal static VisionTransformer CreateTransformer(string name, int outputStride, TokenKind kind, int classTokens = 1)
    {
        VisionTransformerShape shape = VisionTransformer.Shapes[name];
        LayerFactory.CheckOutputStride(name, outputStride, shape.Patch);
        return new VisionTransformer(name, shape, kind, classTokens);
    }

    private static MenagerieNet CreateMenagerieNet(int outputStride)
    {
        LayerFactory.CheckOutputStride("menagerie_net", outputStride, 8);
        return new MenagerieNet();
    }
}
