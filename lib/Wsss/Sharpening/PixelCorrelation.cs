using TorchSharp.Modules;
using Wsss.Graphs;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Sharpening;

/// <summary>
/// The functions of SEAM's pixel correlation module (Wang et al., CVPR 2020, section 3.3): each place takes the mean of the
/// maps over the places that look like it.
/// </summary>
public static class PixelCorrelation
{
    private const double Epsilon = 1e-5;

    /// <summary>
    /// A_ij = ReLU(cos(f_i, f_j)) / Σ_j ReLU(cos(f_i, f_j)) of the features f at two places. Takes
    /// N·(h·w)² numbers of memory.
    /// </summary>
    /// <param name="features">f, [N, K, h, w].</param>
    /// <returns>[N, h·w, h·w]: row i says how much place i takes from each place; rows sum to 1.</returns>
    public static Tensor Affinity(Tensor features)
    {
        var f = features.flatten(2);                                                          // [N, K, h·w]
        f = f / (f.square().sum(1, keepdim: true).clamp_min(Epsilon * Epsilon).sqrt());
        var affinity = f.transpose(1, 2).matmul(f).relu();                                    // [N, h·w, h·w]
        return affinity / (affinity.sum(2, keepdim: true) + Epsilon);
    }

    /// <summary>Each map divided by its maximum; one without evidence stays empty.</summary>
    /// <param name="maps">[N, C, h, w] ≥ 0.</param>
    /// <returns>[N, C, h, w] in 0…1.</returns>
    public static Tensor DivideByMaximum(Tensor maps) => maps / (maps.amax([2, 3], keepdim: true) + Epsilon);

    /// <summary>
    /// Only the strongest map keeps its value at each place, the others are 0 there; of equal ones the first is the strongest.
    /// </summary>
    /// <param name="maps">[N, C, h, w].</param>
    /// <returns>[N, C, h, w].</returns>
    public static Tensor KeepStrongest(Tensor maps) => maps * zeros_like(maps).scatter_(1, maps.argmax(1, keepdim: true), ones_like(maps));
}

/// <summary>
/// A head that refines another head's maps with PCM. The features are the image and two stages before the last (of a
/// network with one stage: that one), each stage reduced by a 1×1 convolution with ReLU to an eighth of its channels, all
/// projected by another.
/// </summary>
internal sealed class PixelCorrelationHead : ClassifierHead
{
    // 512 and 1024 channels become 64 and 128 in the published network.
    private const int Reduction = 8, StagesSeen = 2, ProjectionGain = 4;

    private readonly ClassifierHead _inner;
    private readonly Conv2d[] _stages;
    private readonly Conv2d _projection;

    public PixelCorrelationHead(HeadSpec spec, ClassifierHead inner) : base(nameof(PixelCorrelationHead))
    {
        _inner = inner;
        int[] channels = Seen(spec.StageChannels.SkipLast(1), spec.Channels);
        _stages = [.. channels.Select(k => LayerFactory.Conv(k, Math.Max(1, k / Reduction), 1))];
        int width = (int)_stages.Sum(stage => stage.out_channels);
        _projection = LayerFactory.Conv(3 + width, width, 1);
        foreach (Conv2d stage in _stages) nn.init.kaiming_normal_(stage.weight!);
        nn.init.xavier_uniform_(_projection.weight!, ProjectionGain);
        register_module("inner", _inner);
        for (int i = 0; i < _stages.Length; i++) register_module($"stage{i + 1}", _stages[i]);
        register_module("projection", _projection);
    }

    public override bool LooksBack => true;

    public override HeadOutput forward(Activation features, Tensor? labels)
    {
        HeadOutput output = _inner.call(features, labels);
        if (features.Trail is not { } trail) return output;
        Tensor maps;
        using (no_grad())
            maps = PixelCorrelation.KeepStrongest(PixelCorrelation.DivideByMaximum(output.Localization()));    // [N, C, h, w]

        Tensor AtPlaces(Tensor grid, CellGeometry cells) => CellSampling.At(grid, cells, trail.Cells, maps.shape[2], maps.shape[3]);
        // Detached on all sides: PCM learns what is alike, and neither maps nor features may bend to make its task easier.
        Tensor[] stages = Seen(trail.Stages, features.Grid);
        CellGeometry[] cells = Seen(trail.StageCells, trail.Cells);
        Tensor[] seen =
        [
            AtPlaces(trail.Images, CellGeometry.Pixels),
            .. stages.Select((grid, i) => AtPlaces(_stages[i].call(grid.detach()).relu(), cells[i])),
        ];
        Tensor affinity = PixelCorrelation.Affinity(_projection.call(cat(seen, 1)));                           // [N, h·w, h·w]
        return output with { Refined = ClassAttention.Refine(maps, affinity) };
    }

    internal override HeadValues Write(OnnxGraph graph, ActivationValues features) => _inner.Write(graph, features);

    private static T[] Seen<T>(IEnumerable<T> earlier, T last) => earlier.TakeLast(StagesSeen).DefaultIfEmpty(last).ToArray();
}
