using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class ClassListTests : IDisposable
{
    private static readonly string[] Names =
    [
        "tench, Tinca tinca",
        "crane",
        "Persian cat",
        "tiger cat",
        "tiger, Panthera tigris",
        "crane",
        "hippopotamus, hippo",
        "7-up",
        "shark",
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Persian cat", 2)]
    [InlineData(" persian CAT ", 2)]
    [InlineData("tiger", 4)]
    [InlineData("Tinca tinca", 0)]
    [InlineData("hippo", 6)]
    [InlineData("8", 8)]
    [InlineData("0", 0)]
    public void A_class_is_found_by_name_synonym_or_index(string text, int expected) => Assert.Equal(expected, ClassList.Find(Names, text));

    [Fact]
    public void A_name_that_is_a_number_comes_before_the_index() => Assert.Equal(1, ClassList.Find(["1", "0"], "0"));

    [Theory]
    [InlineData("cat", "Near: Persian cat (2), tiger cat (3)")]
    [InlineData("sharkk", "Near: shark (8)")]
    [InlineData("hippopo", "Near: hippopotamus (6)")]
    [InlineData("crane", "several: crane (1), crane (5). Give the index.")]
    [InlineData("9", "0…8, found 9")]
    [InlineData("-1", "found '-1'")]
    public void What_is_not_one_class_is_refused_with_its_neighbours(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<DataSetException>(() => ClassList.Find(Names, text)).Message);

    [Fact]
    public void A_short_list_is_shown_whole() =>
        Assert.EndsWith(
            "It knows red (0), blue (1).",
            Assert.Throws<DataSetException>(() => ClassList.Find(["red", "blue"], "green")).Message
        );

    [Theory]
    [InlineData("tench, Tinca tinca\ngoldfish\n", "tench, Tinca tinca|goldfish")]
    [InlineData("  1  tench\r\n  2  goldfish\n\n", "tench|goldfish")]
    [InlineData("0: background\n1: tench\n2: goldfish", "tench|goldfish")]
    [InlineData("3 stars\ngoldfish", "3 stars|goldfish")]
    [InlineData("\ufefftench\r\n\r\n  goldfish  \r\n", "tench|goldfish")]
    [InlineData("tench\rgoldfish\r", "tench|goldfish")]
    [InlineData("# ImageNet\ntench\ngoldfish", "tench|goldfish")]
    [InlineData("'tench',\n'goldfish',\n", "tench|goldfish")]
    [InlineData("1,goldfish\n0,tench\n", "tench|goldfish")]
    [InlineData("2 goldfish\n1 tench\n", "tench|goldfish")]
    [InlineData("11 goldfish\n7 tench\n", "11 goldfish|7 tench")]
    [InlineData("n01440764 tench, Tinca tinca\nn01443537 goldfish, Carassius auratus\n", "tench, Tinca tinca|goldfish, Carassius auratus")]
    [InlineData("n00000001    1  tench, Tinca tinca\nn00000002    2  goldfish\n", "tench, Tinca tinca|goldfish")]
    [InlineData("{0: 'tench, Tinca tinca',\n 1: \"jack-o'-lantern\"}", "tench, Tinca tinca|jack-o'-lantern")]
    [InlineData("{0: '   1  tench, Tinca tinca',\n 1: '   2  goldfish',}", "tench, Tinca tinca|goldfish")]
    [InlineData("{0: 'jack-o\\'-lantern', 1: 'goldfish'}", "jack-o'-lantern|goldfish")]
    [InlineData("{0: '   1  devil's darning needle',\n 1: '   2  goldfish'}\n", "devil's darning needle|goldfish")]
    [InlineData("{1: 'tench', 2: 'goldfish'}", "tench|goldfish")]
    [InlineData("CLASSES = ('tench', 'goldfish', )", "tench|goldfish")]
    [InlineData("names = ['tench', 'goldfish']\n", "tench|goldfish")]
    [InlineData("[\"tench, Tinca tinca\", \"goldfish\"]", "tench, Tinca tinca|goldfish")]
    [InlineData("[\n\t\"tench\",\n\t\"goldfish\"\n]", "tench|goldfish")]
    [InlineData("{\"1\": \"goldfish\", \"0\": \"tench\"}", "tench|goldfish")]
    [InlineData("{\"0\": [\"n01440764\", \"tench\"], \"1\": [\"n01443537\", \"goldfish\"]}", "tench|goldfish")]
    [InlineData("{\"goldfish\": 1, \"tench\": 0}", "tench|goldfish")]
    [InlineData(
        "{\"architectures\": [], \"id2label\": {\"0\": \"tench\", \"1\": \"goldfish\"}, \"label2id\": {\"tench\": 0, \"goldfish\": 1}}",
        "tench|goldfish"
    )]
    [InlineData("{\"categories\": [{\"id\": 1, \"name\": \"tench\"}, {\"id\": 2, \"name\": \"goldfish\"}]}", "tench|goldfish")]
    [InlineData("path: data\nnames:\n  0: tench\n  1: goldfish\n", "tench|goldfish")]
    [InlineData("tench,goldfish", "tench|goldfish")]
    [InlineData("id,name\n0,tench\n1,goldfish\n", "tench|goldfish")]
    [InlineData("Class Name;Index;colour\ngoldfish;2;red\ntench;1;green\n", "tench|goldfish")]
    [InlineData("name\tcount\ntench\t7\ngoldfish\t3\n", "tench|goldfish")]
    [InlineData("id,name\n1,goldfish\n0,\"tench, Tinca tinca\"\n", "tench, Tinca tinca|goldfish")]
    [InlineData("\"name\"; \"colour\"\n\"the \"\"old\"\" tench\"; \"green; grey\"\ngoldfish; red\n", "the \"old\" tench|goldfish")]
    [InlineData("name,count\nCooper's hawk,7\nbird's nest,3\n", "Cooper's hawk|bird's nest")]
    [InlineData("name,text\ntench,\"green,\nor grey\"\ngoldfish,red\n", "tench|goldfish")]
    [InlineData(
        "item {\n  id: 1\n  name: 'tench'\n}\nitem {\n  id: 2\n  name: \"n01443537\"\n  display_name: \"goldfish\"\n}\n",
        "tench|goldfish"
    )]
    [InlineData("__ignore__\n_background_\ntench\ngoldfish", "tench|goldfish")]
    [InlineData("Background\ntench\ngoldfish", "tench|goldfish")]
    [InlineData("[\"__background__\", \"tench\", \"goldfish\"]", "tench|goldfish")]
    [InlineData("background\ngoldfish", "background|goldfish")]
    public void Names_are_read_line_by_line(string text, string expected)
    {
        string path = _folder.File("names.txt");
        File.WriteAllText(path, text);
        Assert.Equal(expected.Split('|'), ClassList.Read(path, 2));
    }

    [Fact]
    public void Another_number_of_names_and_a_missing_file_are_refused()
    {
        string path = _folder.File("names.txt");
        File.WriteAllText(path, "a\nb\nc\n");
        Assert.Contains("Expected 2 class names", Assert.Throws<DataSetException>(() => ClassList.Read(path, 2)).Message);
        Assert.Contains("none.txt", Assert.Throws<DataSetException>(() => ClassList.Read(_folder.File("none.txt"), 2)).Message);
    }

    [Theory]
    [InlineData("{\"0\": \"tench\", \"2\": \"goldfish\"}", "index 2 where 1 should be")]
    [InlineData("{0: 'tench', 0: 'goldfish'}", "names.txt")]
    [InlineData("{\"a\": \"b\", \"c\": \"d\"}", "the keys a, c")]
    [InlineData("[\"tench\", null]", "null for a name")]
    [InlineData("[\"tench\", ", "names.txt")]
    [InlineData("", "found 0")]
    public void A_list_that_is_none_is_refused_with_what_is_there(string text, string expected)
    {
        string path = _folder.File("names.txt");
        File.WriteAllText(path, text);
        string message = Assert.Throws<DataSetException>(() => ClassList.Read(path, 2)).Message;
        Assert.Contains(expected, message);
        Assert.Contains("names.txt", message);
    }

    [Theory]
    [InlineData("background", true)]
    [InlineData("BG", true)]
    [InlineData("Background", true)]
    [InlineData("BACKGROUND", true)]
    [InlineData("_background_", true)]
    [InlineData("__background__", true)]
    [InlineData("background, bg", true)]
    [InlineData("ignore", false)]
    [InlineData("backgrounds", false)]
    [InlineData("aeroplane", false)]
    public void The_background_is_known_by_all_its_names(string name, bool expected) =>
        Assert.Equal(expected, ClassList.IsBackground(name));

    [Theory]
    [InlineData("tigar", "Did you mean tiger?")]
    [InlineData("persian_cats", "Did you mean Persian cat?")]
    public void A_name_that_comes_near_is_asked_for(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<DataSetException>(() => ClassList.Find(Names, text)).Message);

    [Fact]
    public void Underscores_stand_for_blanks() => Assert.Equal(2, ClassList.Find(Names, "persian_cat"));

    [Theory]
    [InlineData("0 bg|1: a|2. b", "bg|a|b")]
    [InlineData("1 a|2 b", "a|b")]
    [InlineData("3 stars|4 roses", "3 stars|4 roses")]
    [InlineData("1 a|3 b", "1 a|3 b")]
    [InlineData("a|2 b", "a|2 b")]
    [InlineData("٠: 'a'|١: 'b'", "٠: 'a'|١: 'b'")]
    public void Numbers_that_count_the_lines_are_no_names(string lines, string expected)
    {
        File.WriteAllLines(_folder.File("numbered.txt"), lines.Split('|'));
        Assert.Equal(expected.Split('|'), ClassNameFile.Read(_folder.File("numbered.txt")));
    }

    [Fact]
    public void The_short_name_is_the_first_synonym() => Assert.Equal("hippopotamus", ClassList.ShortName(Names[6]));
}
