using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class PhotographMasksTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private PhotographFolder With(params string[] labels)
    {
        for (int i = 0; i < labels.Length; i++) ImageFile.WriteJpeg(_folder.File($"images/{i}.jpg"), new RgbImage(8, 4, new byte[96]));
        File.WriteAllText(
            _folder.File("labels.csv"),
            "image,label,split\n" + string.Concat(labels.Select((label, i) => $"{i}.jpg,{label},{(i == 0 ? "train" : "test")}\n"))
        );
        return new PhotographFolder
        {
            Root = _folder.File("images"),
            Labels = _folder.File("labels.csv"),
            Masks = _folder.File("masks"),
            ValidationShare = 0,
        };
    }

    private void Mask(string name, params byte[] halves) =>
        ImageFile.WriteMask(
            _folder.File($"masks/{name}.png"),
            new LabelMap(8, 4, [.. Enumerable.Range(0, 32).Select(i => halves[i / 16])])
        );

    private static IReadOnlyList<DataFinding> Findings(DataSplits data) => ((IFindingSource)data.Train).Findings;

    [Fact]
    public void Masks_of_255_alone_are_the_object_of_the_one_class_and_are_told()
    {
        var data = With("cat", "cat", "");
        Mask("0", 0, 255);
        Mask("1", 255, 255);
        Mask("2", 0, 0);
        var splits = data.Open();
        Assert.Equal([0, 1], splits.Train.Mask(0).Values.Distinct());
        Assert.Equal([1, 0], Enumerable.Range(0, 2).Select(i => Assert.Single(splits.Test.Mask(i).Values.Distinct())));
        var note = Assert.Single(Findings(splits));
        Assert.Equal((FindingSeverity.Note, _folder.File("masks/0.png")), (note.Severity, note.File));
        Assert.Contains("255 is read as the object. (3 masks)", note.What);

        // The same bytes of a training image mean something else where a mask of a test image has a 1.
        string before = splits.Train.Fingerprint;
        Mask("1", 1, 255);
        splits = data.Open();
        Assert.Equal([0, 255], splits.Train.Mask(0).Values.Distinct());
        Assert.NotEqual(before, splits.Train.Fingerprint);
        Assert.Empty(Findings(splits));
    }

    [Fact]
    public void Masks_of_255_alone_are_refused_where_there_are_several_classes()
    {
        var data = With("cat", "dog");
        Mask("0", 0, 255);
        Mask("1", 0, 255);
        string message = Assert.Throws<DataSetException>(() => data.Open()).Message;
        Assert.Contains("class indices 1 to 2, found only 0 and 255 (not counted) in all 2 masks", message);
        Assert.Contains("Write 1 for cat, 2 for dog and so on, or name one class for all.", message);
        Mask("1", 2, 255);
        Assert.Equal([2, 255], data.Open().Test.Mask(0).Values.Distinct());
    }

    [Fact]
    public void A_mask_that_cannot_be_read_says_so_where_it_is_read()
    {
        var data = With("cat", "cat");
        Mask("1", 0, 255);
        File.WriteAllText(_folder.File("masks/0.png"), "no mask");
        var splits = data.Open();
        Assert.Equal([0, 1], splits.Test.Mask(0).Values.Distinct());
        Assert.Throws<ImageFileException>(() => splits.Train.Mask(0));
    }

    [Fact]
    public void A_folder_of_masks_that_is_not_there_is_refused_and_one_of_other_photographs_is_told()
    {
        var data = With("cat", "dog");
        Assert.Contains(
            $"Expected a folder of class masks at '{data.Masks}', found none.",
            Assert.Throws<DataSetException>(() => data.Open()).Message
        );
        Mask("0_mask", 1, 1);
        var warning = Assert.Single(Findings(data.Open()));
        Assert.Equal((FindingSeverity.Warning, data.Masks), (warning.Severity, warning.File));
        Assert.Contains("a mask of none of the 2 photographs, such as '0.png'", warning.What);
    }
}
