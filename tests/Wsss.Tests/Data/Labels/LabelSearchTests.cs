using Wsss.Data;
using Wsss.Data.Labels;
using Wsss.Storage;

namespace Wsss.Tests.Data.Labels;

public sealed class LabelSearchTests : IDisposable
{
    private const int Each = 4;

    private readonly TempFolder _folder = new();

    public LabelSearchTests()
    {
        foreach (string name in Names("north").Concat(Names("south")))
            ImageFile.WriteJpeg(_folder.File($"{name}.jpg"), new RgbImage(8, 4, new byte[96]));
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<string> Names(string folder) => Enumerable.Range(0, Each).Select(i => $"{folder}/{folder}{i}");

    /// <summary>A line per photograph, made of its number.</summary>
    private static string Lines(Func<string, int, string> line) =>
        string.Concat(Names("north").Concat(Names("south")).Select((name, i) => line($"{name}.jpg", i) + "\n"));

    private IReadOnlyList<string> Surveyed(out IReadOnlyList<string> notes)
    {
        var survey = FolderSurvey.Of(_folder.Path);
        notes = survey.Notes;
        return Assert.IsType<PhotographFolder>(survey.Data).Classes!;
    }

    [Fact]
    public void A_folder_that_is_opened_by_its_path_has_the_labels_and_masks_that_a_survey_finds()
    {
        File.WriteAllText(_folder.File("labels.csv"), "image,label\n" + Lines((name, i) => $"{name},{(i % 2 == 0 ? "cat" : "dog")}"));
        Assert.Equal(["cat", "dog"], Surveyed(out _));
        foreach (string text in new[] { _folder.Path, $"photographs:folder={_folder.Path}" })
        {
            var train = DataSet.Parse(text).Open().Train;
            Assert.Equal(["cat", "dog"], train.ClassNames);
            string note = Assert.Single(((IFindingSource)train).Findings, finding => finding.What.Contains("were not taken")).What;
            Assert.StartsWith("names of folders (north, south", note);
        }
        ImageFile.WriteMask(_folder.File("masks/north0.png"), new LabelMap(8, 4, [.. Enumerable.Repeat((byte)1, 32)]));
        var data = Assert.IsType<PhotographFolder>(DataSet.Parse(_folder.Path));
        Assert.Equal(_folder.File("masks"), data.Masks);
    }

    [Theory]
    [InlineData("labels.csv", "image,label\nnorth0.jpg,cat\nsouth0.jpg,dog\n")]
    [InlineData("labels/north0.txt", "0 0.5 0.5 0.1 0.1\n")]
    public void Photographs_in_a_folder_of_images_are_opened_by_its_path(string name, string text)
    {
        Directory.CreateDirectory(_folder.File("images"));
        foreach (string path in Names("north").Concat(Names("south")))
            File.Move(_folder.File($"{path}.jpg"), _folder.File("images", $"{Path.GetFileName(path)}.jpg"));
        File.WriteAllText(_folder.File("classes.txt"), "cat\ndog\n");
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        File.WriteAllText(_folder.File(name), text);
        Assert.Equal(["cat", "dog"], Surveyed(out _));
        Assert.Equal(["cat", "dog"], DataSet.Parse(_folder.Path).Open().Train.ClassNames);
    }

    [Fact]
    public void What_a_survey_chose_stays_whatever_comes_to_lie_beside_it()
    {
        var data = FolderSurvey.Of(_folder.Path).Data;
        DataSetFile.Write(_folder.File("wsss.yaml"), data);
        File.WriteAllText(_folder.File("labels.csv"), "image,label\n" + Lines((name, i) => $"{name},{(i % 2 == 0 ? "cat" : "dog")}"));
        Assert.Equal(["north", "south"], DataSet.Parse(_folder.Path).Open().Train.ClassNames);
        File.Delete(_folder.File("wsss.yaml"));
        Assert.Equal(["cat", "dog"], DataSet.Parse(_folder.Path).Open().Train.ClassNames);
    }

    [Fact]
    public void Broken_labels_of_a_folder_that_is_opened_by_its_path_are_named()
    {
        Directory.Delete(_folder.File("north"), recursive: true);
        foreach (string path in Directory.GetFiles(_folder.File("south")))
            File.Move(path, _folder.File(Path.GetFileName(path)));
        Directory.Delete(_folder.File("south"));
        File.WriteAllText(_folder.File("labels.csv"), "image,label,split\nsouth0.jpg,cat,somewhen\n");
        string message = Assert.Throws<DataSetException>(() => DataSet.Parse(_folder.Path).Open()).Message;
        Assert.Contains("line 2: expected the split train, val or test", message);
    }

    public static TheoryData<string, string> OtherLists => new()
    {
        { "credits.csv", "file,author\n" + Lines((name, i) => $"{name},Anna {i % 2}") },
        { "credits.csv", "file,by whom\n" + Lines((name, i) => $"{name},Anna {i}") },
        { "attributions.csv", Lines((name, i) => $"{name},https://example.org/{i}") },
        { "attributions.csv", Lines((name, i) => $"{name},CC BY 4.0") },
        { "attributions.tsv", "file\tauthor\tlicense\turl\n" + Lines((name, i) => $"{name}\tAnna\tCC0\thttps://example.org/{i}") },
        { "captions.json", "{" + string.Join(',', Names("north").Select(name => $"\"{name}.jpg\": \"seen from {name}\"")) + "}" },
        { "credits.txt", Lines((name, i) => $"{name} Anna{i % 2}") },
        { "._labels.csv", Lines((name, i) => $"{name},{i % 2}") },
    };

    [Theory]
    [MemberData(nameof(OtherLists))]
    public void A_list_of_something_else_does_not_count_more_than_names_of_folders(string name, string text)
    {
        File.WriteAllText(_folder.File(name), text);
        Assert.Equal(["north", "south"], Surveyed(out var notes));
        Assert.Equal($"labels: {_folder.Path}", notes[0]);
        if (name[0] != '.' && name != "credits.txt")
            Assert.Single(notes, note => note.Contains(name) && note.Contains("not taken"));
        Assert.Equal(["north", "south"], DataSet.Parse(_folder.Path).Open().Train.ClassNames);
    }

    public static TheoryData<string, string> Labels => new()
    {
        { "species.csv", "file,species\n" + Lines((name, i) => $"{name},{(i % 2 == 0 ? "cat" : "dog")}") },
        { "species.csv", "file,species,author\n" + Lines((name, i) => $"{name},{(i % 2 == 0 ? "cat" : "dog")},Anna {i}") },
        { "list.txt", Lines((name, i) => $"{name} {(i % 2 == 0 ? "cat" : "dog")}") },
        { "rare.csv", "file,label\nnorth0.jpg,cat\nsouth0.jpg,dog\n" },
        { "many.csv", "file,cat,dog\n" + Lines((name, i) => $"{name},{i % 2},{1 - i % 2}") },
        { "all.json", $"{{{string.Join(',', Names("north").Select((name, i) => $"\"{name}.jpg\": [\"{(i < 2 ? "cat" : "dog")}\"]"))}}}" },
    };

    [Theory]
    [MemberData(nameof(Labels))]
    public void A_list_of_labels_counts_more_than_names_of_folders(string name, string text)
    {
        File.WriteAllText(_folder.File(name), text);
        Assert.Equal(["cat", "dog"], Surveyed(out var notes));
        Assert.Single(notes, note => note.StartsWith("names of folders (north, south) were not taken, as a list of labels counts more"));
    }

    [Fact]
    public void The_one_folder_of_all_photographs_is_no_class_where_labels_are_broken()
    {
        Directory.Delete(_folder.File("south"), recursive: true);
        Assert.Equal(["north"], Surveyed(out _));
        File.WriteAllText(_folder.File("labels.csv"), "image,label,split\nnorth0.jpg,cat,somewhen\n");
        Assert.Contains("line 2: expected the split", Assert.Throws<DataSetException>(() => FolderSurvey.Of(_folder.Path)).Message);
    }

    [Fact]
    public void What_commands_have_made_beside_photographs_is_none_and_no_class()
    {
        foreach (string name in new[] { "masks/north0.png", "overlays/north0.jpg", "sheet.png", "maps/overview.png" })
            ImageFile.WriteJpeg(_folder.File(name), new RgbImage(8, 4, new byte[96]));
        new OwnFiles(_folder.Path, "predict", ["masks", "overlays", "sheet.png"]).Begin();
        new OwnFiles(_folder.File("maps"), "maps", ["overview.png"]).Begin();
        // Nor are predictions labels.
        File.WriteAllText(_folder.File("areas.csv"), "image,class\n" + Lines((name, i) => $"{name},{(i % 2 == 0 ? "cat" : "dog")}"));
        Assert.Equal(["cat", "dog"], Surveyed(out _));
        new OwnFiles(_folder.Path, "predict", ["areas.csv"]).Begin();
        Assert.Equal(["north", "south"], Surveyed(out _));
        Assert.Equal(2 * Each, PhotographFiles.Of(_folder.Path).All.Count);
        // What was drawn are photographs.
        new OwnFiles(_folder.File("drawn"), OwnFiles.Drawing, ["overview.png"]).Begin();
        ImageFile.WriteJpeg(_folder.File("drawn/overview.png"), new RgbImage(8, 4, new byte[96]));
        Assert.Equal(["drawn", "north", "south"], Surveyed(out _));
    }

    [Fact]
    public void A_link_to_a_folder_above_is_no_class()
    {
        Directory.CreateSymbolicLink(_folder.File("loop"), "..");
        Directory.CreateSymbolicLink(_folder.File("itself"), _folder.Path);
        Assert.Equal(["north", "south"], Surveyed(out _));
    }

    [Fact]
    public void Pictures_in_forms_that_are_not_read_are_told()
    {
        File.WriteAllText(_folder.File("north/a.HEIC"), "");
        File.WriteAllText(_folder.File("south/b.gif"), "");
        Surveyed(out var notes);
        string told = $"2 pictures are left out, as their form is not read (.gif, .heic): '{_folder.File("north/a.HEIC")}', …";
        Assert.Single(notes, note => note.StartsWith(told));
        var train = DataSet.Parse(_folder.Path).Open().Train;
        Assert.Single(((IFindingSource)train).Findings, finding => finding.What.StartsWith(told));
        foreach (string path in Directory.GetFiles(_folder.Path, "*.jpg", SearchOption.AllDirectories))
            File.Delete(path);
        Assert.Contains(told, Assert.Throws<DataSetException>(() => FolderSurvey.Of(_folder.Path)).Message);
        Assert.Contains(told, Assert.Throws<DataSetException>(() => Photographs.Find(_folder.Path)).Message);
    }

    [Fact]
    public void A_list_of_something_else_that_could_be_labels_is_taken_where_nothing_else_is()
    {
        foreach (string path in Directory.GetFiles(_folder.File("south")))
            File.Move(path, _folder.File("north", Path.GetFileName(path)));
        Directory.Delete(_folder.File("south"));
        File.WriteAllText(_folder.File("list.csv"), "north0.jpg,cat\nsouth0.jpg,dog\n");
        Assert.Equal(["cat", "dog"], Surveyed(out _));
    }
}
