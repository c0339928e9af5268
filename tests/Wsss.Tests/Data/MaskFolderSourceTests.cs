using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class MaskFolderSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly HandMadeSource _source = HandMadeSource.OfHalves(12, width: 4, height: 2);

    public MaskFolderSourceTests()
    {
        for (int i = 0; i < _source.Count; i++) Write(i, 1);
    }

    public void Dispose() => _folder.Dispose();

    private void Write(int index, byte label, int width = 4) =>
        ImageFile.WriteMask(
            MaskFolderSource.PathOf(_folder.Path, _source.Id(index)),
            new LabelMap(width, 2, [.. Enumerable.Repeat(label, 2 * width)])
        );

    [Fact]
    public void Masks_are_replaced_and_all_else_stays()
    {
        var masked = MaskFolderSource.Open(_source, _folder.Path);
        Assert.Equal(_source.Load(5), masked.Load(5));
        Assert.All(masked.Mask(5).Values, value => Assert.Equal(1, value));
    }

    [Fact]
    public void The_fingerprint_follows_the_masks_content()
    {
        string before = MaskFolderSource.Open(_source, _folder.Path).Fingerprint;
        Assert.Equal(before, MaskFolderSource.Open(_source, _folder.Path).Fingerprint);
        Write(3, 2);
        Assert.NotEqual(before, MaskFolderSource.Open(_source, _folder.Path).Fingerprint);
    }

    [Fact]
    public void Missing_masks_are_named_and_counted()
    {
        File.Delete(MaskFolderSource.PathOf(_folder.Path, "sample_004"));
        var error = Assert.Throws<DataSetException>(() => MaskFolderSource.Open(_source, _folder.Path));
        Assert.Contains("none for 1: sample_004.png", error.Message);
        for (int i = 0; i < _source.Count; i++) File.Delete(MaskFolderSource.PathOf(_folder.Path, _source.Id(i)));
        error = Assert.Throws<DataSetException>(() => MaskFolderSource.Open(_source, _folder.Path));
        Assert.Contains("and 2 more", error.Message);
        Assert.Throws<DataSetException>(() => MaskFolderSource.Open(_source, _folder.File("none")));
    }

    [Fact]
    public void Masks_of_another_size_or_with_other_classes_are_errors()
    {
        Write(1, 1, width: 5);
        Write(2, 4);
        Write(3, LabelMap.Ignore);
        var masked = MaskFolderSource.Open(_source, _folder.Path);
        Assert.Contains("5×2", Assert.Throws<ImageFileException>(() => masked.Load(1)).Message);
        Assert.Contains("found 4", Assert.Throws<ImageFileException>(() => masked.Mask(2)).Message);
        Assert.Equal(LabelMap.Ignore, masked.Mask(3).Values[0]);
    }
}
