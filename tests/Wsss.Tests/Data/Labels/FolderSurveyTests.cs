using Wsss.Data;
using Wsss.Data.Labels;
using Wsss.Storage;

namespace Wsss.Tests.Data.Labels;

public sealed class FolderSurveyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public FolderSurveyTests()
    {
        foreach (int i in Enumerable.Range(0, 6)) ImageFile.WriteJpeg(_folder.File($"images/{i}.jpg"), new RgbImage(8, 4, new byte[96]));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_list_that_names_most_photographs_is_taken_and_the_others_are_named()
    {
        File.WriteAllText(_folder.File("few.csv"), "image,label\n0.jpg,cat\n");
        File.WriteAllText(
            _folder.File("most.csv"),
            string.Concat(Enumerable.Range(0, 5).Select(i => $"{i}.jpg,{(i % 2 == 0 ? "cat" : "dog")}\n"))
        );
        File.WriteAllText(_folder.File("readme.txt"), "photographs of cats");
        var survey = FolderSurvey.Of(_folder.Path);
        var data = Assert.IsType<PhotographFolder>(survey.Data);
        Assert.Equal(_folder.File("most.csv"), data.Labels);
        Assert.Equal(["cat", "dog"], data.Classes);
        Assert.Contains(survey.Notes, note => note.Contains("1 photographs have no row"));
        Assert.Null(data.Masks);
        string other = Assert.Single(survey.Notes, note => note.Contains("few.csv' were not taken"));
        Assert.EndsWith("most.csv' names 5 photographs, it 1", other);
    }

    [Fact]
    public void A_table_of_some_photographs_counts_more_than_the_names_of_their_folders()
    {
        foreach (string name in new[] { "north/a.jpg", "north/b.jpg", "south/c.jpg" })
            ImageFile.WriteJpeg(_folder.File($"sites/{name}"), new RgbImage(8, 4, new byte[96]));
        Assert.Equal(["north", "south"], Assert.IsType<PhotographFolder>(FolderSurvey.Of(_folder.File("sites")).Data).Classes);
        File.WriteAllText(_folder.File("sites/labels.csv"), "file,label\nnorth/a.jpg,cat\nsouth/c.jpg,dog\n");
        var survey = FolderSurvey.Of(_folder.File("sites"));
        Assert.Equal(["cat", "dog"], Assert.IsType<PhotographFolder>(survey.Data).Classes);
        string folders = Assert.Single(survey.Notes, note => note.StartsWith("names of folders (north, south) were not taken"));
        Assert.EndsWith("names 2 photographs, they 3", folders);
        Assert.Contains(survey.Notes, note => note.StartsWith("1 photographs have no row"));
    }

    [Fact]
    public void A_list_of_other_names_is_named_with_them()
    {
        File.WriteAllText(_folder.File("labels.csv"), "id,label\n00,cat\n01,dog\n02,cat\n03,dog\n");
        string message = Assert.Throws<DataSetException>(() => FolderSurvey.Of(_folder.Path)).Message;
        string[] shown = [.. Enumerable.Range(0, 3).Select(i => $"'{Path.Combine("images", $"{i}.jpg")}'")];
        Assert.Contains(
            $"labels.csv' was read: none of its 4 names ('00', '01', '02', …) is a photograph ({string.Join(", ", shown)}, …). Correct",
            message
        );
    }

    [Fact]
    public void Cvats_file_of_all_photographs_is_not_the_annotation_of_one()
    {
        File.WriteAllText(
            _folder.File("annotations.xml"),
            """
            <annotations><image name="images/0.jpg"><tag label="cat"/></image><image name="1.jpg"><tag label="dog"/></image></annotations>
            """
        );
        var survey = FolderSurvey.Of(_folder.Path);
        Assert.Equal(["cat", "dog"], Assert.IsType<PhotographFolder>(survey.Data).Classes);
        Assert.DoesNotContain(survey.Notes, note => note.Contains("not taken"));
    }

    [Fact]
    public void Validation_images_that_become_the_test_images_are_told()
    {
        string rows =
            "image,label,split\n"
            + string.Concat(Enumerable.Range(0, 5).Select(i => $"{i}.jpg,{(i % 2 == 0 ? "cat" : "dog")},train\n"));
        File.WriteAllText(_folder.File("labels.csv"), rows + "5.jpg,cat,val\n");
        var survey = FolderSurvey.Of(_folder.Path);
        Assert.Contains(survey.Notes, note => note.StartsWith("the photographs of the validation split are the test images"));
        Assert.Contains(((IFindingSource)survey.Data.Open().Train).Findings, finding => finding.What.Contains("are the test images"));
        File.WriteAllText(_folder.File("labels.csv"), rows + "5.jpg,cat,test\n");
        Assert.DoesNotContain(FolderSurvey.Of(_folder.Path).Notes, note => note.Contains("are the test images"));
    }

    [Fact]
    public void Masks_that_contradict_the_labels_are_told()
    {
        File.WriteAllText(_folder.File("labels.csv"), "image,label\n0.jpg,cat\n1.jpg,dog\n2.jpg,cat\n");
        ImageFile.WriteMask(_folder.File("masks/0.png"), new LabelMap(8, 4, [.. Enumerable.Repeat((byte)2, 32)]));
        ImageFile.WriteMask(_folder.File("masks/1.png"), new LabelMap(8, 4, [.. Enumerable.Repeat((byte)2, 32)]));
        string note = Assert.Single(FolderSurvey.Of(_folder.Path).Notes, note => note.Contains("show no class"));
        Assert.DoesNotContain("…", note);
        Assert.StartsWith("1 of 2 masks show no class of their image's labels: '0' is labelled cat, its mask shows dog. Name the", note);
    }

    [Fact]
    public void Labels_that_say_the_same_in_two_ways_are_no_news()
    {
        File.WriteAllText(_folder.File("data.yaml"), "names: [cat, dog]\n");
        Directory.CreateDirectory(_folder.File("labels"));
        foreach (int i in Enumerable.Range(0, 6)) File.WriteAllText(_folder.File($"labels/{i}.txt"), $"{i % 2} 0.5 0.5 0.1 0.1\n");
        Assert.DoesNotContain(FolderSurvey.Of(_folder.Path).Notes, note => note.Contains("were not taken"));
    }

    [Fact]
    public void A_name_in_another_case_is_found_unless_it_could_be_two()
    {
        File.WriteAllText(_folder.File("labels.csv"), "0.JPG,cat\nIMAGES/1.Jpg,dog\n");
        var splits = FolderSurvey.Of(_folder.Path).Data.Open();
        var parts = new[] { splits.Train, splits.Validation, splits.Test };
        Assert.Equal(["0", "1"], parts.SelectMany(part => Enumerable.Range(0, part.Count).Select(part.Id)).Distinct().Order());
        foreach (string name in new[] { "ab.jpg", "Ab.jpg" })
            ImageFile.WriteJpeg(_folder.File($"images/{name}"), new RgbImage(8, 4, new byte[96]));
        Assert.SkipUnless(Directory.GetFiles(_folder.File("images")).Length == 8, "This file system does not tell cases apart.");
        File.WriteAllText(_folder.File("labels.csv"), "ab.jpg,cat\nAb.jpg,dog\n");
        FolderSurvey.Of(_folder.Path);
        File.WriteAllText(_folder.File("labels.csv"), "AB.JPG,cat\n1.jpg,dog\n");
        string message = Assert.Throws<DataSetException>(() => FolderSurvey.Of(_folder.Path)).Message;
        Assert.Contains("expected one photograph 'AB.JPG', found 2", message);
    }

    [Fact]
    public void Class_masks_are_taken_and_other_pictures_are_not()
    {
        File.WriteAllText(_folder.File("labels.csv"), string.Concat(Enumerable.Range(0, 6).Select(i => $"{i}.jpg,cat\n")));
        ImageFile.WritePng(_folder.File("masks/0.png"), new RgbImage(8, 4, [.. Enumerable.Repeat((byte)77, 96)]));
        Assert.Contains(FolderSurvey.Of(_folder.Path).Notes, note => note.Contains("holds no class masks"));
        ImageFile.WriteMask(_folder.File("masks/0.png"), new LabelMap(8, 4, [.. Enumerable.Repeat((byte)1, 32)]));
        Assert.Equal(_folder.File("masks"), Assert.IsType<PhotographFolder>(FolderSurvey.Of(_folder.Path).Data).Masks);
    }

    [Fact]
    public void Masks_that_a_command_has_made_are_not_taken_as_drawn_ones()
    {
        File.WriteAllText(_folder.File("labels.csv"), string.Concat(Enumerable.Range(0, 6).Select(i => $"{i}.jpg,cat\n")));
        ImageFile.WriteMask(_folder.File("masks/0.png"), new LabelMap(8, 4, [.. Enumerable.Repeat((byte)1, 32)]));
        Assert.NotNull(Assert.IsType<PhotographFolder>(FolderSurvey.Of(_folder.Path).Data).Masks);
        foreach (var files in new OwnFiles[] { new(_folder.Path, "predict", ["masks"]), new(_folder.File("masks"), "masks", ["0.png"]) })
        {
            files.Begin();
            var survey = FolderSurvey.Of(_folder.Path);
            Assert.Null(Assert.IsType<PhotographFolder>(survey.Data).Masks);
            Assert.Single(survey.Notes, note => note.Contains("holds masks that a command has made"));
            Assert.Null(Assert.IsType<PhotographFolder>(DataSet.Parse(_folder.Path)).Masks);
            File.Delete(_folder.File(OwnFiles.ListFile));
        }
    }

    [Fact]
    public void Masks_in_which_255_is_the_object_are_told()
    {
        File.WriteAllText(_folder.File("labels.csv"), "image,label\n0.jpg,cat\n1.jpg,cat\n");
        ImageFile.WriteMask(_folder.File("masks/0.png"), new LabelMap(8, 4, [.. Enumerable.Repeat((byte)255, 32)]));
        var survey = FolderSurvey.Of(_folder.Path);
        Assert.Equal(_folder.File("masks"), Assert.IsType<PhotographFolder>(survey.Data).Masks);
        Assert.Contains(survey.Notes, note => note.StartsWith(BinaryMasks.Meaning) && note.EndsWith(BinaryMasks.ToDo));
        File.WriteAllText(_folder.File("labels.csv"), "image,label\n0.jpg,cat\n1.jpg,dog\n");
        Assert.Contains(FolderSurvey.Of(_folder.Path).Notes, note => note.Contains("Write 1 for cat, 2 for dog"));
    }

    [Fact]
    public void Masks_are_counted_once_and_those_of_no_photograph_are_told()
    {
        File.WriteAllText(_folder.File("labels.csv"), "image,label\n0.jpg,cat\n1.jpg,dog\n");
        ImageFile.WriteMask(_folder.File("masks/0.png"), new LabelMap(8, 4, new byte[32]));
        Assert.Contains(FolderSurvey.Of(_folder.Path).Notes, note => note.EndsWith("masks, of 1 photographs"));
        File.Move(_folder.File("masks/0.png"), _folder.File("masks/0_mask.png"));
        var survey = FolderSurvey.Of(_folder.Path);
        Assert.Null(Assert.IsType<PhotographFolder>(survey.Data).Masks);
        Assert.Contains(survey.Notes, note => note.Contains("masks' holds masks of none of the photographs"));
    }

    [Fact]
    public void Indices_keep_the_list_of_classes_in_which_they_count()
    {
        File.WriteAllText(_folder.File("labels.csv"), "image,label\n0.jpg,1\n1.jpg,2\n2.jpg,1\n");
        var data = Assert.IsType<PhotographFolder>(FolderSurvey.Of(_folder.Path, null, ["background", "cat", "dog"]).Data);
        Assert.Equal([[0], [1], [0]], data.ReadLabels().Rows.Select(row => row.Labels));
    }

    [Fact]
    public void Photographs_without_labels_are_an_error_that_says_what_lies_there()
    {
        string message = Assert.Throws<DataSetException>(() => FolderSurvey.Of(_folder.Path)).Message;
        Assert.Contains("6 photographs", message);
        Assert.Contains("found images", message);
        File.WriteAllText(_folder.File("list.csv"), "image,width\n0.jpg,640\n");
        Assert.Contains("found 'image', 'width'", Assert.Throws<DataSetException>(() => FolderSurvey.Of(_folder.Path)).Message);
        Assert.Contains("found none", Assert.Throws<DataSetException>(() => FolderSurvey.Of(_folder.File("nowhere"))).Message);
    }

    [Fact]
    public void Pascal_voc_keeps_its_own_layout()
    {
        Directory.CreateDirectory(_folder.File("JPEGImages"));
        Directory.CreateDirectory(_folder.File("ImageSets/Segmentation"));
        Assert.IsType<VocFolder>(FolderSurvey.Of(_folder.Path).Data);
        File.WriteAllText(_folder.File("classes.txt"), "cat\ndog\n");
        Assert.IsType<VocFolder>(FolderSurvey.Of(_folder.Path, null, ["cat", "dog"]).Data);
        string message = Assert.Throws<DataSetException>(() => FolderSurvey.Of(_folder.Path, null, ["dog", "cat"])).Message;
        Assert.Contains("(2: cat, dog), found 2: dog, cat. Write them into", message);
    }
}
