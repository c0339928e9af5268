namespace Wsss.Data;

/// <summary>A way to label images, and how long a person takes for one answer.</summary>
/// <remarks>
/// As in <i>What's the Point</i> (Bearman et al., ECCV 2016) a class costs its second wherever it is asked about: 20 s for an image of
/// PASCAL VOC, whatever it shows. That study also counts the seconds for absent classes with boxes and masks; here those are left out.
/// </remarks>
/// <param name="Name">Such as <c>class label</c>.</param>
/// <param name="Seconds">Seconds for one <paramref name="Unit"/>, above 0.</param>
/// <param name="Unit">What is answered one at a time.</param>
/// <param name="Source">Where the number was measured.</param>
public sealed record LabelCost(string Name, double Seconds, LabelUnit Unit, string Source)
{
    private const double SecondsPerHour = 3600;

    /// <summary>The image-level label: 1 s for each class that is asked about.</summary>
    public static LabelCost ClassLabel { get; } =
        new("class label", 1, LabelUnit.ClassAsked, "Bearman et al., What's the Point, ECCV 2016");

    /// <summary>A box around each object, by clicks on its four extreme points.</summary>
    public static LabelCost Box { get; } = new(
        "box", 7, LabelUnit.Object, "Papadopoulos et al., Extreme Clicking for Efficient Object Annotation, ICCV 2017");

    /// <summary>An outline of each object.</summary>
    public static LabelCost PolygonMask { get; } =
        new("polygon mask", 79, LabelUnit.Object, "Lin et al., Microsoft COCO, ECCV 2014; 78 s in What's the Point");

    /// <summary>The kinds of label that the field compares, from the cheapest answer to the dearest.</summary>
    public static IReadOnlyList<LabelCost> Published { get; } = [ClassLabel, Box, PolygonMask];

    /// <summary>How long one image takes.</summary>
    /// <param name="classesAsked">Classes of the data set, each of which is asked about.</param>
    /// <param name="objectsPerImage">Mean number of objects that an image shows.</param>
    public double SecondsPerImage(int classesAsked, double objectsPerImage) =>
        Seconds * (Unit == LabelUnit.ClassAsked ? classesAsked : objectsPerImage);

    /// <summary>How many images a budget labels.</summary>
    /// <param name="hours">Hours of one annotator.</param>
    /// <param name="classesAsked">As for one image, above 0.</param>
    /// <param name="objectsPerImage">As for one image, above 0.</param>
    public double Images(double hours, int classesAsked, double objectsPerImage) =>
        hours * SecondsPerHour / SecondsPerImage(classesAsked, objectsPerImage);

    /// <summary>How many hours of one annotator some images take.</summary>
    /// <param name="images">How many.</param>
    /// <param name="classesAsked">As for one image.</param>
    /// <param name="objectsPerImage">As for one image.</param>
    public double Hours(double images, int classesAsked, double objectsPerImage) =>
        images * SecondsPerImage(classesAsked, objectsPerImage) / SecondsPerHour;
}
