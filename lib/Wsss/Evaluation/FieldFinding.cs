namespace Wsss.Evaluation;

/// <summary>Something that was found out about many published results at once.</summary>
/// <param name="Year">When it was found, or the year of the code that it is about.</param>
/// <param name="Finding">What was found.</param>
/// <param name="Source">Where it can be looked up.</param>
public sealed record FieldFinding(int Year, string Finding, string Source)
{
    /// <summary>Reasons to distrust a comparison of published numbers, by year.</summary>
    public static IReadOnlyList<FieldFinding> Published { get; } =
    [
        new(
            2018,
            "The optimizer of PSA, which IRN, SEAM and EPS share, passes the weight decay in the place of SGD's momentum: their "
                + "published runs used a momentum of 0.0001 to 0.0005 and not 0.9.",
            "class PolyOptimizer in jiwoon-ahn/psa (tool/torchutils.py) and jiwoon-ahn/irn (misc/torchutils.py)"
        ),
        new(
            2020,
            "With the same validation budget for every method, five methods made no major improvement over CAM in object localization; "
                + "Hide-and-Seek came out 1.0 and ACoL 2.0 points below it.",
            "Choe et al., Evaluating Weakly Supervised Object Localization Methods Right, CVPR 2020"
        ),
        new(
            2022,
            "Many papers start from a segmentation network pre-trained on COCO's masks without saying so. Where both starts are "
                + "published, it is worth 1.1 (CLIMS) and 2.7 points (CLIP-ES) on the validation set.",
            "gyguo/awesome-weakly-supervised-semantic-segmentation; CVI-SZU/CLIMS and linyq2117/CLIP-ES"
        ),
    ];
}
