using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class VocPaletteTests
{
    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1, 128, 0, 0)]
    [InlineData(2, 0, 128, 0)]
    [InlineData(4, 0, 0, 128)]
    [InlineData(8, 64, 0, 0)]
    [InlineData(15, 192, 128, 128)]
    [InlineData(20, 0, 64, 128)]
    [InlineData(255, 224, 224, 192)]
    public void Colours_are_the_official_ones(byte index, byte red, byte green, byte blue) =>
        Assert.Equal((red, green, blue), VocPalette.Color(index));

    [Fact]
    public void Each_colour_leads_back_to_its_index()
    {
        for (int index = 0; index < 256; index++)
        {
            (byte red, byte green, byte blue) = VocPalette.Color((byte)index);
            Assert.True(VocPalette.TryIndex(red, green, blue, out byte found));
            Assert.Equal(index, found);
        }
    }

    [Theory]
    [InlineData(255, 255, 255)]
    [InlineData(128, 1, 0)]
    [InlineData(0, 0, 32)]
    public void Other_colours_have_no_index(byte red, byte green, byte blue) =>
        Assert.False(VocPalette.TryIndex(red, green, blue, out _));
}
