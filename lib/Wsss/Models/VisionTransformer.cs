using Wsss.Data;
using Wsss.Registry;
using Wsss.Weights;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Models;

/// <summary>What the tokens beside the patches stand for.</summary>
public enum TokenKind
{
    /// <summary>One token for each class (MCTformer): the form that recipes train.</summary>
    PerClass,

    /// <summary>One token for the whole image, as ViT and DeiT have it.</summary>
    Single,

    /// <summary>One token for the image and one that learned from a teacher (DeiT's distilled form).</summary>
    Distilled,
}

/// <summary>Size of a vision transformer.</summary>
/// <param name="Width">Features K of a token.</param>
/// <param name="Depth">Blocks.</param>
/// <param name="Heads">Attention heads; they divide the width.</param>
/// <param name="Patch">Side of a patch in pixels: the output stride.</param>
/// <param name="Grid">Side of the square grid for which positions are learned; others are interpolated.</param>
/// <param name="ConvolutionalStem">Whether convolutions embed the patches rather than one linear layer.</param>
public sealed record VisionTransformerShape(int Width, int Depth, int Heads, int Patch, int Grid, bool ConvolutionalStem = false);

/// <summary>
/// A vision transformer (Dosovitskiy et al., ICLR 2021; DeiT, Touvron et al., ICML 2021) with class tokens as in MCTformer
/// (Xu et al., CVPR 2022): C tokens instead of one, so that each class has an attention of its own.
/// </summary>
/// <remarks>
/// Layers: <c>patch_embed</c>, <c>blocks.0</c> …, <c>norm</c>; parameters have timm's names and shapes, but for
/// <c>cls_token</c> [1, C, K] and <c>pos_embed</c> [1, C + Grid², K]. <c>norm</c> applies to the patches, and to the tokens of
/// the kinds <see cref="TokenKind.Single"/> and <see cref="TokenKind.Distilled"/>. Tokens of classes leave without it, as in
/// MCTformer's code: the mean over a normalised token's features would be the same for every token. Dropout and stochastic
/// depth are left out. Images whose sides are no multiples of the patch are resized to the nearest ones, so that no
/// part of the image is left out.
/// </remarks>
public sealed partial class VisionTransformer : Backbone
{
    /// <summary>The classifier's layer in timm's files.</summary>
    internal const string PublishedHead = "head";

    /// <summary>The second token of the distilled form.</summary>
    internal const string DistilledToken = "dist_token";

    private const double InitialDeviation = 0.02;

    private readonly nn.Module<Tensor, Tensor> _patchEmbed;
    private readonly TransformerBlock[] _blocks;
    private readonly TorchSharp.Modules.LayerNorm _norm;

    /// <summary>Creates the network with random weights: Xavier's, and deviation .02 for tokens and positions, as ViT has them.</summary>
    /// <param name="name">Its name in messages.</param>
    /// <param name="shape">Its size.</param>
    /// <param name="kind">What the tokens stand for.</param>
    /// <param name="classes">Number of tokens of the kind <see cref="TokenKind.PerClass"/>; the other kinds have their own.</param>
    /// <exception cref="RecipeException">The number of tokens is not positive.</exception>
    public VisionTransformer(string name, VisionTransformerShape shape, TokenKind kind, int classes = 1)
        : base(name)
    {
        if (classes < 1)
            throw new RecipeException($"Expected at least one class token for {name}, found {classes}.");
        using var scope = NewDisposeScope();
        (Shape, Kind) = (shape, kind);
        ClassTokens = kind switch
        {
            TokenKind.PerClass => classes,
            TokenKind.Single => 1,
            _ => 2,
        };
        Layers = ["patch_embed", .. Enumerable.Range(0, shape.Depth).Select(i => $"blocks.{i}"), "norm"];
        _patchEmbed = shape.ConvolutionalStem
            ? new ConvolutionalStem(shape.Patch, shape.Width)
            : new PatchEmbedding(shape.Patch, shape.Width);
        _blocks = [.. Enumerable.Range(0, shape.Depth).Select(_ => new TransformerBlock(shape.Width, shape.Heads))];
        _norm = nn.LayerNorm(shape.Width, TransformerBlock.NormEpsilon);
        var token = Normal(1, kind == TokenKind.PerClass ? classes : 1, shape.Width);
        var positions = Normal(1, ClassTokens + shape.Grid * shape.Grid, shape.Width);
        register_parameter("cls_token", token);
        if (kind == TokenKind.Distilled)
            register_parameter(DistilledToken, Normal(1, 1, shape.Width));
        register_parameter("pos_embed", positions);
        register_module("patch_embed", _patchEmbed);
        register_module("blocks", LayerFactory.Numbered(_blocks));
        register_module("norm", _norm);

        static TorchSharp.Modules.Parameter Normal(params long[] size) =>
            nn.Parameter((randn(size) * InitialDeviation).DetachFromDisposeScope());
    }

    /// <summary>Its size.</summary>
    public VisionTransformerShape Shape { get; }

    /// <summary>What the tokens beside the patches stand for.</summary>
    public TokenKind Kind { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Layers { get; }

    /// <summary>The last layer alone: all of them have one resolution.</summary>
    public override IReadOnlyList<string> StageEnds => [Layers[^1]];

    /// <inheritdoc/>
    public override IReadOnlyList<int> StageChannels => [Channels];

    /// <inheritdoc/>
    public override int Channels => Shape.Width;

    /// <inheritdoc/>
    public override int OutputStride => Shape.Patch;

    /// <inheritdoc/>
    public override int ClassTokens { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> HeadKeys => [$"{PublishedHead}.", $"{PublishedHead}_dist.", DistilledToken];

    /// <summary>
    /// A patch that one layer embeds lies where its middle is, one that convolutions embed where they end, at multiples of the
    /// patch: both in images of <see cref="Embed"/>'s size. Blocks leave the places as they are.
    /// </summary>
    /// <inheritdoc/>
    public override CellGeometry CellsOf(int layer, long height, long width)
    {
        var axis = new CellAxis(Shape.ConvolutionalStem ? 0 : (Shape.Patch - 1) / 2.0, Shape.Patch);
        return new CellGeometry(axis, axis).Resized((Multiple(height), Multiple(width)), (height, width));
    }

    /// <summary>Runs the whole network and keeps what each block attended to.</summary>
    /// <param name="images">[N, 3, H, W] float32, normalised by <see cref="Data.Normalization"/>.</param>
    /// <param name="keep">
    /// What to keep of a block's attention [N, heads, T, T] (the mean over the heads takes a fraction of the memory), with
    /// T = C + h·w, tokens first, then patches row by row; row i says what token i attends to and sums to 1.
    /// </param>
    /// <returns>The features, as <see cref="Backbone.Run"/> gives them, and what was kept of each block, in the current dispose
    /// scope.</returns>
    public (Activation Features, IReadOnlyList<Tensor> Attention) RunWithAttention(Tensor images, Func<Tensor, Tensor> keep)
    {
        using var scope = NewDisposeScope();
        using var casts = Autocast.Of(Precision, images.device_type);
        Activation x = RunLayer(0, new Activation(images));
        var kept = new Tensor[_blocks.Length];
        for (int i = 0; i < _blocks.Length; i++)
        {
            using var blockScope = NewDisposeScope();
            kept[i] = keep(Attention(i, x)).MoveToOuterDisposeScope();
            Activation next = RunLayer(i + 1, x).MoveToOuterDisposeScope();
            x.Dispose();
            x = next;
        }
        foreach (Tensor tensor in kept) tensor.MoveToOuterDisposeScope();
        return (Exact(RunLayer(Layers.Count - 1, x)).MoveToOuterDisposeScope(), kept);
    }

    /// <summary>What each token attends to in a block.</summary>
    /// <param name="block">Its number, from 0.</param>
    /// <param name="x">The block's input.</param>
    /// <returns>[N, heads, T, T], as <see cref="RunWithAttention"/> says, in the current dispose scope.</returns>
    public Tensor Attention(int block, Activation x)
    {
        using var casts = Autocast.Of(Precision, x.Grid.device_type);
        Tensor attention = _blocks[block].Attention(Join(x));
        return Precision == Precision.Float32 ? attention : attention.to(float32);
    }

    /// <summary>What a block would give if each token attended as it is told: attention can be changed, or differentiated by.</summary>
    /// <param name="block">Its number, from 0.</param>
    /// <param name="x">The block's input.</param>
    /// <param name="attention">[N, heads, T, T]; with what <see cref="Attention"/> says, the block's own output.</param>
    /// <returns>The output, in the current dispose scope.</returns>
    public Activation Attend(int block, Activation x, Tensor attention)
    {
        using var casts = Autocast.Of(Precision, x.Grid.device_type);
        return Exact(Split(_blocks[block].Attend(Join(x), attention), x.Grid.shape[2], x.Grid.shape[3]));
    }

    /// <inheritdoc/>
    protected override Activation RunLayer(int index, Activation x)
    {
        using var scope = NewDisposeScope();
        if (index == 0)
            return Embed(x.Grid).MoveToOuterDisposeScope();
        long height = x.Grid.shape[2],
            width = x.Grid.shape[3];
        if (index <= _blocks.Length)
            return Split(_blocks[index - 1].call(Join(x)), height, width).MoveToOuterDisposeScope();
        Activation normalized = Split(_norm.call(Join(x)), height, width);
        return (
            Kind == TokenKind.PerClass ? normalized with { ClassTokens = x.ClassTokens!.alias() } : normalized
        ).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// A file may have other numbers of tokens (each of ours becomes their mean; one is repeated) and of positions (the
    /// grid's are interpolated; that of a second, distilled token is dropped).
    /// </summary>
    internal override Tensor? Adapt(string key, Func<string, Tensor?> read)
    {
        if (key is not ("cls_token" or "pos_embed")) return null;
        if (read("cls_token") is not { Dimensions: 3 } tokens || tokens.shape[2] != Channels) return null;
        if (key == "cls_token") return tokens.shape[1] == Token.shape[1] ? null : MeanOf(tokens, Token.shape[1]);
        if (read("pos_embed") is not { Dimensions: 3 } positions || positions.shape[2] != Channels) return null;
        // The number of positions alone does not tell tokens from patches: two tokens may be two classes, or distilled.
        long found = tokens.shape[1], side = (long)Math.Sqrt(Math.Max(0, positions.shape[1] - found));
        long start = positions.shape[1] - side * side;
        if (side == 0 || start - found > 1 || (found == ClassTokens && start == found && side == Shape.Grid)) return null;
        var own = positions.narrow(1, 0, found);
        var grid = positions.narrow(1, start, side * side).transpose(1, 2).reshape(1, Channels, side, side);
        Tensor[] parts = [found == ClassTokens ? own : MeanOf(own, ClassTokens), Flat(Resize(grid, Shape.Grid, Shape.Grid))];
        return cat(parts, 1);

        static Tensor MeanOf(Tensor tokens, long count) => tokens.mean([1], keepdim: true).expand(1, count, tokens.shape[2]);
    }

    // Read anew each time: a field would keep the old parameter when the network moves to a device.
    private Tensor Token => get_parameter("cls_token")!;

    private Tensor Positions => get_parameter("pos_embed")!;

    private Activation Embed(Tensor images)
    {
        long height = Multiple(images.shape[2]), width = Multiple(images.shape[3]);
        // From image to image: edge to edge.
        if (height != images.shape[2] || width != images.shape[3])
            images = F.interpolate(images, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
        Tensor grid = _patchEmbed.call(images);                                                          // [N, K, h, w]
        (height, width) = (grid.shape[2], grid.shape[3]);
        Tensor patches = Positions.narrow(1, ClassTokens, Shape.Grid * Shape.Grid)
            .transpose(1, 2).reshape(1, Channels, Shape.Grid, Shape.Grid);                               // [1, K, Grid, Grid]
        return new Activation(grid + Resize(patches, height, width), PlacedTokens().expand(grid.shape[0], ClassTokens, Channels));
    }

    // With their positions: [1, C, K].
    private Tensor PlacedTokens()
    {
        Tensor token = Kind == TokenKind.Distilled ? cat([Token, get_parameter(DistilledToken)!], 1) : Token;
        return token + Positions.narrow(1, 0, ClassTokens);
    }

    // Nearest multiple of the patch, at least one.
    private long Multiple(long side) => Math.Max(1, (side + Shape.Patch / 2) / Shape.Patch) * Shape.Patch;

    // Of positions, which were learned for a grid that divides its image, not of maps.
    private static Tensor Resize(Tensor grid, long height, long width) => grid.shape[2] == height && grid.shape[3] == width
        ? grid
        : F.interpolate(grid, [height, width], mode: InterpolationMode.Bicubic, align_corners: false);

    private static Tensor Join(Activation x)
    {
        Tensor[] parts = [x.ClassTokens!, Flat(x.Grid)];
        return cat(parts, 1);                                                                            // [N, C + h·w, K]
    }

    private static Tensor Flat(Tensor grid) => grid.flatten(2).transpose(1, 2);                          // [N, h·w, K]

    private Activation Split(Tensor tokens, long height, long width)
    {
        Tensor patches = tokens.narrow(1, ClassTokens, height * width).transpose(1, 2);                  // [N, K, h·w]
        return new Activation(patches.reshape(-1, Channels, height, width), tokens.narrow(1, 0, ClassTokens));
    }
}

/// <summary>A <see cref="VisionTransformer"/> of some size.</summary>
/// <param name="shape">Its size.</param>
internal abstract class VisionTransformerDesign(VisionTransformerShape shape) : BackboneDesign
{
    public override IReadOnlyList<int> Strides => [shape.Patch];

    /// <summary>Creates the network with tokens of any kind.</summary>
    public VisionTransformer CreateWith(TokenKind kind, int classTokens = 1) => new(Name, shape, kind, classTokens);

    protected override Backbone Build(int outputStride, int classTokens) => CreateWith(TokenKind.PerClass, classTokens);

    protected override Backbone BuildPublished(IWeightFile file, int outputStride) => CreateWith(
        file.Tensors.Keys.Any(key => key.Split('.')[^1] == VisionTransformer.DistilledToken) ? TokenKind.Distilled : TokenKind.Single);

    protected internal override ClassifierHead PublishedHead(Backbone backbone, int classes) =>
        new TokenHead(backbone.Channels, classes, backbone.ClassTokens);
}

/// <summary>DeiT of patch 16 for 224 pixels, with timm's names.</summary>
/// <param name="width">Features K of a token.</param>
/// <param name="heads">Attention heads.</param>
/// <param name="files">The authors' weight files: the plain form and the distilled one.</param>
internal abstract class DeiTDesign(int width, int heads, params string[] files) :
    VisionTransformerDesign(new(width, Depth: 12, heads, Patch: 16, Grid: 14))
{
    public override IReadOnlyList<Download> Published { get; } =
        [.. files.Select(file => new Download(file, $"https://dl.fbaipublicfiles.com/deit/{file}", "ImageNet weights"))];

    public override string HeadLayer => VisionTransformer.PublishedHead;
}

[Registered("vision transformer: 192 features, 5.5 M parameters", Name = "deit_tiny", Order = 8)]
internal sealed class DeiTTiny() : DeiTDesign(
    width: 192, heads: 3, "deit_tiny_patch16_224-a1311bcf.pth", "deit_tiny_distilled_patch16_224-b40b3cf7.pth");

[Registered("vision transformer: 384 features, 21.7 M parameters", Name = "deit_small", Order = 9)]
internal sealed class DeiTSmall() : DeiTDesign(
    width: 384, heads: 6, "deit_small_patch16_224-cd65a155.pth", "deit_small_distilled_patch16_224-649709d9.pth");

[Registered("small vision transformer for drawn scenes: 96 features, 0.8 M parameters", Name = "menagerie_vit", Order = 2)]
internal sealed class MenagerieViT() : VisionTransformerDesign(
    new(Width: 96, Depth: 4, Heads: 4, Patch: 8, Grid: 12, ConvolutionalStem: true))
{
    // A step takes half as long again as that of menagerie_net.
    internal override ShippedWeights Shipped => new(CropEpochs: 10);
}
