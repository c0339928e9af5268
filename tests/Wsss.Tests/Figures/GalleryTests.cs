using Wsss.Data;
using Wsss.Figures;
using Wsss.Localization;

namespace Wsss.Tests.Figures;

public sealed class GalleryTests
{
    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(3, 1, 4)]
    [InlineData(5, 2, 4)]
    public void An_explanation_shows_the_image_and_each_map_four_in_a_row(int classes, int rows, int columns)
    {
        const int Side = 320,
            Margin = 16,
            Gap = 10;
        RgbImage image = Toys.Noise(80, 80);
        var maps = new LocalizationMaps("a", 80, 80, [.. Enumerable.Range(0, classes)], new float[classes * 80 * 80]);
        var explanation = new Explanation(maps, [.. Enumerable.Range(0, classes).Select(c => c / 10f)]);
        Figure figure = Gallery.Explanation(
            image,
            explanation,
            [.. Enumerable.Range(0, classes).Select(c => $"class {c}, synonym")],
            "title"
        );
        Assert.Equal(2 * Margin + columns * Side + (columns - 1) * Gap, figure.Width);
        Assert.InRange(figure.Height, rows * Side, rows * (Side + 40) + 120);
        Assert.Equal("title", figure.Caption);
    }
}
