using Wsss.Data;

namespace Wsss.Tests.Data;

/// <summary>Files and lists of a folder in VOC layout, named as people name them.</summary>
public sealed class VocNamesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private VocDataset Open() => VocDataset.Open(_folder.Path, "train", null, Cancellation);

    private void List(string text) => AtomicFile.WriteText(_folder.File("ImageSets", "Segmentation", "train.txt"), text);

    /// <summary>An image with its mask; class 0 of one, on the right half.</summary>
    private void Add(string name, string extension = ".jpg", string images = "JPEGImages")
    {
        MaskedSample sample = HandMadeSource.Halves("x", 8, 6, 0);
        string path = _folder.File(images, name + extension);
        if (extension.EndsWith("g", StringComparison.OrdinalIgnoreCase) && extension[1] is 'p' or 'P')
            ImageFile.WritePng(path, sample.Image);
        else
            ImageFile.WriteJpeg(path, sample.Image);
        ImageFile.WriteMask(_folder.File("SegmentationClass", name + ".png"), sample.Mask!);
        AtomicFile.WriteText(_folder.File("classes.txt"), "disc\n");
    }

    private void IsRead(string id)
    {
        VocDataset found = Open();
        Assert.Equal(1, found.Count);
        Assert.Equal(id, found.Id(0));
        Assert.Equal([0], found.Labels(0));
        Assert.Equal((8, 6), (found.Load(0).Image.Width, found.Load(0).Image.Height));
        Assert.Equal(8 * 6 / 2, found.Mask(0).Values.Count(value => value == 1));
    }

    [Theory]
    [InlineData(".jpg")]
    [InlineData(".jpeg")]
    [InlineData(".JPG")]
    [InlineData(".JPEG")]
    [InlineData(".png")]
    [InlineData(".PNG")]
    public void Images_are_found_whatever_their_extension(string extension)
    {
        Add("tr00", extension);
        List("tr00\n");
        IsRead("tr00");
        List($"tr00{extension}\n");
        IsRead("tr00");
    }

    [Theory]
    [InlineData("images")]
    [InlineData("Images")]
    [InlineData("jpegimages")]
    public void Images_are_found_in_a_folder_of_another_name(string images)
    {
        Add("tr00", images: images);
        List($"{images}/tr00.jpg\n");
        IsRead("tr00");
    }

    [Theory]
    [InlineData("tr00", "tr00  \r\n\r\n")]
    [InlineData("tr00", "\uFEFFtr00\n")]
    [InlineData("tr00", "# the training images\ntr00\n")]
    [InlineData("tr00", "tr00.jpg\n")]
    [InlineData("tr00", "./JPEGImages/tr00.jpg\n")]
    [InlineData("tr00", "/home/me/VOC2012/JPEGImages/tr00.jpg\n")]
    [InlineData("tr00", "JPEGImages\\tr00.jpg\r\n")]
    [InlineData("tr00", "/JPEGImages/tr00.jpg /SegmentationClass/tr00.png\n")]
    [InlineData("tr00", "tr00.jpg\ttr00.png\n")]
    [InlineData("tr00", "tr00 1\n")]
    [InlineData("tr00", "tr00  -1\n")]
    [InlineData("tr00", "tr00,tr00.png\n")]
    [InlineData("my scene 0", "my scene 0\n")]
    [InlineData("my scene 0", "my scene 0.jpg\n")]
    [InlineData("my scene 0", "/JPEGImages/my scene 0.jpg /SegmentationClass/my scene 0.png\n")]
    [InlineData("siteA/tr00", "siteA/tr00\n")]
    [InlineData("siteA/tr00", "siteA/tr00.jpg\n")]
    [InlineData("siteA/tr00", "/JPEGImages/siteA/tr00.jpg /SegmentationClass/siteA/tr00.png\n")]
    [InlineData("img.v2", "img.v2\n")]
    [InlineData("img.png", "img.png\n")]
    [InlineData("#7", "#7\n")]
    [InlineData("Käfer 猫", "Käfer 猫\n")]
    public void Lists_are_read_in_every_form_that_the_field_has(string id, string list)
    {
        Add(id);
        List(list);
        IsRead(id);
    }

    [Fact]
    public void Composed_and_decomposed_letters_are_the_same_name()
    {
        const string Composed = "K\u00E4fer Vi\u1EC7t \uD55C", Decomposed = "Ka\u0308fer Vie\u0323\u0302t \u1112\u1161\u11AB";
        Add(Decomposed);
        List(Composed + "\n");
        IsRead(Composed);
        List(Decomposed + "\n");
        IsRead(Composed);
    }

    [Fact]
    public void Two_files_of_one_id_are_an_error_that_names_both()
    {
        Add("tr00");
        Add("tr00", ".png");
        List("tr00\n");
        string message = Assert.Throws<DataSetException>(Open).Message;
        Assert.Contains(_folder.File("JPEGImages", "tr00.jpg"), message);
        Assert.Contains(_folder.File("JPEGImages", "tr00.png"), message);
    }

    [Theory]
    [InlineData("tr0", "There: 'TR00'")]
    [InlineData("siteA/TR00", "There: 'TR00'")]
    [InlineData("tr00", "There: 'TR00'")]
    [InlineData("../JPEGImages2/secret", "id '../JPEGImages2/secret'")]
    [InlineData("/etc/passwd", "id 'etc/passwd'")]
    public void What_is_not_there_is_said_with_what_is(string listed, string expected)
    {
        Add("TR00");
        Add("secret", images: "JPEGImages2");
        List(listed + "\n");
        Assert.Contains(expected, Assert.Throws<DataSetException>(Open).Message);
    }

    [Fact]
    public void An_id_in_a_subfolder_is_written_to_a_subfolder()
    {
        var source = new HandMadeSource(["a"], HandMadeSource.Halves("siteA/tr 00", 8, 6, 0));
        VocWriter.Write(_folder.Path, "train", source, cancellation: Cancellation);
        Assert.True(File.Exists(_folder.File("SegmentationClass", "siteA", "tr 00.png")));
        IsRead("siteA/tr 00");
        Assert.Equal(
            [1],
            MaskFolderSource.Open(Open(), _folder.File("SegmentationClass")).Mask(0).Values.Distinct().Where(value => value > 0)
        );
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../x")]
    [InlineData("/x")]
    [InlineData("")]
    [InlineData("a//b")]
    [InlineData("c:x")]
    public void An_id_that_leads_out_of_a_folder_is_no_file(string id) =>
        Assert.Contains($"'{id}'", Assert.Throws<DataSetException>(() => SampleFiles.PathOf("folder", id)).Message);
}
