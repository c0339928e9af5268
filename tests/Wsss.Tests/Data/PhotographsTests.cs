using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class PhotographsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Names_are_ordered_as_people_count() => Assert.Equal(
        ["", "01", "1", "2", "10", "a", "a1b2", "a1b10", "a2", "a010", "a10", "b"],
        new[] { "b", "a010", "a10", "a2", "a1b10", "a1b2", "a", "10", "2", "01", "1", "" }.Order(NaturalOrder.Instance));

    [Fact]
    public void A_folder_gives_its_images_in_natural_order_with_sub_folders()
    {
        Touch(
            "img10.jpg",
            "img2.JPG",
            "sub/deep/x.webp",
            "sub/y.bmp",
            "notes.txt",
            ".hidden.png",
            ".cache/z.png",
            "out/masks/img2.png",
            "b.jpeg"
        );
        var found = Photographs.Find(_folder.Path, except: _folder.File("out"));
        Assert.Equal(["b.jpeg", "img2.JPG", "img10.jpg", "sub/deep/x.webp", "sub/y.bmp"], found.Select(photograph => photograph.File));
        Assert.Equal(["b", "img2", "img10", "sub/deep/x", "sub/y"], found.Select(photograph => photograph.Id));
        Assert.All(found, photograph => Assert.True(File.Exists(photograph.Path)));
        Assert.Equal(6, Photographs.Find(_folder.Path).Count);
    }

    [Fact]
    public void Ids_keep_the_extension_where_names_would_be_alike()
    {
        Touch("a.jpg", "a.png", "a.jpg.png", "b.png");
        Assert.Equal(
            new Dictionary<string, string> { ["a.jpg"] = "a.jpg", ["a.png"] = "a.png", ["a.jpg.png"] = "a.jpg.png", ["b.png"] = "b" },
            Photographs.Find(_folder.Path).ToDictionary(photograph => photograph.File, photograph => photograph.Id));
    }

    [Fact]
    public void A_link_to_a_folder_above_is_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights on Windows.");
        Touch("sub/a.jpg");
        Directory.CreateSymbolicLink(_folder.File("sub", "up"), _folder.Path);
        Assert.Equal(["sub/a.jpg"], Photographs.Find(_folder.Path).Select(photograph => photograph.File));
    }

    [Fact]
    public void One_image_is_found_by_its_path_and_nothing_is_an_error()
    {
        Touch("sub/a.jpg", "empty/notes.txt");
        Assert.Equal(
            ("a", "a.jpg"),
            (Assert.Single(Photographs.Find(_folder.File("sub", "a.jpg"))).Id, Photographs.Find(_folder.File("sub", "a.jpg"))[0].File)
        );
        Assert.Contains("empty", Assert.Throws<DataSetException>(() => Photographs.Find(_folder.File("empty"))).Message);
        Assert.Contains("missing", Assert.Throws<DataSetException>(() => Photographs.Find(_folder.File("missing"))).Message);
    }

    [Fact]
    public void Labels_are_read_by_file_id_or_name()
    {
        Touch("one.jpg", "sub/two.jpg", "x/three.jpg", "y/three.jpg", "four, five.jpg");
        string list = _folder.File("labels.csv");
        File.WriteAllText(
            list,
            "image,classes\none.jpg,dog;cat\nsub\\two,dog\n\nx/three.jpg,\nthree.jpg,cat\nelsewhere.jpg,cat\n\"four, five.jpg\",\"cat; "
                + "dog\"\n"
        );
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["one"] = "0 1",
                ["sub/two"] = "1",
                ["x/three"] = "",
                ["four, five"] = "0 1",
            },
            PhotographLabels
                .Read(list, Photographs.Find(_folder.Path), ["cat", "dog"])
                .ToDictionary(item => item.Key, item => string.Join(' ', item.Value))
        );
    }

    [Fact]
    public void Labels_are_found_by_any_form_of_a_name_and_rows_of_one_photograph_are_put_together()
    {
        Touch("1.jpg", "sub/o\u0308.jpg", "sub/IMG_3.JPG", "dog/4.jpg");
        string list = _folder.File("labels.csv");
        File.WriteAllText(
            list,
            $"1.jpg,cat\n1,dog\n./sub/\u00F6.jpg,dog\n{_folder.File("sub/IMG_3.JPG")},cat\nsub/img_3.jpg,dog\ncat/4.jpg,cat\n"
        );
        Assert.Equal(
            new Dictionary<string, string> { ["1"] = "0 1", ["sub/o\u0308"] = "1", ["sub/IMG_3"] = "0 1" },
            PhotographLabels
                .Read(list, Photographs.Find(_folder.Path), ["cat", "dog"])
                .ToDictionary(item => item.Key, item => string.Join(' ', item.Value))
        );
    }

    [Fact]
    public void Rows_of_several_photographs_that_mean_one_are_refused()
    {
        Touch("1.jpg");
        string list = _folder.File("labels.csv");
        File.WriteAllText(list, "a/1.jpg,cat\nb/1.jpg,dog\n");
        string message = Assert
            .Throws<DataSetException>(() => PhotographLabels.Read(list, Photographs.Find(_folder.Path), ["cat", "dog"]))
            .Message;
        Assert.Contains("line 2: expected labels of one photograph for '1.jpg', found 'a/1.jpg' and 'b/1.jpg'", message);
    }

    [Theory]
    [InlineData("one.jpg,cow\n", "line 1: expected one of the classes cat, dog, found 'cow'")]
    [InlineData("other.jpg,cat\n", "found none, such as for 'one.jpg'")]
    public void A_wrong_list_of_labels_is_refused_with_its_line(string text, string found)
    {
        Touch("one.jpg");
        string list = _folder.File("labels.csv");
        File.WriteAllText(list, text);
        string message = Assert
            .Throws<DataSetException>(() => PhotographLabels.Read(list, Photographs.Find(_folder.Path), ["cat", "dog"]))
            .Message;
        Assert.Contains(found, message);
        Assert.Contains(list, message);
    }

    private void Touch(params string[] files)
    {
        foreach (string file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(file))!);
            File.WriteAllText(_folder.File(file), "");
        }
    }
}
