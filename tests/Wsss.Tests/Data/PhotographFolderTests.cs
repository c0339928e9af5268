using Wsss.Data;
using Wsss.Data.Labels;

namespace Wsss.Tests.Data;

public sealed class PhotographFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private void Photograph(string name, byte grey = 0, int width = 8, int height = 4)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        ImageFile.WriteJpeg(_folder.File(name), new RgbImage(width, height, [.. Enumerable.Repeat(grey, 3 * width * height)]));
    }

    private PhotographFolder WithTable(string table)
    {
        File.WriteAllText(_folder.File("labels.csv"), table);
        return new PhotographFolder { Root = _folder.Path, Labels = _folder.File("labels.csv") };
    }

    private static string[] Ids(ISampleSource source) => [.. Enumerable.Range(0, source.Count).Select(source.Id)];

    [Fact]
    public void Photographs_are_found_by_whatever_of_their_path_the_list_has()
    {
        Photograph("site A/IMG 1.JPG", 10);
        Photograph("site B/ö2.jpeg", 20);
        Photograph("site B/3.png", 30);
        Photograph("site B/Saliency/3.png");
        var data = WithTable("image,labels,split\nsomewhere/else/IMG 1,cat,train\no\u03082,dog,train\nsite B/3.png,cat,test\n") with
        {
            ValidationShare = 0,
        };
        var splits = data.Open();
        Assert.Equal(["site A/IMG 1", "site B/ö2"], Ids(splits.Train));
        Assert.Equal(["site B/3"], Ids(splits.Test));
        Assert.Equal([10, 20], new[] { 0, 1 }.Select(i => (int)splits.Train.Load(i).Image.Pixels[0]));
        Assert.Equal([1], splits.Train.Labels(1));
        Assert.Equal(0, new[] { splits.Train, splits.Validation, splits.Test }.Count(part => part.WithMasks() is not null));
    }

    [Theory]
    [InlineData("image,labels\n2.jpg,cat\n7.jpg,cat\n", "line 3: expected a photograph '7.jpg'")]
    [InlineData("image,labels\n2.jpg,cat\n7.jpg,cat\n", "Add it, or take it out of the list.")]
    [InlineData("image,labels\n1.jpg,cat\na/1.jpg,cat\n", "line 2: expected one photograph '1.jpg', found 2")]
    [InlineData("image,labels\nb/2.jpg,cat\n2,cat\n", "as 'b/2.jpg' and '2'. Write its name alike, or take one out.")]
    public void A_row_without_its_one_photograph_is_an_error_that_says_which(string table, string part)
    {
        Photograph("a/1.jpg");
        Photograph("b/1.jpg");
        Photograph("b/2.jpg");
        Assert.Contains(part, Assert.Throws<DataSetException>(() => WithTable(table).Open()).Message);
    }

    [Fact]
    public void Validation_images_alone_are_the_test_images_and_some_training_images_are_set_aside()
    {
        for (int i = 0; i < 12; i++)
            Photograph($"{i}.jpg");
        string table =
            "image,cat,dog,split\n"
            + string.Concat(Enumerable.Range(0, 12).Select(i => $"{i}.jpg,{i % 2},{1 - i % 2},{(i < 10 ? "train" : "val")}\n"));
        var splits = WithTable(table).Open();
        Assert.Equal(["10", "11"], Ids(splits.Test));
        Assert.Equal(8, splits.Train.Count);
        Assert.Equal([0, 1], Enumerable.Range(0, 2).SelectMany(splits.Validation.Labels).Order());
        Assert.Empty(Ids(splits.Train).Intersect(Ids(splits.Validation)));
    }

    [Theory]
    [InlineData("", "test", "12,13,14,15")]
    [InlineData("", "val", "12,13,14,15")]
    [InlineData("train", "test", "12,13,14,15")]
    [InlineData("train", "", null)]
    [InlineData("train", "train", null)]
    [InlineData("", "", null)]
    public void Splits_that_are_said_are_kept_and_the_others_are_made_of_training_images(string first, string last, string? test)
    {
        for (int i = 0; i < 16; i++)
            Photograph($"{i}.jpg");
        var rows = Enumerable.Range(0, 16).Select(i => $"{i}.jpg,{(i % 2 == 0 ? "cat" : "dog")},{(i < 12 ? first : last)}\n");
        var data = WithTable("image,label,split\n" + string.Concat(rows)).Open();
        string[][] parts = [Ids(data.Train), Ids(data.Validation), Ids(data.Test)];
        Assert.Equal(16, parts.SelectMany(ids => ids).Distinct().Count());
        Assert.Equal(16, parts.Sum(ids => ids.Length));
        Assert.Equal([0, 1], Enumerable.Range(0, data.Validation.Count).SelectMany(data.Validation.Labels).Order());
        if (test is null)
            Assert.Equal([0, 0, 1, 1], Enumerable.Range(0, data.Test.Count).SelectMany(data.Test.Labels).Order());
        else
            Assert.Equal(test.Split(','), Ids(data.Test));
    }

    [Fact]
    public void Stated_test_images_and_validation_images_leave_the_others_to_train_on()
    {
        for (int i = 0; i < 4; i++)
            Photograph($"{i}.jpg");
        var data = WithTable("image,label,split\n0.jpg,cat,\n1.jpg,dog,\n2.jpg,cat,val\n3.jpg,dog,test\n").Open();
        Assert.Equal([["0", "1"], ["2"], ["3"]], new[] { data.Train, data.Validation, data.Test }.Select(Ids));
        string message = Assert
            .Throws<DataSetException>(() => WithTable("image,label,split\n2.jpg,cat,val\n3.jpg,dog,test\n").Open())
            .Message;
        Assert.Contains("labels.csv: expected photographs to train on, found those of validation and test alone", message);
    }

    [Fact]
    public void Parts_are_drawn_by_seed_with_every_class_in_each_and_stay_when_photographs_come()
    {
        (string, IReadOnlyList<int>)[] items = [.. Enumerable.Range(0, 60).Select(i => ($"{i}", (IReadOnlyList<int>)[i % 3]))];
        var parts = SplitMaker.Part(items, seed: 1, testShare: 0.2, validationShare: 0.1);
        Assert.Equal([42, 6, 12], Enum.GetValues<SplitKind>().Select(kind => parts.Count(part => part == kind)));
        Assert.All(
            Enumerable.Range(0, 3),
            c => Assert.Equal(4, items.Zip(parts).Count(item => item.First.Item2[0] == c && item.Second == SplitKind.Test))
        );
        Assert.NotEqual(parts, SplitMaker.Part(items, seed: 2, testShare: 0.2, validationShare: 0.1));
        var more = SplitMaker.Part([.. items, .. Enumerable.Range(60, 6).Select(i => ($"{i}", (IReadOnlyList<int>)[i % 3]))], 1, 0.2, 0.1);
        Assert.InRange(parts.Zip(more).Count(pair => pair.First != pair.Second), 0, 9);
    }

    [Fact]
    public void Masks_are_used_as_far_as_they_go_and_refused_where_they_do_not_fit()
    {
        for (int i = 0; i < 4; i++)
            Photograph($"images/{i}.jpg");
        Directory.CreateDirectory(_folder.File("masks"));
        ImageFile.WriteMask(_folder.File("masks/1.png"), new LabelMap(8, 4, [.. Enumerable.Repeat((byte)2, 32)]));
        var data = WithTable("image,cat,dog,split\n0.jpg,1,0,train\n1.jpg,0,1,train\n2.jpg,1,0,test\n3.jpg,0,1,test\n") with
        {
            Masks = _folder.File("masks"),
            ValidationShare = 0,
        };
        var train = data.Open().Train;
        Assert.Equal([false, true], [train.HasMask(0), train.HasMask(1)]);
        Assert.Equal(2, train.Mask(1).Values[0]);
        Assert.Equal("1", train.WithMasks()!.Id(0));

        string before = train.Fingerprint;
        ImageFile.WriteMask(_folder.File("masks/1.png"), new LabelMap(8, 4, [.. Enumerable.Repeat((byte)3, 32)]));
        Assert.NotEqual(before, data.Open().Train.Fingerprint);
        Assert.Contains(
            "1.png: expected class indices 0…2 or 255, found 3",
            Assert.Throws<ImageFileException>(() => data.Open().Train.Mask(1)).Message
        );
        ImageFile.WriteMask(_folder.File("masks/1.png"), new LabelMap(4, 8, new byte[32]));
        Assert.Contains("8×4", Assert.Throws<ImageFileException>(() => data.Open().Train.Mask(1)).Message);
    }

    [Fact]
    public void A_mask_of_a_name_that_several_photographs_have_is_of_none_of_them()
    {
        foreach (string name in new[] { "a/1.jpg", "a/2.jpg", "b/1.jpg", "b/3.jpg" }) Photograph(name);
        foreach (string name in new[] { "masks/1.png", "masks/2.png", "masks/b/3.png" })
            ImageFile.WriteMask(_folder.File(name), new LabelMap(8, 4, new byte[32]));
        var train = (WithTable("a/1.jpg,cat\na/2.jpg,dog\nb/1.jpg,dog\nb/3.jpg,cat\n") with
        {
            Masks = _folder.File("masks"),
            TestShare = 0.001,
            ValidationShare = 0,
        }).Open();
        var sources = new[] { train.Train, train.Test };
        Assert.Equal(["a/2", "b/3"], sources.SelectMany(part => Ids(part).Where(id => part.HasMask(part.IndexOf(id)))).Distinct().Order());
        var finding = Assert.Single(((IFindingSource)train.Train).Findings);
        Assert.Equal((FindingSeverity.Warning, _folder.File("masks/1.png")), (finding.Severity, finding.File));
        Assert.Contains("2 photographs, such as 'a/1'", finding.What);
    }

    [Fact]
    public void Large_photographs_and_masks_are_read_smaller()
    {
        Photograph("1.jpg", width: 64, height: 32);
        Photograph("2.jpg", width: 64, height: 32);
        ImageFile.WriteMask(
            _folder.File("masks/1.png"),
            new LabelMap(64, 32, [.. Enumerable.Range(0, 2048).Select(i => (byte)(i % 64 < 32 ? 1 : 0))])
        );
        var data = WithTable("image,label,split\n1,cat,train\n2,cat,val\n") with
        {
            Masks = _folder.File("masks"),
            LongestSide = 32,
            ValidationShare = 0,
        };
        var train = data.Open().Train;
        Assert.Equal((32, 16), (train.Load(0).Image.Width, train.Load(0).Image.Height));
        Assert.Equal([1, 1, 0, 0], new[] { 0, 15, 16, 31 }.Select(x => (int)train.Mask(0).Values[x]));
    }

    [Fact]
    public void A_file_is_read_again_as_it_was_written_and_moves_with_its_photographs()
    {
        Photograph("pictures/1.jpg");
        Photograph("pictures/2.jpg");
        var data = new PhotographFolder
        {
            Root = _folder.File("pictures"),
            Labels = _folder.File("labels.csv"),
            Classes = ["cat", "yes"],
            Seed = 5,
        };
        File.WriteAllText(_folder.File("labels.csv"), "image,label\n1.jpg,cat\n2.jpg,yes\n");
        DataSetFile.Write(_folder.File("wsss.yaml"), data, "what\nthis is");
        string text = File.ReadAllText(_folder.File("wsss.yaml"));
        Assert.StartsWith("# what\n# this is\nphotographs:\n", text);
        Assert.Contains("folder: pictures\n", text);
        Assert.Equal(WsssJson.Write((DataSet)data), WsssJson.Write(DataSet.Parse(_folder.Path, seed: 9)));
        Assert.Equal(WsssJson.Write((DataSet)data), WsssJson.Write(DataSet.Parse(_folder.File("wsss.yaml"))));
        Assert.Equal(2, DataSet.Parse(_folder.Path).Open().Train.ClassNames.Count);
    }

    [Fact]
    public void Names_that_look_like_other_values_come_through_the_file()
    {
        string[] names =
        [
            .. "10|007|1e5|-1|.5|0x1F|1_000|true|False|null|~|yes|No|on|n|.inf|.NaN|2007-01-01|1:30".Split('|'),
            .. "- a|a: b|# a|&a|*a|!a|@a|a,b|[a]|{a}| a |'|\"|é|\\".Split('|'),
        ];
        DataSet data = new PhotographFolder { Root = _folder.File("10"), Labels = _folder.File("null"), Classes = names };
        Directory.CreateDirectory(_folder.File("10"));
        File.WriteAllText(_folder.File("null"), "");
        DataSetFile.Write(_folder.File("wsss.yaml"), data);
        Assert.Equal(WsssJson.Write(data), WsssJson.Write(DataSet.Parse(_folder.File("wsss.yaml"))));
    }

    [Fact]
    public void Numbers_and_truth_values_among_the_classes_of_a_file_by_hand_are_names()
    {
        File.WriteAllText(_folder.File("wsss.yaml"), "photographs: {folder: ., classes: [10, 007, 1e5, 2.50, -3, true, cat, '12']}\n");
        var data = Assert.IsType<PhotographFolder>(DataSet.Parse(_folder.File("wsss.yaml")));
        Assert.Equal(["10", "007", "1e5", "2.50", "-3", "true", "cat", "12"], data.Classes);
    }

    [Fact]
    public void A_background_in_front_of_the_classes_is_told_and_left_out()
    {
        Photograph("1.jpg");
        Photograph("2.jpg");
        var data = WithTable("image,label\n1.jpg,cat\n2.jpg,dog\n") with { Classes = ["background", "cat", "dog"] };
        var train = data.Open().Train;
        Assert.Equal(["cat", "dog"], train.ClassNames);
        Assert.Contains("'background' left out", Assert.Single(((IFindingSource)train).Findings).What);
        Assert.Throws<DataSetException>(() => (data with { Classes = ["cat", "background", "dog"] }).Open());
    }

    [Theory]
    [InlineData("[cat, ~]", "name for class 2, found nothing")]
    [InlineData("[[cat]]", "name for class 1, found a list")]
    [InlineData("cat", "list of names")]
    public void Classes_that_are_no_names_are_refused(string classes, string expected)
    {
        File.WriteAllText(_folder.File("wsss.yaml"), $"photographs: {{folder: ., classes: {classes}}}\n");
        string message = Assert.ThrowsAny<WsssException>(() => DataSet.Parse(_folder.File("wsss.yaml"))).Message;
        Assert.Contains(expected, message);
        Assert.Contains("wsss.yaml", message);
    }

    [Fact]
    public void A_folder_of_folders_needs_no_file()
    {
        foreach (int i in Enumerable.Range(0, 5)) Photograph($"cat/{i}.jpg");
        foreach (int i in Enumerable.Range(5, 5)) Photograph($"dog/{i}.jpg");
        var splits = DataSet.Parse(_folder.Path).Open();
        Assert.Equal(["cat", "dog"], splits.Train.ClassNames);
        Assert.Equal((6, 2, 2), (splits.Train.Count, splits.Validation.Count, splits.Test.Count));
    }
}
