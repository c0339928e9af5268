using Wsss.Data;
using Wsss.Data.Labels;

namespace Wsss.Tests.Data.Labels;

public sealed class YoloLabelsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private void Photographs(params string[] names)
    {
        foreach (string name in names) ImageFile.WriteJpeg(_folder.File(name), new RgbImage(4, 4, new byte[48]));
    }

    private void Labels(string name, params int[] classes) =>
        AtomicFile.WriteText(_folder.File(name), string.Concat(classes.Select(c => $"{c} 0.5 0.5 0.1 0.1\n")));

    private string Read(params string[] classNames)
    {
        var table = LabelFormat.ReadAny(_folder.Path, classNames.Length > 0 ? classNames : null);
        return string.Join(
            " | ",
            table.Rows.Select(row => $"{row.Image}: {string.Join("+", row.Labels.Select(c => table.ClassNames[c]))} ({row.Split})")
        );
    }

    [Fact]
    public void Images_and_labels_may_lie_in_a_folder_of_each_split()
    {
        File.WriteAllText(_folder.File("data.yaml"), "train: ../train/images\nnames: [cat, dog]\n");
        Photographs("train/images/1.jpg", "valid/images/1.jpg", "test/images/2.jpg");
        Labels("train/labels/1.txt", 1, 0);
        Labels("valid/labels/1.txt", 0);
        Labels("test/labels/2.txt", 1);
        Assert.Equal("test/images/2.jpg: dog (Test) | train/images/1.jpg: cat+dog (Train) | valid/images/1.jpg: cat (Validation)", Read());
    }

    [Fact]
    public void Images_of_splits_without_names_of_classes_are_no_class()
    {
        Photographs("train/images/1.jpg", "valid/images/1.jpg");
        Labels("train/labels/1.txt", 1, 0);
        Assert.Contains("found none of them", Assert.Throws<DataSetException>(() => LabelFormat.ReadAny(_folder.Path)).Message);
    }

    [Theory]
    [InlineData("{1: cat, 2: dog}", "index 1 where 0 should be")]
    [InlineData("{0: cat, 2: dog}", "index 2 where 1 should be")]
    [InlineData("{a: cat, b: dog}", "the keys a, b")]
    [InlineData("[cat, [], dog]", "[] for a name")]
    public void Names_that_do_not_count_from_0_are_refused(string names, string found)
    {
        File.WriteAllText(_folder.File("data.yaml"), $"names: {names}\n");
        Photographs("images/1.jpg");
        Labels("labels/1.txt", 1);
        string message = Assert.Throws<DataSetException>(() => LabelFormat.ReadAny(_folder.Path)).Message;
        Assert.Contains(found, message);
        Assert.Contains("data.yaml", message);
    }

    [Theory]
    [InlineData("['1', '3', '2']", null, "1+2")]
    [InlineData("['1', '3', '2']", new[] { "1", "2", "3" }, "1+2")]
    [InlineData("[cat, dog, cow]", new[] { "cow", "dog", "cat" }, "cow+cat")]
    [InlineData("[cat, dog, cow]", new[] { "Cat", "Cow" }, "Cat+Cow")]
    [InlineData("[cat, dog, cow]", new[] { "Katze", "Hund", "Kuh" }, "Katze+Kuh")]
    [InlineData("[cat, dog, cow]", null, "cat+cow")]
    public void Indices_count_in_the_names_of_the_folder_unless_all_of_them_are_renamed(string names, string[]? given, string expected)
    {
        File.WriteAllText(_folder.File("data.yaml"), $"names: {names}\n");
        Photographs("images/1.jpg");
        Labels("labels/1.txt", 0, 2);
        Assert.Equal($"images/1.jpg: {expected} ()", Read(given ?? []));
    }

    [Fact]
    public void A_background_among_the_names_is_no_class()
    {
        File.WriteAllText(_folder.File("data.yaml"), "names: [background, cat, dog]\n");
        Photographs("images/1.jpg", "images/2.jpg");
        Labels("labels/1.txt", 0, 2);
        Labels("labels/2.txt", 1);
        Assert.Equal("images/1.jpg: dog () | images/2.jpg: cat ()", Read());
        Assert.Equal(["cat", "dog"], LabelFormat.ReadAny(_folder.Path).ClassNames);
        Assert.Equal("images/1.jpg: dog () | images/2.jpg: cat ()", Read("cat", "dog"));
    }

    [Fact]
    public void Two_files_of_labels_for_one_photograph_are_refused_with_both_names()
    {
        File.WriteAllText(_folder.File("data.yaml"), "names: [cat, dog]\n");
        Photographs("images/a.jpg");
        Labels("labels/a.txt", 0);
        Labels("labels/a.TXT", 1);
        Assert.SkipUnless(Directory.GetFiles(_folder.File("labels")).Length == 2, "This file system does not tell cases apart.");
        string message = Assert.Throws<DataSetException>(() => LabelFormat.ReadAny(_folder.Path)).Message;
        Assert.Contains("a.txt'", message);
        Assert.Contains("a.TXT'", message);
    }
}
