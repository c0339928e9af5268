using TorchSharp.Modules;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Refinement;

/// <summary>
/// The boundary branch of IRN (Ahn et al., <i>Weakly Supervised Learning of Instance Segmentation with Inter-pixel
/// Relations</i>, CVPR 2019): on the frozen backbone of the classifier, each stage gives 32 channels (1×1 convolution, group
/// normalisation, ReLU), brought to a grid of stride 4, and a 1×1 convolution of all of them says how likely each place is a
/// class boundary. Two pixels are alike if no boundary lies between them.
/// </summary>
/// <remarks>
/// IRN's second branch (displacement to the object's centre) tells instances of a class apart; class masks do not need it.
/// Cell i of its grid lies at pixel 4·i, as those of a convolutional stage of stride 4 do; stages of other strides are read there.
/// Its state dict has the prefixes <c>backbone.</c>, <c>stages.</c> and <c>boundary.</c>; disposing it disposes the backbone.
/// </remarks>
internal sealed class AffinityNetwork : nn.Module<Tensor, Tensor>
{
    /// <summary>Input pixels per place of the grid.</summary>
    public const int Stride = 4;

    /// <summary>Where the cells of the grid lie in the images that the network is given.</summary>
    public static CellGeometry Cells { get; } = CellGeometry.Strided(Stride);

    private const int Width = 32, Groups = 4;

    private readonly Sequential _stages;
    private readonly Conv2d _boundary;

    /// <summary>Puts the branch with random weights on a backbone, which from now on belongs to the network.</summary>
    /// <param name="backbone">The classifier's, trained; its weights stay as they are.</param>
    public AffinityNetwork(Backbone backbone) : base(nameof(AffinityNetwork))
    {
        Backbone = backbone;
        foreach (var parameter in backbone.parameters()) parameter.requires_grad_(false);
        _stages = LayerFactory.Numbered([.. backbone.StageChannels.Select(channels => nn.Sequential(
            ("conv", LayerFactory.Conv(channels, Width, 1)), ("norm", LayerFactory.GroupNorm(Groups, Width)), ("relu", nn.ReLU())))]);
        _boundary = LayerFactory.ConvWithBias(backbone.StageEnds.Count * Width, 1, 1);
        register_module("backbone", Backbone);
        register_module("stages", _stages);
        register_module("boundary", _boundary);
    }

    /// <summary>The frozen feature extractor.</summary>
    public Backbone Backbone { get; }

    /// <summary>How likely each place is a boundary.</summary>
    /// <param name="images">[N, 3, H, W] float32, normalised by <see cref="Data.Normalization"/>.</param>
    /// <returns>[N, 1, ⌈H/4⌉, ⌈W/4⌉] in 0…1.</returns>
    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        long height = images.shape[2], width = images.shape[3];
        long rows = (height + Stride - 1) / Stride, columns = (width + Stride - 1) / Stride;
        Tensor[] features = Stages(images);
        var hypercolumn = new Tensor[features.Length];
        for (int s = 0; s < features.Length; s++)
        {
            CellGeometry cells = Backbone.CellsOf(Backbone.IndexOf(Backbone.StageEnds[s]), height, width);
            hypercolumn[s] = CellSampling.At(_stages[s].call(features[s]), cells, Cells, rows, columns);
        }
        return _boundary.call(cat(hypercolumn, 1)).sigmoid().MoveToOuterDisposeScope();
    }

    /// <summary>Training mode is for the branch: the backbone's normalisation keeps its statistics.</summary>
    public override void train(bool on = true)
    {
        base.train(on);
        Backbone.eval();
    }

    /// <summary>Does nothing: components are registered by hand; TorchSharp would add them again by the names of the fields.</summary>
    protected override void RegisterComponents()
    {
    }

    private Tensor[] Stages(Tensor images)
    {
        using var noGradients = no_grad();
        return [.. Backbone.RunStages(images).Select(stage => stage.Grid)];
    }
}
