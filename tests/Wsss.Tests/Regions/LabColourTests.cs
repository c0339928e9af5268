using Wsss.Data;
using Wsss.Regions;

namespace Wsss.Tests.Regions;

public sealed class LabColourTests
{
    [Theory]
    [InlineData(255, 255, 255, 100, 0, 0)]
    [InlineData(0, 0, 0, 0, 0, 0)]
    // Values of the CIE's formulas for the sRGB primaries under D65.
    [InlineData(255, 0, 0, 53.24, 80.09, 67.20)]
    [InlineData(0, 255, 0, 87.73, -86.18, 83.18)]
    [InlineData(0, 0, 255, 32.30, 79.19, -107.86)]
    public void Known_colours_have_their_known_values(byte r, byte g, byte b, float l, float a, float bStar)
    {
        float[] lab = LabColour.Of(new RgbImage(1, 1, [r, g, b]));
        Assert.Equal(l, lab[0], 0.02f);
        Assert.Equal(a, lab[1], 0.02f);
        Assert.Equal(bStar, lab[2], 0.02f);
    }
}
