using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class LeafMaskTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private LabelMap Read(params (int Red, int Green, int Blue)[] columns)
    {
        byte[] row = [.. columns.SelectMany(column => new[] { (byte)column.Red, (byte)column.Green, (byte)column.Blue })];
        ImageFile.WritePng(_folder.File("mask.png"), new RgbImage(columns.Length, 4, [.. row, .. row, .. row, .. row]));
        return LeafMask.Read(_folder.File("mask.png"), [1]);
    }

    [Fact]
    public void Symptoms_are_red_and_edges_may_be_soft() =>
        Assert.Equal(
            [0, 0, 0, 0, 2, 2, 2, 0],
            Read((0, 0, 0), (0, 90, 0), (0, 176, 0), (100, 110, 0), (150, 70, 0), (255, 0, 0), (130, 0, 0), (120, 0, 0)).Values[..8]
        );

    [Theory]
    [InlineData(128, 0, 0)]
    [InlineData(0, 128, 0)]
    [InlineData(128, 128, 0)]
    [InlineData(192, 0, 0)]
    [InlineData(0, 0, 128)]
    [InlineData(255, 255, 255)]
    public void Areas_of_another_colour_are_refused(int red, int green, int blue)
    {
        string message = Assert
            .Throws<ImageFileException>(() => Read((0, 0, 0), (red, green, blue), (red, green, blue), (red, green, blue)))
            .Message;
        Assert.Contains($"found ({red}, {green}, {blue}) at x = ", message);
        Assert.Contains("photographs of your own", message);
        Assert.Contains("mask.png", message);
    }

    [Fact]
    public void Masks_of_numbers_are_refused()
    {
        ImageFile.WriteMask(_folder.File("indexed.png"), new LabelMap(4, 4, new byte[16]));
        ImageFile.WriteGray(_folder.File("grey.png"), new LabelMap(4, 4, new byte[16]));
        foreach (string name in new[] { "indexed.png", "grey.png" })
            Assert.Contains(
                "found a PNG of numbers",
                Assert.Throws<ImageFileException>(() => LeafMask.Read(_folder.File(name), [0])).Message
            );
    }
}
