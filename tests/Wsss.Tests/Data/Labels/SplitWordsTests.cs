using Wsss.Data.Labels;

namespace Wsss.Tests.Data.Labels;

public sealed class SplitWordsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private LabelTable Read(string name, string text)
    {
        File.WriteAllText(_folder.File(name), text);
        return LabelFormat.ReadAny(_folder.File(name));
    }

    private static SplitKind?[] Splits(LabelTable table) => [.. table.Rows.Select(row => row.Split)];

    [Theory]
    [InlineData("train", SplitKind.Train)]
    [InlineData(" Training", SplitKind.Train)]
    [InlineData("train_aug", SplitKind.Train)]
    [InlineData("dev", SplitKind.Validation)]
    [InlineData("VALID", SplitKind.Validation)]
    [InlineData("Validation", SplitKind.Validation)]
    [InlineData("testing", SplitKind.Test)]
    [InlineData("hold-out", SplitKind.Test)]
    [InlineData("trainval", null)]
    [InlineData("", null)]
    [InlineData("nan", null)]
    public void Words_that_people_use_are_known_in_tables_and_in_json(string word, SplitKind? expected)
    {
        Assert.Equal([SplitKind.Train, expected], Splits(Read("a.csv", $"image,label,split\n1.jpg,cat,train\n2.jpg,dog,{word}\n")));
        Assert.Equal([expected], Splits(Read("a.json", $$"""[{"image": "1.jpg", "label": "cat", "split": "{{word}}"}]""")));
    }

    [Theory]
    [InlineData("a.csv", "image,label,split\n1.jpg,cat,train\n2.jpg,dog,week 3\n", "csv, line 3: expected the split train, val or test (")]
    [InlineData("a.csv", "image,label,set\n1.jpg,cat,train\n2.jpg,dog,week 3\n", "csv, line 3: expected the split train, val or test (")]
    [InlineData("a.json", """[{"image": "1.jpg", "label": "cat", "split": "week 3"}]""", "item 1: expected the split train, val or test")]
    [InlineData("a.json", """{"1.jpg": {"label": "cat", "split": 3}}""", "'1.jpg': expected the split as a word, found 3. Correct it")]
    [InlineData("a.csv", "image,label,is_valid\n1.jpg,cat,0\n2.jpg,dog,maybe\n", "line 3: expected true or false under is_valid, found")]
    public void Another_word_is_an_error_that_says_where_and_what_is_known(string name, string text, string part)
    {
        string message = Assert.Throws<DataSetException>(() => Read(name, text)).Message;
        Assert.Contains(part, message);
        if (message.Contains("week"))
            Assert.EndsWith("found 'week 3'. Correct the word, or leave the splits out.", message);
    }

    [Fact]
    public void A_column_that_may_be_of_splits_and_holds_none_is_not_looked_at()
    {
        var table = Read("a.csv", "image,label,dataset\n1.jpg,cat,summer\n2.jpg,dog,winter\n");
        Assert.Equal([null, null], Splits(table));
        Assert.Contains("columns that were not looked at: dataset", table.Notes);
    }

    [Fact]
    public void A_last_column_of_splits_is_no_label_in_a_table_without_header()
    {
        var table = Read("a.csv", "1.jpg,cat,train\n2.jpg,dog,test\n3.jpg,cat,\n");
        Assert.Equal(["cat", "dog"], table.ClassNames);
        Assert.Equal([SplitKind.Train, SplitKind.Test, null], Splits(table));
        Assert.Contains(table.Notes, note => note.StartsWith("the last column was read as the splits"));
        // A class may be called so.
        Assert.Equal(["bus", "train"], Read("a.csv", "1.jpg,train\n2.jpg,bus\n").ClassNames);
    }

    [Fact]
    public void A_row_that_says_nothing_of_the_split_agrees_with_one_that_does()
    {
        foreach (string order in new[] { "1.jpg,cat,\n1.jpg,dog,test\n", "1.jpg,cat,test\n1.jpg,dog,\n" })
            Assert.Equal([SplitKind.Test], Splits(Read("a.csv", "image,label,split\n" + order)));
    }
}
