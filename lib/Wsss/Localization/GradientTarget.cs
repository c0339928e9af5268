using Wsss.Models;
using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Localization;

/// <summary>
/// What a gradient extractor differentiates: for each class, any scalar of the head's output. A member of its own reads, for instance, a
/// class's map within a region.
/// </summary>
[Family("target")]
public abstract record GradientTarget
{
    /// <summary>The scalars.</summary>
    /// <param name="output">What the head says about N images, with its graph.</param>
    /// <param name="classes">The K zero-based class indices whose maps are wanted.</param>
    /// <returns>K tensors [N]; the scalar of an image depends on that image alone.</returns>
    public abstract IReadOnlyList<Tensor> Of(HeadOutput output, IReadOnlyList<int> classes);

    /// <summary>
    /// Whether a class's scalar depends on which others are wanted: then images of different labels cannot share a pass.
    /// </summary>
    internal virtual bool ComparesClasses => false;
}

/// <summary>The class's logit y_c: all that speaks for the class, whether it speaks for others as well or not.</summary>
[Registered("the class's logit", Name = "logit", Order = 1)]
public sealed record LogitTarget : GradientTarget
{
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Of(HeadOutput output, IReadOnlyList<int> classes) =>
        [.. classes.Select(c => output.Logits.select(1, c))];
}

/// <summary>
/// The class's softmax among the classes that are present, and the background where the head has one (CLIP-ES, Lin et al., CVPR 2023):
/// what speaks for another class is not claimed.
/// </summary>
/// <remarks>
/// The present classes are those whose maps are wanted: an image's labels, or the classes that a person asks for. The background's score
/// is the mean of <see cref="HeadOutput.Background"/>, as a class's is the mean of its map.
/// <para>With p = softmax(y), what is differentiated is log(p_c / (1 − p_c)) = y_c − log Σ_{j≠c} exp(y_j): its gradient is that of p_c
/// divided by the image's p_c · (1 − p_c), which does not move a map, and does not vanish in rounding where the network is sure. A class
/// with nothing beside it is its logit.</para>
/// </remarks>
[Registered("its softmax among the present classes and the background: what speaks for others is not claimed", Name = "softmax", Order = 2)]
public sealed record SoftmaxTarget : GradientTarget
{
    internal override bool ComparesClasses => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Of(HeadOutput output, IReadOnlyList<int> classes)
    {
        Tensor[] scores = [.. classes.Select(c => output.Logits.select(1, c))];                            // each [N]
        Tensor[] all = output.Background is { } background ? [.. scores, background.mean([1, 2, 3])] : scores;
        return [.. scores.Select((score, k) => all.Length == 1 ? score : score - Others(all, k).logsumexp(1))];
    }

    private static Tensor Others(Tensor[] scores, int own)
    {
        Tensor[] others = [.. scores.Where((_, k) => k != own)];
        return stack(others, 1);                                                                           // [N, others]
    }
}
