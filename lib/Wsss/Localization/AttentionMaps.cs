using Wsss.Models;
using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Localization;

/// <summary>Maps from what a transformer's tokens attend to.</summary>
public abstract record AttentionMaps : TransformerExtractor
{
    // What a token attends to sums to 1 at most.
    internal override bool SharesWeightAmongPlaces => true;

    /// <inheritdoc/>
    /// <exception cref="RecipeException">An option does not fit the network.</exception>
    protected sealed override Tensor Read(Classifier network, VisionTransformer transformer, Tensor images, IReadOnlyList<int> classes)
    {
        var (features, attention) = transformer.RunWithAttention(images, heads => heads.mean([1]));        // each [N, T, T]
        // A network with a token for the whole image has one attention for all classes.
        long[] tokens = [.. classes.Select(c => transformer.Kind == TokenKind.PerClass ? c : 0L)];
        Tensor weights = TokenWeights(attention, transformer.ClassTokens);                                 // [N, C, h·w]
        Tensor maps = weights.index_select(1, tensor(tokens).SentTo(images.device))
            .reshape(-1, classes.Count, features.Grid.shape[2], features.Grid.shape[3]);                   // [N, K, h, w]
        Tensor PatchCam() => network.Head.call(features, null).Localization()
            .index_select(1, tensor(classes.Select(c => (long)c).ToArray()).SentTo(images.device));        // [N, K, h, w]
        return Finish(maps, PatchCam, attention, transformer.ClassTokens);
    }

    /// <summary>What each class token attends to.</summary>
    /// <param name="attention">Each block's attention [N, T, T], the mean over its heads.</param>
    /// <param name="tokens">The number C of class tokens, which come before the patches.</param>
    /// <returns>[N, C, h·w] ≥ 0.</returns>
    protected abstract Tensor TokenWeights(IReadOnlyList<Tensor> attention, int tokens);

    /// <summary>Changes the maps before they are handed out.</summary>
    /// <param name="maps">[N, K, h, w] of the wanted classes.</param>
    /// <param name="patchCam">Computes the class activation maps of the patches, [N, K, h, w] ≥ 0.</param>
    /// <param name="attention">As for <see cref="TokenWeights"/>.</param>
    /// <param name="tokens">The number of class tokens.</param>
    protected virtual Tensor Finish(Tensor maps, Func<Tensor> patchCam, IReadOnlyList<Tensor> attention, int tokens) => maps;
}

/// <summary>
/// Class-to-patch attention of MCTformer (Xu et al., <i>Multi-class Token Transformer for Weakly Supervised Semantic
/// Segmentation</i>, CVPR 2022): how much the token of class c attends to each patch, mean over the heads and over the last
/// <see cref="Layers"/> blocks.
/// </summary>
/// <remarks>
/// With <see cref="TimesCam"/> it is multiplied with the patches' class activation map, as MCTformer-V2 fuses them; with
/// <see cref="Affinity"/> it is then refined: M'_i = Σ_j P_ij M_j with P the patch-to-patch attention, mean over the heads and
/// over all blocks. The defaults are those of the published V2; V1 is the attention without the map.
/// <para>Matched with the published code: last 3 layers, fusion before refinement, rows of P that are not normalised again
/// after the tokens' columns are gone. Different: means over layers where the code has sums, which the division by each
/// map's maximum cancels; the patches' map comes from the recipe's head, a 1×1 convolution of normalised features, where
/// the code has a 3×3 convolution of features before the last LayerNorm; and each of several sizes counts alike, where in
/// the code's sum a size counts the more the fewer patches it has.</para>
/// A network with one token for the image has one attention for all classes; times the map, over all blocks, it is the map
/// of TS-CAM (Gao et al., ICCV 2021).
/// </remarks>
[Registered("transformers: what each class's token attends to, times the patches' cam, refined by affinity", Name = "attention", Order = 7)]
public sealed record ClassAttention : AttentionMaps
{
    /// <summary>How many of the last blocks are averaged.</summary>
    public int Layers { get; init; } = 3;

    /// <summary>Whether the attention is multiplied with the patches' class activation map after ReLU.</summary>
    public bool TimesCam { get; init; } = true;

    /// <summary>Whether the map is refined by the affinity of the patches.</summary>
    public bool Affinity { get; init; } = true;

    /// <summary>M'_i = Σ_j P_ij M_j.</summary>
    /// <param name="maps">[N, K, h, w].</param>
    /// <param name="affinity">P, [N, h·w, h·w]: row i says how much the patch i takes from each patch.</param>
    /// <returns>[N, K, h, w].</returns>
    public static Tensor Refine(Tensor maps, Tensor affinity) =>
        maps.flatten(2).matmul(affinity.transpose(1, 2)).reshape(maps.shape);

    /// <summary>P: the patch-to-patch part of the attention, mean over the blocks.</summary>
    /// <param name="attention">Each block's attention [N, T, T], the mean over its heads.</param>
    /// <param name="tokens">The number of class tokens, which come before the patches.</param>
    /// <returns>[N, h·w, h·w].</returns>
    public static Tensor PatchAffinity(IReadOnlyList<Tensor> attention, int tokens)
    {
        Tensor[] patches = [.. attention.Select(a => a[.., tokens.., tokens..])];
        return stack(patches).mean([0]);
    }

    /// <inheritdoc/>
    protected override Tensor TokenWeights(IReadOnlyList<Tensor> attention, int tokens)
    {
        if (Layers < 1 || Layers > attention.Count)
            throw new RecipeException(
                $"{nameof(ClassAttention)}: expected 1 … {attention.Count} layers, as the network has blocks; found {Layers}."
            );
        Tensor[] last = [.. attention.TakeLast(Layers).Select(a => a[.., ..tokens, tokens..])]; // each [N, C, h·w]
        return stack(last).mean([0]);
    }

    /// <inheritdoc/>
    protected override Tensor Finish(Tensor maps, Func<Tensor> patchCam, IReadOnlyList<Tensor> attention, int tokens)
    {
        if (TimesCam) maps = maps * patchCam();
        return Affinity ? Refine(maps, PatchAffinity(attention, tokens)) : maps;
    }
}

/// <summary>
/// Attention rollout (Abnar &amp; Zuidema, <i>Quantifying Attention Flow in Transformers</i>, ACL 2020): how much each patch has
/// flowed into the class's token through all blocks, if a token is half what it was and half what it attends to.
/// </summary>
/// <remarks>
/// R = Ã_L ⋯ Ã_1 with Ã_l = ½ A_l + ½ I and A_l the mean over the heads; the rows of R sum to 1. The map of class c is the
/// part of its token's row that lies on the patches. Rollout was published for networks with one token: class tokens
/// exchange what they know with each other, so that their rows differ less than their attention does.
/// </remarks>
[Registered("transformers: what has flowed into the token through all blocks", Name = "rollout", Order = 8)]
public sealed record AttentionRollout : AttentionMaps
{
    /// <summary>R = Ã_L ⋯ Ã_1.</summary>
    /// <param name="attention">Each block's attention [N, T, T], the first block first; rows sum to 1.</param>
    /// <returns>[N, T, T]; rows sum to 1.</returns>
    public static Tensor Rollout(IReadOnlyList<Tensor> attention)
    {
        using var scope = NewDisposeScope();
        Tensor identity = eye(attention[0].shape[2], dtype: attention[0].dtype, device: attention[0].device);
        Tensor flow = identity.expand(attention[0].shape);
        foreach (Tensor block in attention) flow = ((block + identity) / 2).matmul(flow);
        return flow.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override Tensor TokenWeights(IReadOnlyList<Tensor> attention, int tokens) =>
        Rollout(attention)[.., ..tokens, tokens..];
}
