using Wsss.Data.Labels;

namespace Wsss.Tests.Data.Labels;

public sealed class PhotographFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private void Touch(params string[] names)
    {
        foreach (string name in names) AtomicFile.WriteText(_folder.File(name), "");
    }

    [Fact]
    public void What_macOS_puts_beside_photographs_is_none()
    {
        Touch("cat/1.jpg", "cat/._1.jpg", "dog/2.jpg", "__MACOSX/cat/._1.jpg", "__MACOSX/._dog", ".hidden.jpg", ".cache/3.jpg");
        Assert.Equal([_folder.File("cat/1.jpg"), _folder.File("dog/2.jpg")], PhotographFiles.Of(_folder.Path).All);
        Assert.Equal(["cat", "dog"], LabelFormat.ReadAny(_folder.Path).ClassNames);
    }

    [Theory]
    [InlineData("https://example.org/img/x%20%231.jpg?v=2", "x #1.jpg")]
    [InlineData("s3://bucket/img/X%20%231.JPG", "x #1.jpg")]
    [InlineData("http://host/data/local-files/?d=img/2%25.jpg", "2%25.jpg")]
    [InlineData("https://example.org/2%25.jpg", "2%25.jpg")]
    [InlineData("x%20%231.jpg", null)]
    public void An_address_is_read_as_it_stands_or_as_browsers_read_it(string name, string? file)
    {
        Touch("x #1.jpg", "2%.jpg", "2%25.jpg");
        Assert.Equal(file is null ? null : _folder.File(file), PhotographFiles.Of(_folder.Path).One(name));
    }

    [Theory]
    [InlineData("a/1.jpg", "1", true)]
    [InlineData("1.jpg", "A/1.JPG", true)]
    [InlineData("./a/1.jpg", "/home/b/a/1.png", true)]
    [InlineData("a/1.jpg", "b/1.jpg", false)]
    [InlineData("a/11.jpg", "1.jpg", false)]
    [InlineData("https://example.org/img/x%20%231.jpg?v=2", "x #1.jpg", true)]
    [InlineData("https://example.org/img/x%20%231.jpg?v=2", "y #1.jpg", false)]
    public void Names_may_be_of_one_photograph_where_one_is_the_end_of_the_other(string one, string two, bool expected)
    {
        Assert.Equal(expected, PhotographFiles.MayBeOne(one, two));
        Assert.Equal(expected, PhotographFiles.MayBeOne(two, one));
    }
}
