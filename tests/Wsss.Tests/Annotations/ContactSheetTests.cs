using Wsss.Annotations;
using Wsss.Data;

namespace Wsss.Tests.Annotations;

public sealed class ContactSheetTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fifty_pictures_are_two_pages()
    {
        var picture = ContactSheet.Picture(new AnnotatedImage("a.jpg", new LabelMap(400, 200, new byte[80_000])), Toys.Noise(400, 200));
        Assert.Equal((192, 96), (picture.Picture.Width, picture.Picture.Height));
        var files = ContactSheet.Write(_folder.Path, ["cat"], Enumerable.Repeat(picture with { Labels = [1] }, 50));
        Assert.Equal(["sheet-001.png", "sheet-002.png"], files.Select(Path.GetFileName));
        Assert.True(ImageFile.ReadSize(files[0]).Width > 6 * 192);
        Assert.True(ImageFile.ReadSize(files[1]).Height < ImageFile.ReadSize(files[0]).Height);
    }
}
