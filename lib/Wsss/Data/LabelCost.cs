namespace Wsss.Data;

/// <summary>A way to label an object, and how long a person takes for one.</summary>
/// <param name="Name">Such as <c>class label</c>.</param>
/// <param name="SecondsPerInstance">Seconds for one object of one class in one image.</param>
/// <param name="Source">Where the number was measured.</param>
public sealed record LabelCost(string Name, double SecondsPerInstance, string Source)
{
    /// <summary>The kinds of label that the field compares, from the cheapest to the dearest.</summary>
    public static IReadOnlyList<LabelCost> Published { get; } =
    [
        new("class label", 1, "Bearman et al., What's the Point, ECCV 2016"),
        new("box", 10, "Cheng et al., Pointly-Supervised Instance Segmentation, CVPR 2022 (7 s by extreme clicks, ICCV 2017)"),
        new("polygon mask", 79, "Lin et al., Microsoft COCO, ECCV 2014; 78 s in What's the Point"),
    ];

    /// <summary>How many images a budget labels.</summary>
    /// <param name="hours">Hours of one annotator.</param>
    /// <param name="instancesPerImage">Mean number of labelled objects per image, above 0.</param>
    public double Images(double hours, double instancesPerImage) => hours * 3600 / (SecondsPerInstance * instancesPerImage);
}
