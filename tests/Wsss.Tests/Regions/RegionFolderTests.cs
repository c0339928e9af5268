using Wsss.Data;
using Wsss.Regions;

namespace Wsss.Tests.Regions;

public sealed class RegionFolderTests : IDisposable
{
    private static readonly RgbImage Image = Toys.Noise(3, 2);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    // Column by column: run lengths 1, 2, 3 are the second pixel of the first column and the first of the second.
    [InlineData("""[{"segmentation":{"size":[2,3],"counts":[1,2,3]},"area":2,"predicted_iou":0.98}]""", new[] { 1, 3 })]
    // '1', '2', '3' are the same runs in COCO's compressed form.
    [InlineData("""{"image":{"image_id":5},"annotations":[{"segmentation":{"size":[2,3],"counts":"123"}}]}""", new[] { 1, 3 })]
    [InlineData("""[{"segmentation":[[0,0,2,0,2,1,0,1]]}]""", new[] { 0, 1 })]
    [InlineData("""[{"segmentation":{"size":[2,3],"counts":[6]}}]""", null)]
    [InlineData("[]", null)]
    public void Masks_of_SAM_are_read(string json, int[]? expected)
    {
        File.WriteAllText(_folder.File("a.json"), json);
        IReadOnlyList<Region> regions = Read();
        if (expected is null)
            Assert.Empty(regions);
        else
            Assert.Equal(expected, Assert.Single(regions).Pixels.Order());
    }

    [Fact]
    public void Masks_may_overlap_and_have_the_level_of_their_source()
    {
        File.WriteAllText(
            _folder.File("a.json"),
            """[{"segmentation":{"size":[2,3],"counts":[0,6]}},{"segmentation":{"size":[2,3],"counts":[4,2]}}]"""
        );
        IReadOnlyList<Region> regions = new RegionFolder { Path = _folder.Path, Level = 7 }.Of("a", Image);
        Assert.Equal([6, 2], regions.Select(region => region.Pixels.Count));
        Assert.Equal([2, 5], regions[1].Pixels);
        Assert.All(regions, region => Assert.Equal(7, region.Level));
    }

    [Fact]
    public void Numbers_of_NumPy_are_regions_and_negative_ones_are_none()
    {
        NpyFile.Write(_folder.File("b/a.npy"), new NpyArray([2, 3], [0, 0, -1, 7, 7, 0]));
        IReadOnlyList<Region> regions = Read("b/a");
        Assert.Equal([[0, 1, 5], [3, 4]], regions.Select(region => region.Pixels));
    }

    [Fact]
    public void Numbers_that_float32_does_not_tell_apart_are_refused()
    {
        NpyFile.Write(_folder.File("a.npy"), new NpyArray([2, 3], [0, 0, 0, 16_777_215, 1, 1]));
        Assert.Equal(3, Read().Count);
        NpyFile.Write(_folder.File("a.npy"), new NpyArray([2, 3], [0, 0, 0, 16_777_216, 1, 1]));
        Assert.Contains("found 16777216", Assert.Throws<DataSetException>(() => Read()).Message.Replace("1.6777216E+07", "16777216"));
    }

    [Fact]
    public void Numbers_of_a_PNG_are_regions_and_255_is_none()
    {
        ImageFile.WriteGray(_folder.File("a.png"), new LabelMap(3, 2, [4, 4, 255, 0, 4, 0]));
        Assert.Equal([[0, 1, 4], [3, 5]], Read().Select(region => region.Pixels));
        ImageFile.WriteMask(_folder.File("indexed.png"), new LabelMap(3, 2, [4, 4, 255, 0, 4, 0]));
        Assert.Equal([[0, 1, 4], [3, 5]], Read("indexed").Select(region => region.Pixels));
    }

    [Theory]
    [InlineData("a.json", "[{", "JSON")]
    [InlineData("a.json", "{\"size\":[2,3]}", "'segmentation', found Object")]
    [InlineData("a.json", "[{\"area\":4}]", "mask 0")]
    [InlineData("a.json", "[{\"segmentation\":{\"size\":[9,9],\"counts\":[81]}}]", "[9, 9]")]
    [InlineData("a.json", "[{\"segmentation\":{\"size\":[2,3],\"counts\":\"1\"}}]", "found 1")]
    [InlineData("a.json", "[{\"segmentation\":{\"size\":[2,3],\"counts\":\"\\ud800\"}}]", "run lengths as text")]
    [InlineData("a.npy", "no array", "a.npy")]
    [InlineData("a.png", "no picture", "a.png")]
    public void Broken_files_are_named_with_what_was_found(string file, string content, string part)
    {
        File.WriteAllText(_folder.File(file), content);
        string message = Assert.ThrowsAny<WsssException>(() => Read()).Message;
        Assert.Contains(file, message);
        Assert.Contains(part, message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Regions_of_another_size_and_colours_are_refused()
    {
        NpyFile.Write(_folder.File("a.npy"), new NpyArray([3, 2], new float[6]));
        Assert.Contains("found [3, 2]", Assert.Throws<DataSetException>(() => Read()).Message);
        ImageFile.WriteGray(_folder.File("b.png"), new LabelMap(2, 2, new byte[4]));
        Assert.Contains("found [2, 2]", Assert.Throws<DataSetException>(() => Read("b")).Message);
        ImageFile.WritePng(_folder.File("c.png"), Image);
        Assert.Contains("colours", Assert.Throws<ImageFileException>(() => Read("c")).Message);
    }

    [Fact]
    public void One_file_for_each_image_is_needed()
    {
        Assert.Contains("found none", Assert.Throws<DataSetException>(() => Read()).Message);
        File.WriteAllText(_folder.File("a.json"), "[]");
        NpyFile.Write(_folder.File("a.npy"), new NpyArray([2, 3], new float[6]));
        Assert.Contains("a.json and a.npy", Assert.Throws<DataSetException>(() => Read()).Message);
        Assert.Contains("..", Assert.Throws<DataSetException>(() => Read("../a")).Message);
        var missing = new RegionFolder { Path = "no" };
        Assert.Contains("'no'", Assert.Throws<DataSetException>(() => missing.Key()).Message);
        Assert.Contains("'no'", Assert.Throws<DataSetException>(() => missing.Of("a", Image)).Message);
        missing.Validate();
    }

    [Fact]
    public void Its_key_follows_the_content_and_the_level()
    {
        File.WriteAllText(_folder.File("a.json"), "[]");
        var source = new RegionFolder { Path = _folder.Path };
        string key = source.Key();
        Assert.Equal(key, source.Key());
        Assert.NotEqual(key, (source with { Level = 1 }).Key());
        File.WriteAllText(_folder.File("a.json"), "[ ]");
        Assert.NotEqual(key, source.Key());
    }

    private IReadOnlyList<Region> Read(string id = "a") => new RegionFolder { Path = _folder.Path }.Of(id, Image);
}
