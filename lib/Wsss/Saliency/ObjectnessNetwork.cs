using TorchSharp.Modules;
using Wsss.Models;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Saliency;

/// <summary>
/// Says of each pixel how much it looks like an object of any kind: a small backbone, and a decoder that goes from its last
/// stage back to half the image's size, joining the first stage and the image itself on the way, as they know where edges are.
/// </summary>
/// <remarks>
/// Its state dict has the prefixes <c>backbone.</c>, <c>coarse.</c>, <c>middle.</c>, <c>fine.</c>, <c>edges.</c> and
/// <c>objectness.</c>; disposing it disposes the backbone.
/// </remarks>
internal sealed class ObjectnessNetwork : nn.Module<Tensor, Tensor>
{
    private const int Width = 32, FineWidth = 16;

    private readonly nn.Module<Tensor, Tensor> _coarse, _middle, _fine, _edges, _objectness;

    /// <summary>Puts the decoder with random weights on a backbone, which from now on belongs to the network.</summary>
    /// <param name="backbone">Any convolutional one; its first stage has about a quarter of the image's size.</param>
    public ObjectnessNetwork(Backbone backbone) : base(nameof(ObjectnessNetwork))
    {
        Backbone = backbone;
        _coarse = Block(backbone.StageChannels[^1], Width, 1);
        _middle = Block(Width + backbone.StageChannels[0], Width, 3);
        _edges = Block(3, FineWidth, 3, stride: 2);
        _fine = Block(Width + FineWidth, FineWidth, 3);
        _objectness = LayerFactory.ConvWithBias(FineWidth, 1, 1);
        register_module("backbone", Backbone);
        register_module("coarse", _coarse);
        register_module("middle", _middle);
        register_module("edges", _edges);
        register_module("fine", _fine);
        register_module("objectness", _objectness);
    }

    /// <summary>The feature extractor.</summary>
    public Backbone Backbone { get; }

    /// <summary>How much each pixel looks like an object.</summary>
    /// <param name="images">[N, 3, H, W] float32, normalised by <see cref="Data.Normalization"/>.</param>
    /// <returns>[N, 1, H, W] before the sigmoid.</returns>
    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        var stages = Backbone.RunStages(images);
        var x = _coarse.call(stages[^1].Grid);                                                 // [N, 32, H/8, W/8]
        x = _middle.call(Join(x, stages[0].Grid));                                             // [N, 32, H/4, W/4]
        x = _fine.call(Join(x, _edges.call(images)));                                          // [N, 16, H/2, W/2]
        return Resize(_objectness.call(x), images).MoveToOuterDisposeScope();
    }

    /// <summary>Does nothing: components are registered by hand; TorchSharp would add them again by the names of the fields.</summary>
    protected override void RegisterComponents()
    {
    }

    private static Tensor Join(Tensor coarse, Tensor fine)
    {
        Tensor[] both = [Resize(coarse, fine), fine];
        return cat(both, 1);
    }

    // By sizes alone, not by where cells lie (CellGeometry): the shipped weights were trained so.
    private static Tensor Resize(Tensor grid, Tensor like) =>
        F.interpolate(grid, [like.shape[2], like.shape[3]], mode: InterpolationMode.Bilinear, align_corners: false);

    private static Sequential Block(int input, int output, int kernel, int stride = 1) => nn.Sequential(
        ("conv", LayerFactory.Conv(input, output, kernel, stride)), ("norm", nn.BatchNorm2d(output)), ("relu", nn.ReLU()));
}
