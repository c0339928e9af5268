using Wsss.Data;

namespace Wsss.Tests.Data;

/// <summary>The images of PASCAL VOC as <i>What's the Point</i> counts them: 20 classes, 2.8 objects.</summary>
public sealed class LabelCostTests
{
    private const int Classes = 20;
    private const double Objects = 2.8;

    [Fact]
    public void Each_class_that_is_asked_about_takes_a_second_whatever_the_image_shows()
    {
        Assert.Equal(20, LabelCost.ClassLabel.SecondsPerImage(Classes, Objects));
        Assert.Equal(20, LabelCost.ClassLabel.SecondsPerImage(Classes, 1));
        Assert.Equal(180, LabelCost.ClassLabel.Images(1, Classes, Objects));
        Assert.Equal(10_582 * 20 / 3600.0, LabelCost.ClassLabel.Hours(10_582, Classes, Objects), 1e-9);
    }

    [Fact]
    public void Boxes_and_outlines_are_drawn_around_objects_alone()
    {
        Assert.Equal(19.6, LabelCost.Box.SecondsPerImage(Classes, Objects), 1e-9);
        Assert.Equal(221.2, LabelCost.PolygonMask.SecondsPerImage(Classes, Objects), 1e-9);
        Assert.Equal(LabelCost.PolygonMask.SecondsPerImage(8, Objects), LabelCost.PolygonMask.SecondsPerImage(Classes, Objects));
    }

    [Fact]
    public void Hours_and_images_are_each_others_inverse() => Assert.All(LabelCost.Published, cost =>
        Assert.Equal(7.5, cost.Hours(cost.Images(7.5, Classes, Objects), Classes, Objects), 1e-9));

    [Fact]
    public void The_kinds_go_from_the_cheapest_answer_to_the_dearest() =>
        Assert.Equal([1.0, 7, 79], LabelCost.Published.Select(cost => cost.Seconds));
}
