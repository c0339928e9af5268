using Wsss.Data;

namespace Wsss.Tests.Data;

/// <summary>Photographs whose EXIF data say how they are to be turned.</summary>
public sealed class ImageOrientationTests : IDisposable
{
    private const int Width = 48, Height = 32;

    // A left above, B right above, C left below, D right below.
    private static readonly Dictionary<char, (byte R, byte G, byte B)> Corners = new()
    {
        ['A'] = (250, 10, 10),
        ['B'] = (10, 250, 10),
        ['C'] = (10, 10, 250),
        ['D'] = (240, 240, 240),
    };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<int, string> Shown => new()
    {
        { 1, "ABCD" }, { 2, "BADC" }, { 3, "DCBA" }, { 4, "CDAB" }, { 5, "ACBD" }, { 6, "CADB" }, { 7, "DBCA" }, { 8, "BDAC" },
    };

    [Theory]
    [MemberData(nameof(Shown))]
    public void A_photograph_is_read_as_it_is_shown(int orientation, string corners)
    {
        ImageFile.WriteJpeg(_folder.File("a.jpg"), Quarters());
        RawPng.Orient(_folder.File("a.jpg"), orientation);
        ImageFile.WritePng(_folder.File("a.png"), Quarters());
        RawPng.OrientPng(_folder.File("a.png"), orientation);
        foreach (string path in new[] { _folder.File("a.jpg"), _folder.File("a.png") })
        {
            RgbImage found = ImageFile.ReadRgb(path);
            Assert.Equal(orientation >= 5 ? (Height, Width) : (Width, Height), (found.Width, found.Height));
            Assert.Equal((found.Width, found.Height), ImageFile.ReadSize(path));
            Assert.Equal(corners, CornersOf(found));
        }
    }

    [Fact]
    public void Turning_moves_each_pixel_to_its_place()
    {
        // 1 2 3
        // 4 5 6
        byte[] Turn(int orientation) => new ImageHeader((3, 2), orientation).Turn([1, 2, 3, 4, 5, 6], 1);
        Assert.Equal([3, 2, 1, 6, 5, 4], Turn(2));
        Assert.Equal([6, 5, 4, 3, 2, 1], Turn(3));
        Assert.Equal([4, 5, 6, 1, 2, 3], Turn(4));
        Assert.Equal([1, 4, 2, 5, 3, 6], Turn(5));
        Assert.Equal([4, 1, 5, 2, 6, 3], Turn(6));
        Assert.Equal([6, 3, 5, 2, 4, 1], Turn(7));
        Assert.Equal([3, 6, 2, 5, 1, 4], Turn(8));
    }

    private static RgbImage Quarters()
    {
        byte[] pixels = new byte[3 * Width * Height];
        for (int i = 0; i < Width * Height; i++)
        {
            char corner = "ABCD"[(i % Width < Width / 2 ? 0 : 1) + (i / Width < Height / 2 ? 0 : 2)];
            (pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]) = Corners[corner];
        }
        return new RgbImage(Width, Height, pixels);
    }

    private static string CornersOf(RgbImage image)
    {
        char At(int x, int y)
        {
            int i = 3 * (y * image.Width + x);
            return Corners
                .MinBy(c =>
                    Math.Abs(c.Value.R - image.Pixels[i])
                    + Math.Abs(c.Value.G - image.Pixels[i + 1])
                    + Math.Abs(c.Value.B - image.Pixels[i + 2])
                )
                .Key;
        }
        return new([At(2, 2), At(image.Width - 3, 2), At(2, image.Height - 3), At(image.Width - 3, image.Height - 3)]);
    }
}
