using TorchSharp.Modules;
using Wsss.Graphs;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Segmentation;

/// <summary>
/// DeepLabv3+'s decoder: fine features are reduced by a 1×1 convolution, joined to the pyramid's at their places, and both are brought
/// together by a 3×3 convolution (the paper has two, for its larger networks).
/// </summary>
internal sealed class Decoder : nn.Module<Tensor, Tensor, Tensor>
{
    /// <summary>Pixels per fine cell, the paper's.</summary>
    private const int Finest = 4;

    private readonly Sequential _reduce, _merge;

    /// <exception cref="RecipeException">The backbone has no features that are finer than its output.</exception>
    public Decoder(Backbone backbone, int channels, int width) : base(nameof(Decoder))
    {
        int stage = Enumerable.Range(0, backbone.StageEnds.Count)
            .FirstOrDefault(s => StrideOf(backbone, s) >= Finest && StrideOf(backbone, s) < backbone.OutputStride, -1);
        if (stage < 0)
        {
            throw new RecipeException(
                $"Expected a backbone with features finer than its output for a decoder, found {backbone.GetName()} at stride "
                    + $"{backbone.OutputStride}. Set the decoder to 0, or take a larger stride.");
        }
        Layer = backbone.IndexOf(backbone.StageEnds[stage]);
        Stride = StrideOf(backbone, stage);
        _reduce = Aspp.ConvBnRelu(backbone.StageChannels[stage], channels, 1, 1);
        _merge = Aspp.ConvBnRelu(width + channels, width, 3, 1);
        register_module("reduce", _reduce);
        register_module("merge", _merge);
    }

    /// <summary>The backbone's layer that gives the fine features.</summary>
    public int Layer { get; }

    /// <summary>Pixels per fine cell.</summary>
    public int Stride { get; }

    /// <param name="coarse">[N, width, h, w], the pyramid's features at the fine cells.</param>
    /// <param name="fine">[N, K, h, w].</param>
    /// <returns>[N, width, h, w].</returns>
    public override Tensor forward(Tensor coarse, Tensor fine)
    {
        using var scope = NewDisposeScope();
        Tensor[] parts = [coarse, _reduce.call(fine)];
        return _merge.call(cat(parts, 1)).MoveToOuterDisposeScope();
    }

    public Value Write(OnnxGraph graph, Value coarse, Value fine) =>
        graph.Run(_merge, graph.Concat(1, coarse, graph.Run(_reduce, fine)));

    protected override void RegisterComponents()
    {
    }

    private static int StrideOf(Backbone backbone, int stage) =>
        // Of any size: a convolutional network's cells lie alike in all.
        (int)backbone.CellsOf(backbone.IndexOf(backbone.StageEnds[stage]), backbone.OutputStride, backbone.OutputStride).Columns.Stride;
}
