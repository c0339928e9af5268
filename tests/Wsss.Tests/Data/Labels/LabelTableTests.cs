using Wsss.Data;
using Wsss.Data.Labels;

namespace Wsss.Tests.Data.Labels;

public sealed class LabelTableTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private LabelTable Read(string name, string text, params string[] classNames)
    {
        File.WriteAllText(_folder.File(name), text);
        return LabelFormat.ReadAny(_folder.File(name), classNames.Length > 0 ? classNames : null);
    }

    private static string Shown(LabelTable table) =>
        string.Join(" | ", table.Rows.Select(row => string.Join("+", row.Labels.Select(label => table.ClassNames[label]))));

    [Theory]
    [InlineData("a.csv", "image,1,2,3\n1.jpg,1,0,0\n2.jpg,0,1,0\n")]
    [InlineData("a.csv", "image,label\n1.jpg,1\n2.jpg,2\n")]
    [InlineData("a.csv", "1.jpg,1\n2.jpg,2\n")]
    [InlineData("a.json", """{"1.jpg": 1, "2.jpg": ["2"]}""")]
    [InlineData("a.json", """{"1.jpg": {"1": 1}, "2.jpg": {"2": 1}}""")]
    public void A_label_that_is_the_name_of_a_class_means_that_class(string name, string text)
    {
        Assert.Equal("1 | 2", Shown(Read(name, text)));
        Assert.Equal("1 | 2", Shown(Read(name, text, "1", "2", "3")));
    }

    [Fact]
    public void Names_and_indices_are_not_mixed()
    {
        string message = Assert.Throws<DataSetException>(() => Read("a.csv", "image,label\n1.jpg,0\n2.jpg,1\n", "1", "2", "3")).Message;
        Assert.Contains("line 2: expected one of the classes 1, 2, 3, found '0'", message);
    }

    [Fact]
    public void Columns_that_are_called_by_numbers_are_no_indices() =>
        Assert.Contains(
            "expected one of the classes cat, dog, found '1'",
            Assert.Throws<DataSetException>(() => Read("a.csv", "image,0,1\n1.jpg,0,1\n2.jpg,1,0\n", "cat", "dog")).Message
        );

    [Fact]
    public void Indices_may_begin_with_zeros() =>
        Assert.Equal("dog | cat+cow", Shown(Read("a.csv", "image,label\n1.jpg,01\n2.jpg,00;02\n", "cat", "dog", "cow")));

    [Fact]
    public void A_background_in_front_of_the_classes_is_left_out_with_a_note_and_counts_in_indices()
    {
        foreach (string text in new[] { "image,label\n1.jpg,cat\n2.jpg,dog\n3.jpg,\n", "image,label\n1.jpg,1\n2.jpg,2\n3.jpg,0\n" })
        {
            var table = Read("a.csv", text, "background", "cat", "dog");
            Assert.Equal(["cat", "dog"], table.ClassNames);
            Assert.Equal("cat | dog | ", Shown(table));
            Assert.Contains("'background' left out", Assert.Single(table.Notes));
        }
    }

    [Theory]
    [InlineData("cat", "background", "dog")]
    [InlineData("cat", "void", "dog")]
    public void A_background_behind_a_class_is_refused(params string[] classNames)
    {
        string message = Assert.Throws<DataSetException>(() => Read("a.csv", "image,label\n1.jpg,cat\n", classNames)).Message;
        Assert.Contains($"found '{classNames[1]}' behind other classes", message);
        Assert.Contains("a.csv", message);
    }

    [Fact]
    public void Columns_that_are_no_class_are_no_class_and_told()
    {
        var table = Read("a.csv", "image,background,cat,void,dog\n1.jpg,1,1,1,0\n2.jpg,0,0,1,1\n");
        Assert.Equal(["cat", "dog"], table.ClassNames);
        Assert.Equal("cat | dog", Shown(table));
        Assert.StartsWith("a column is called 'background', 'void', which is no class of its own", Assert.Single(table.Notes));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NULL")]
    [InlineData("nan")]
    [InlineData("NaN")]
    [InlineData("N/A")]
    [InlineData("Background")]
    [InlineData("__ignore__")]
    public void Words_for_no_class_are_no_class_in_every_form_and_told(string word)
    {
        foreach (var (name, text) in new[]
        {
            ("a.csv", $"image,label\n1.jpg,cat\n2.jpg,dog;{word}\n3.jpg,{word}\n"),
            ("a.csv", $"1.jpg,cat\n2.jpg,dog;{word}\n3.jpg,{word}\n"),
            ("a.json", $$$"""{"1.jpg": "cat", "2.jpg": ["dog", "{{{word}}}"], "3.jpg": {"cat": 0, "{{{word}}}": 1}}"""),
            ("a.jsonl", string.Concat(new[] { "cat", $"dog;{word}", word }.Select(
                (label, i) => $$"""{"image": "{{i + 1}}.jpg", "label": "{{label}}"}""" + "\n"))),
        })
        {
            var table = Read(name, text);
            Assert.Equal("cat | dog | ", Shown(table));
            Assert.Equal($"2 rows are labelled '{word}', which is no class of its own: background alone", Assert.Single(table.Notes));
        }
        if (word.Contains('/')) return;
        foreach (string folder in new[] { "cat", "dog", word })
            ImageFile.WriteJpeg(_folder.File($"folders/{folder}/{folder}.jpg"), new RgbImage(8, 4, new byte[96]));
        Assert.Equal(["cat", "dog"], LabelFormat.ReadAny(_folder.File("folders")).ClassNames);
    }

    [Fact]
    public void A_word_for_no_class_in_a_list_of_classes_is_the_background_in_front_and_refused_behind()
    {
        var table = Read("a.csv", "image,label\n1.jpg,1\n2.jpg,2\n3.jpg,0\n", "none", "cat", "dog");
        Assert.Equal("cat | dog | ", Shown(table));
        Assert.Contains("'none' left out", Assert.Single(table.Notes));
        string message = Assert.Throws<DataSetException>(() => Read("a.csv", "image,label\n1.jpg,none\n", "cat", "none")).Message;
        Assert.Contains("found 'none' behind other classes", message);
    }

    [Fact]
    public void Classes_that_are_numbers_from_0_are_told()
    {
        var table = Read("a.csv", "image,label\n1.jpg,0\n2.jpg,1\n3.jpg,0\n");
        Assert.Equal("0 | 1 | 0", Shown(table));
        Assert.StartsWith("classes are called by numbers (0, 1), and 0 is one of them", Assert.Single(table.Notes));
        Assert.Empty(Read("a.csv", "image,label\n1.jpg,2\n2.jpg,1\n").Notes);
        Assert.Empty(Read("a.csv", "image,label\n1.jpg,0\n2.jpg,1\n", "cat", "dog").Notes);
    }
}
