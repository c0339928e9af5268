using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class VocDatasetTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private VocDataset Open(string split = "train", VocOptions? options = null) =>
        VocDataset.Open(_folder.Path, split, options, Cancellation);

    private HandMadeSource Write(int count = 6, string split = "train")
    {
        var source = HandMadeSource.OfHalves(count, width: 21, height: 13);
        VocWriter.Write(_folder.Path, split, source, cancellation: Cancellation);
        return source;
    }

    [Fact]
    public void What_was_written_is_read_back()
    {
        HandMadeSource source = Write();
        VocDataset found = Open();

        Assert.Equal(source.ClassNames, found.ClassNames);
        Assert.Equal(source.Count, found.Count);
        Assert.EndsWith("/train", found.Name);
        for (int i = 0; i < source.Count; i++)
        {
            (Sample expected, Sample actual) = (source.Load(i), found.Load(i));
            Assert.Equal(expected.Id, actual.Id);
            Assert.Equal(expected.Labels, found.Labels(i));
            Assert.Equal(expected.Labels, actual.Labels);
            Assert.Equal(source.Mask(i).Values, found.Mask(i).Values);
            Assert.Null(found.Truth(i));
        }
    }

    [Fact]
    public void Labels_come_from_annotations_where_there_is_no_mask()
    {
        Write();
        File.Delete(_folder.File("SegmentationClass", "sample_001.png"));
        Directory.CreateDirectory(_folder.File("Annotations"));
        File.WriteAllText(_folder.File("Annotations", "sample_001.xml"),
            "<annotation><object><name>class2</name><part><name>head</name></part></object>" +
            "<object><name>class0</name></object><object><name>class2</name></object></annotation>");
        VocDataset found = Open();
        Assert.Equal([0, 2], found.Labels(1));
        Assert.Null(found.MaskOf("sample_001"));
        Assert.NotNull(found.MaskOf("sample_000"));
        Assert.Equal([true, false], Enumerable.Range(0, 2).Select(found.HasMask));
        Assert.Contains("sample_001", Assert.Throws<DataSetException>(() => found.Mask(1)).Message);
        Assert.Contains("sample_999", Assert.Throws<DataSetException>(() => found.MaskOf("sample_999")).Message);
    }

    [Fact]
    public void An_annotation_with_an_unknown_class_or_broken_xml_is_an_error()
    {
        Write();
        string path = _folder.File("Annotations", "sample_001.xml");
        File.Delete(_folder.File("SegmentationClass", "sample_001.png"));
        Assert.Contains("sample_001", Assert.Throws<DataSetException>(() => Open()).Message);
        AtomicFile.WriteText(path, "<annotation><object><name>unicorn</name></object></annotation>");
        Assert.Contains("unicorn", Assert.Throws<DataSetException>(() => Open()).Message);
        AtomicFile.WriteText(path, "<annotation><object>");
        Assert.Contains(path, Assert.Throws<DataSetException>(() => Open()).Message);
    }

    [Fact]
    public void Void_and_background_are_no_labels()
    {
        byte[] mask = [0, 255, 3, 0, 255, 1];
        var sample = new MaskedSample("a", new RgbImage(3, 2, new byte[18]), [0, 2]) { Mask = new LabelMap(3, 2, mask) };
        VocWriter.Write(_folder.Path, "train", new HandMadeSource(["x", "y", "z"], sample), cancellation: Cancellation);
        Assert.Equal([0, 2], Open().Labels(0));
        Assert.Equal(mask, Open().Mask(0).Values);
    }

    [Fact]
    public void Class_names_come_from_the_options_the_folder_or_voc()
    {
        Write();
        Assert.Equal(["a", "b", "c", "d"], Open(options: new VocOptions { ClassNames = ["a", "b", "c", "d"] }).ClassNames);
        Assert.Equal(["class0", "class1", "class2"], Open().ClassNames);
        File.Delete(_folder.File("classes.txt"));
        Assert.Equal(20, Open().ClassNames.Count);
        Assert.Equal("person", Open().ClassNames[14]);
    }

    [Fact]
    public void A_class_index_outside_the_list_is_an_error()
    {
        Write();
        var error = Assert.Throws<DataSetException>(() => Open(options: new VocOptions { ClassNames = ["a", "b"] }));
        Assert.Contains("found 3", error.Message);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        Assert.Contains(
            "'/nowhere'",
            Assert.Throws<DataSetException>(() => VocDataset.Open("/nowhere", "train", null, Cancellation)).Message
        );
        Assert.Contains("JPEGImages", Assert.Throws<DataSetException>(() => Open()).Message);
        Write();
        Assert.Contains("there: train", Assert.Throws<DataSetException>(() => Open("vall")).Message);
        AtomicFile.WriteText(_folder.File("ImageSets", "Segmentation", "empty.txt"), "\n \n");
        Assert.Contains("found none", Assert.Throws<DataSetException>(() => Open("empty")).Message);
        AtomicFile.WriteText(_folder.File("ImageSets", "Segmentation", "twice.txt"), "sample_000\nsample_000\n");
        Assert.Contains("again", Assert.Throws<DataSetException>(() => Open("twice")).Message);
        File.Delete(_folder.File("JPEGImages", "sample_002.jpg"));
        Assert.Contains("sample_002", Assert.Throws<DataSetException>(() => Open()).Message);
    }

    [Fact]
    public void A_mask_of_another_size_and_a_broken_image_are_errors_that_name_the_file()
    {
        Write();
        ImageFile.WriteMask(_folder.File("SegmentationClass", "sample_000.png"), new LabelMap(20, 13, new byte[20 * 13]));
        File.WriteAllBytes(
            _folder.File("JPEGImages", "sample_001.jpg"),
            File.ReadAllBytes(_folder.File("JPEGImages", "sample_001.jpg"))[..^40]
        );
        VocDataset found = Open();
        string size = Assert.Throws<ImageFileException>(() => found.Mask(0)).Message;
        Assert.Contains("21×13", size);
        Assert.Contains("20×13", size);
        Assert.Contains("sample_000.png", size);
        Assert.Contains("sample_001.jpg", Assert.Throws<ImageFileException>(() => found.Load(1)).Message);
    }

    [Fact]
    public void A_broken_mask_is_an_error_when_opening()
    {
        Write();
        File.WriteAllBytes(_folder.File("SegmentationClass", "sample_003.png"), [1, 2, 3]);
        Assert.Contains("sample_003.png", Assert.Throws<ImageFileException>(() => Open()).Message);
    }

    [Fact]
    public void The_fingerprint_changes_with_the_masks_and_only_then()
    {
        HandMadeSource source = Write();
        string before = Open().Fingerprint;
        Assert.Equal(before, Open().Fingerprint);
        byte[] values = [.. source.Mask(2).Values];
        values[^1] = LabelMap.Ignore;
        ImageFile.WriteMask(_folder.File("SegmentationClass", "sample_002.png"), new LabelMap(21, 13, values));
        Assert.NotEqual(before, Open().Fingerprint);
    }

    [Fact]
    public void Splits_choose_a_fifth_of_the_training_masks_by_seed()
    {
        Write(40);
        AtomicFile.WriteText(_folder.File("ImageSets", "Segmentation", "val.txt"), "sample_000\n");
        DataSplits splits = VocDataset.Splits(_folder.Path, seed: 1, cancellation: Cancellation);
        Assert.Equal((40, 8, 1), (splits.Train.Count, splits.Validation.Count, splits.Test.Count));
        string[] Chosen(int seed)
        {
            ISampleSource tune = VocDataset.Splits(_folder.Path, seed, cancellation: Cancellation).Validation;
            return [.. Enumerable.Range(0, tune.Count).Select(tune.Id)];
        }
        Assert.Equal(Chosen(1), Chosen(1));
        Assert.NotEqual(Chosen(1), Chosen(2));

        AtomicFile.WriteText(_folder.File("ImageSets", "Segmentation", "tune.txt"), "sample_003\n");
        Assert.Equal(["sample_003"], Chosen(1));
    }

    [Fact]
    public void Splits_prefer_the_augmented_list_and_its_grey_masks()
    {
        HandMadeSource source = Write(4);
        Write(1, "val");
        AtomicFile.WriteText(_folder.File("ImageSets", "Segmentation", "train_aug.txt"),
            "/JPEGImages/sample_001.jpg /SegmentationClassAug/sample_001.png\nsample_002\n");
        foreach (int i in new[] { 1, 2 })
            ImageFile.WriteGray(_folder.File("SegmentationClassAug", $"sample_00{i}.png"), source.Mask(0));
        DataSplits splits = VocDataset.Splits(_folder.Path, seed: 1, cancellation: Cancellation);
        Assert.Equal("sample_001", splits.Train.Id(0));
        Assert.Equal([0], splits.Train.Labels(0));
        Assert.Equal(source.Mask(0).Values, splits.Train.Mask(0).Values);
    }

    [Fact]
    public void Splits_without_any_mask_are_tuned_on_labels()
    {
        MaskedSample[] samples = [.. Enumerable.Range(0, 10).Select(i => HandMadeSource.Halves($"s{i}", 8, 8, i % 3) with { Mask = null })];
        VocWriter.Write(_folder.Path, "train", new HandMadeSource(["a", "b", "c"], samples), cancellation: Cancellation);
        VocWriter.Write(
            _folder.Path,
            "val",
            new HandMadeSource(["a", "b", "c"], [HandMadeSource.Halves("t", 8, 8, 1) with { Mask = null }]),
            cancellation: Cancellation
        );
        DataSplits splits = VocDataset.Splits(_folder.Path, 1, cancellation: Cancellation);
        Assert.Equal([2], splits.Train.Labels(2));
        Assert.Equal(2, splits.Validation.Count);
        Assert.False(splits.Validation.HasMask(0));
        Assert.Contains(splits.Validation.Id(0), samples.Select(sample => sample.Id));
    }

    [Fact]
    public void The_fingerprint_changes_with_a_photograph_of_the_same_length()
    {
        Write();
        string path = _folder.File("JPEGImages", "sample_002.jpg"), before = Open().Fingerprint;
        byte[] file = File.ReadAllBytes(path);
        file[^3] ^= 1;
        File.WriteAllBytes(path, file);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        Assert.NotEqual(before, Open().Fingerprint);
    }

    [Fact]
    public void Real_photographs_have_the_labels_that_their_list_says()
    {
        string folder = SharedData.VocMini;
        DataSplits splits = VocDataset.Splits(folder, seed: 7, cancellation: Cancellation);
        Assert.Equal((367, 73, 100), (splits.Train.Count, splits.Validation.Count, splits.Test.Count));
        Dictionary<string, int[]> listed = File.ReadLines(Path.Combine(folder, "image_labels.txt"))
            .Select(line => line.Split(' '))
            .ToDictionary(words => words[0], words => words[1..].Select(word => int.Parse(word) - 1).ToArray());
        foreach (ISampleSource part in new[] { splits.Train, splits.Test })
        {
            for (int i = 0; i < part.Count; i++)
                Assert.Equal(listed[part.Id(i)], part.Labels(i));
        }
        Sample sample = splits.Test.Load(0);
        LabelMap mask = splits.Test.Mask(0);
        Assert.Equal((sample.Image.Width, sample.Image.Height), (mask.Width, mask.Height));
        Assert.Contains(LabelMap.Ignore, mask.Values);
    }
}
