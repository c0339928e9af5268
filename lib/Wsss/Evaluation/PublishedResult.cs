namespace Wsss.Evaluation;

/// <summary>
/// One published result on PASCAL VOC 2012: mean IoU over 21 classes in per cent, in 0…100. A number that no source gives
/// is null, not zero.
/// </summary>
/// <param name="Year">Year of the venue; of the preprint where there is no venue.</param>
/// <param name="Method">The method's name in its paper.</param>
/// <param name="Backbone">
/// Backbone of the network that made <see cref="Validation"/> and <see cref="Test"/>; <c>COCO</c> where that network was
/// pre-trained on COCO's masks. Where only map scores are given, the classifier's backbone.
/// </param>
/// <param name="Extra">What is used beyond image labels and ImageNet weights, such as <c>saliency</c> or <c>CLIP</c>; <c>none</c> for
/// nothing.</param>
/// <param name="Source">The paper and its venue; after a semicolon where the numbers were read, if not in the paper.</param>
public sealed record PublishedResult(int Year, string Method, string Backbone, string Extra, string Source)
{
    /// <summary>
    /// The localization map, thresholded, on the train set. Methods with one stage include their affinity refinement, so
    /// their maps compare with <see cref="PseudoMask"/> rather than with a plain CAM.
    /// </summary>
    public double? Seed { get; init; }

    /// <summary>The refined pseudo masks (random walk, CRF) on the train set.</summary>
    public double? PseudoMask { get; init; }

    /// <summary>The final segmentation network on the validation set.</summary>
    public double? Validation { get; init; }

    /// <summary>The final segmentation network on the test set.</summary>
    public double? Test { get; init; }

    /// <summary>
    /// What others measured with the published code, or the authors' own log of it, and where they report it; null where nothing is known.
    /// </summary>
    public string? Reproduction { get; init; }
}
