using Wsss.Graphs;
using Wsss.Models;
using Wsss.Registry;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Expansion;

/// <summary>
/// ACoL (Zhang et al., <i>Adversarial Complementary Learning for Weakly Supervised Object Localization</i>, CVPR 2018): where
/// head A finds a class, the features are erased for head B, which must find it elsewhere. The maps of both are fused.
/// </summary>
/// <remarks>
/// <para>
/// E = [max_c (A_c − min A_c) / (max A_c − min A_c) ≥ δ] over the classes c that are present, with A_c the raw map of head A;
/// B sees F·(1 − E), with F the features. Labels say what is present; without them, at inference, it is what A finds: the classes
/// with a logit ≥ 0, or the likeliest one if there is none. No gradient flows through E. Both heads are trained with the
/// classification loss; the prediction is A's. Localization reads max(Â_c, B̂_c) or Â_c + B̂_c, with Â = ReLU(A) / max ReLU(A);
/// losses on maps see max(A_c, B_c) or A_c + B_c.
/// </para>
/// <para>
/// Both heads are the plain head, each with weights of its own. So A is plain CAM's head whatever δ is, and gradient methods,
/// which follow the prediction, see it alone. For δ > 1 nothing is erased, and B is a second plain head on the same features;
/// with A's weights, the fused map is plain CAM's.
/// </para>
/// <para>
/// Matches the published code in δ, in the range that it relates to, in heads of the baseline's form that share no weights, in
/// the prediction, and in the element-wise maximum; lectures show a sum. Differs: that code has one class in an image, and takes
/// the true one for E in evaluation too; its heads, and that of its baseline, have two 3×3 convolutions before the maps, and
/// pool the features before these; it adds the losses, which here are averaged: gradients are half as large. It fuses maps that
/// are stretched over their range, as a softmax leaves open where 0 lies; a sigmoid does not, and after ReLU the maps of absent
/// classes stay empty.
/// </para>
/// </remarks>
[Registered("a second head must find the class elsewhere (ACoL, CVPR 2018)", Order = 9)]
public sealed record FeatureErasing : Technique, IHeadDesign
{
    /// <summary>Only the peak, as .6 of the range of a map that is mostly negative is nearly all of it.</summary>
    [Suggested(DataKind.DrawnScenes)]
    public static FeatureErasing ForShortTrainings { get; } = new() { Threshold = 0.95 };

    /// <summary>More than the peak: .7 and .8 are the best of .6 to .98 by validation, which differ little.</summary>
    [Suggested(DataKind.Photographs)]
    public static FeatureErasing ForPhotographs { get; } = new() { Threshold = 0.8 };

    private const double Smallest = 1e-30;

    /// <summary>δ: the share of the range of A's map, above 0, from which on a place is erased for B; above 1 none is.</summary>
    public double Threshold { get; init; } = 0.6;

    /// <summary>How the maps of both heads become one.</summary>
    public MapFusion Fusion { get; init; } = MapFusion.Max;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Threshold > 0))
            throw new RecipeException($"{Name}: expected a threshold > 0, found {Threshold}.");
        if (!Enum.IsDefined(Fusion))
            throw new RecipeException(
                $"{Name}: expected the fusion to be one of {string.Join(", ", Enum.GetNames<MapFusion>())}; found {Fusion}."
            );
    }

    /// <inheritdoc/>
    public ClassifierHead BuildHead(HeadSpec spec, Func<HeadSpec, ClassifierHead> inner) =>
        new FeatureErasingHead(inner(spec), inner(spec), this);

    /// <summary>E: the places that are erased. No gradient flows through it.</summary>
    /// <param name="maps">A, [N, C, h, w] raw maps.</param>
    /// <param name="present">[N, C] bool: the classes that erase; an image without any loses nothing.</param>
    /// <param name="threshold">δ, above 0. A map that is the same everywhere erases nothing.</param>
    /// <returns>[N, 1, h, w] bool.</returns>
    public static Tensor Erased(Tensor maps, Tensor present, double threshold)
    {
        using var noGradients = no_grad();
        var least = maps.amin([2, 3], keepdim: true);                                        // [N, C, 1, 1]
        var range = (maps.amax([2, 3], keepdim: true) - least).clamp_min(Smallest);
        var strong = ((maps - least) / range).ge(threshold);                                 // [N, C, h, w]
        return (strong & present.unsqueeze(-1).unsqueeze(-1)).any(1, keepdim: true);
    }

    /// <summary>What localization reads of two heads' maps, each divided by its maximum first; one without evidence stays empty.</summary>
    /// <param name="a">[N, C, h, w] ≥ 0.</param>
    /// <param name="b">[N, C, h, w] ≥ 0.</param>
    /// <param name="fusion">How.</param>
    /// <returns>[N, C, h, w] in 0…1, for a sum in 0…2.</returns>
    public static Tensor Fuse(Tensor a, Tensor b, MapFusion fusion) => Join(DivideByMaximum(a), DivideByMaximum(b), fusion);

    private static Tensor Join(Tensor a, Tensor b, MapFusion fusion) => fusion == MapFusion.Max ? maximum(a, b) : a + b;

    private static Tensor DivideByMaximum(Tensor maps) => maps / maps.amax([2, 3], keepdim: true).clamp_min(Smallest);

    private sealed class FeatureErasingHead : ClassifierHead
    {
        private readonly ClassifierHead _a, _b;
        private readonly FeatureErasing _options;

        public FeatureErasingHead(ClassifierHead a, ClassifierHead b, FeatureErasing options) : base(nameof(FeatureErasing))
        {
            (_a, _b, _options) = (a, b, options);
            register_module("branchA", _a);
            register_module("branchB", _b);
        }

        public override HeadOutput forward(Activation features, Tensor? labels)
        {
            HeadOutput a = _a.call(features, labels);
            Tensor present = labels?.gt(0) ?? Found(a.Logits);                                                   // [N, C]
            Tensor erased = Erased(a.Maps, present, _options.Threshold);                                         // [N, 1, h, w]
            HeadOutput b = _b.call(features with { Grid = features.Grid.masked_fill(erased, 0) }, labels);

            return a with
            {
                Maps = Join(a.Maps, b.Maps, _options.Fusion),
                Branches = [.. a.Branches, .. b.Branches],
                // What a head inside has refined is part of what is fused, and must not hide it.
                Refined = null,
                Fused = Fuse(a.Localization(), b.Localization(), _options.Fusion),
            };
        }

        internal override HeadValues Write(OnnxGraph graph, ActivationValues features)
        {
            HeadValues a = _a.Write(graph, features);
            Value threshold = graph.Min(graph.Reduce("ReduceMax", a.Logits, keep: true, 1), graph.Scalar(0));
            Value present = graph.Unsqueeze(graph.Node("GreaterOrEqual", [a.Logits, threshold]), 2, 3); // [N, C, 1, 1]
            Value least = graph.Reduce("ReduceMin", a.Maps, keep: true, 2, 3);
            Value range = graph.Max(graph.Subtract(graph.Reduce("ReduceMax", a.Maps, keep: true, 2, 3), least), graph.Scalar(Smallest));
            Value share = graph.Divide(graph.Subtract(a.Maps, least), range);
            Value strong = graph.Node("GreaterOrEqual", [share, graph.Scalar(_options.Threshold)]);
            Value erased = graph.Reduce("ReduceMax", graph.ToFloat(graph.Node("And", [strong, present])), keep: true, 1); // [N, 1, h, w]
            Value grid = graph.Multiply(features.Grid, graph.Subtract(graph.Scalar(1), erased));

            HeadValues b = _b.Write(graph, features with { Grid = grid });
            return a with { Maps = _options.Fusion == MapFusion.Max ? graph.Max(a.Maps, b.Maps) : graph.Add(a.Maps, b.Maps) };
        }

        // Logits ≥ 0; where all are below, the highest.
        private static Tensor Found(Tensor logits) => logits.ge(logits.amax([1], keepdim: true).clamp_max(0));
    }
}

/// <summary>How the maps of two heads become one.</summary>
public enum MapFusion
{
    /// <summary>The larger value at each place, as in the published code.</summary>
    Max,

    /// <summary>The sum.</summary>
    Sum,
}
