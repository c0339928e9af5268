using System.Text;
using Wsss.Data;

namespace Wsss.Tests.Data;

/// <summary>What masks, annotations and class lists of a folder in VOC layout mean: read right, or refused.</summary>
public sealed class VocMeaningTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private VocDataset Open(string split = "train") => VocDataset.Open(_folder.Path, split, null, Cancellation);

    private DataSplits Splits() => VocDataset.Splits(_folder.Path, 1, cancellation: Cancellation);

    /// <summary>Images of 2×1 pixels with these masks, as train.</summary>
    private void Write(string classes, params byte[][] masks) => Write("train", classes, masks);

    private void Write(string split, string classes, params byte[][] masks)
    {
        string[] ids = [.. masks.Select((_, i) => $"{split}{i}")];
        foreach (var (id, mask) in ids.Zip(masks))
        {
            ImageFile.WriteJpeg(_folder.File("JPEGImages", id + ".jpg"), new RgbImage(2, 1, new byte[6]));
            ImageFile.WriteGray(_folder.File("SegmentationClass", id + ".png"), new LabelMap(2, 1, mask));
        }
        AtomicFile.WriteText(_folder.File("ImageSets", "Segmentation", split + ".txt"), string.Join('\n', ids));
        AtomicFile.WriteText(_folder.File("classes.txt"), classes);
    }

    private void Annotate(string xml)
    {
        Write("disc\nbig box\n", [0, 0]);
        File.Delete(_folder.File("SegmentationClass", "train0.png"));
        AtomicFile.WriteText(_folder.File("Annotations", "train0.xml"), xml);
    }

    [Fact]
    public void Binary_masks_of_the_one_class_are_read_as_it_with_a_note()
    {
        Write("disc", [0, 255], [0, 0]);
        Write("val", "disc", [255, 255]);
        foreach (VocDataset train in new[] { Open(), (VocDataset)Splits().Train })
        {
            Assert.Equal([0], train.Labels(0));
            Assert.Equal([0, 1], train.Mask(0).Values);
            Assert.Empty(train.Labels(1));
            DataFinding note = Assert.Single(train.Findings);
            Assert.Equal(FindingSeverity.Note, note.Severity);
            Assert.Contains("255 is read as the object", note.What);
        }
        Assert.Equal([1, 1], Splits().Test.Mask(0).Values);
    }

    [Fact]
    public void A_split_without_objects_does_not_make_void_an_object()
    {
        Write("disc", [1, 255]);
        Write("val", "disc", [0, 255]);
        DataSplits splits = Splits();
        Assert.Equal([1, 255], splits.Train.Mask(0).Values);
        Assert.Equal([0, 255], splits.Test.Mask(0).Values);
        Assert.Empty(splits.Test.Labels(0));
    }

    [Fact]
    public void Binary_masks_of_several_classes_are_refused()
    {
        Write("disc\nbox", [0, 255], [0, 0]);
        string message = Assert.Throws<DataSetException>(() => Open()).Message;
        Assert.Contains("found only 0 and 255", message);
        Assert.Contains("train0.png", message);
        Assert.Contains("Write 1 for disc", message);
    }

    [Theory]
    [InlineData("background\ndisc\nbox\n", "'background'")]
    [InlineData("__background__\ndisc\nbox\n", "'__background__'")]
    [InlineData("__ignore__\n_background_\ndisc\nbox\n", "'__ignore__', '_background_'")]
    [InlineData("0 BG\n1 disc\n2 box\n", "'BG'")]
    [InlineData("\uFEFFBackground\r\ndisc\r\nbox\r\nvoid\r\n", "'Background', 'void'")]
    public void The_background_is_no_class(string classes, string left)
    {
        Write(classes, [1, 2], [0, 1]);
        VocDataset found = Open();
        Assert.Equal(["disc", "box"], found.ClassNames);
        Assert.Equal([0, 1], found.Labels(0));
        DataFinding note = Assert.Single(found.Findings);
        Assert.Equal((FindingSeverity.Note, _folder.File("classes.txt")), (note.Severity, note.File));
        Assert.StartsWith(left + " left out", note.What);
    }

    [Fact]
    public void More_classes_than_a_byte_can_name_are_refused()
    {
        string Classes(int count) => string.Join('\n', Enumerable.Range(0, count).Select(i => $"c{i}"));
        Write(Classes(254), [1, 254]);
        Assert.Equal([0, 253], Open().Labels(0));
        AtomicFile.WriteText(_folder.File("classes.txt"), Classes(255));
        Assert.Contains("found 255 in", Assert.Throws<DataSetException>(() => Open()).Message);
        AtomicFile.WriteText(_folder.File("classes.txt"), "disc");
        var options = new VocOptions { ClassNames = Classes(300).Split('\n') };
        Assert.Contains(
            "found 300",
            Assert.Throws<DataSetException>(() => VocDataset.Open(_folder.Path, "train", options, Cancellation)).Message
        );
    }

    [Theory]
    [InlineData("<annotation xmlns='http://example.org/v'><object><name>disc</name></object></annotation>")]
    [InlineData("<v:annotation xmlns:v='http://example.org/v'><v:object><v:name>disc</v:name></v:object></v:annotation>")]
    [InlineData("<annotations><annotation><object><name> disc </name></object></annotation></annotations>")]
    [InlineData(
        "<?xml version='1.0'?><!DOCTYPE annotation><Annotation><objects><Object><part><name>big "
            + "box</name></part><Name>Disc</Name></Object></objects></Annotation>"
    )]
    [InlineData("<annotation><object><name><![CDATA[disc]]></name><bndbox><name>big box</name></bndbox></object></annotation>")]
    public void Objects_are_found_wherever_an_annotation_has_them(string xml)
    {
        Annotate(xml);
        Assert.Equal([0], Open().Labels(0));
    }

    [Fact]
    public void Names_are_compared_without_case_and_double_blanks()
    {
        Annotate("<annotation><object><name>Big  Box</name></object><object><name>disc</name></object></annotation>");
        Assert.Equal([0, 1], Open().Labels(0));
    }

    [Theory]
    [InlineData("<annotation><filename>train0.jpg</filename></annotation>", FindingSeverity.Note, "has no object")]
    [InlineData("<image><box label='disc'/></image>", FindingSeverity.Warning, "outermost element is not <annotation>")]
    public void An_annotation_without_object_is_told(string xml, FindingSeverity severity, string expected)
    {
        Annotate(xml);
        Assert.Empty(Open().Labels(0));
        DataFinding finding = Assert.Single(Open().Findings);
        Assert.Equal((severity, _folder.File("Annotations", "train0.xml")), (finding.Severity, finding.File));
        Assert.Contains(expected, finding.What);
    }

    [Fact]
    public void Hostile_annotations_are_refused()
    {
        string Refusal(string xml)
        {
            Annotate(xml);
            return Assert.Throws<DataSetException>(() => Open()).Message;
        }
        Assert.Contains("nested more than 64 deep", Refusal(new StringBuilder().Insert(0, "<object>", 80_000).ToString()));
        Assert.Contains("train0.xml", Refusal("<annotation>" + new string('x', 600_000)));
        Assert.Contains(
            "train0.xml",
            Refusal("<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><annotation><object><name>&e;</name></object></annotation>")
        );
        Assert.Contains("found ''", Refusal("<annotation><object/></annotation>"));
    }

    [Fact]
    public void A_mask_on_the_stored_pixels_is_turned_with_its_photograph_and_told()
    {
        Write("disc\nbox", [1, 2]);
        ImageFile.WriteJpeg(_folder.File("JPEGImages", "train0.jpg"), new RgbImage(2, 1, new byte[6]));
        RawPng.Orient(_folder.File("JPEGImages", "train0.jpg"), 6);
        LabelMap mask = Open().Mask(0);
        Assert.Equal((1, 2), (mask.Width, mask.Height));
        Assert.Equal((1, 2), (Open().Load(0).Image.Width, Open().Load(0).Image.Height));
        Assert.Equal([1, 2], mask.Values);
        DataFinding finding = Assert.Single(Open().Findings);
        Assert.Equal((FindingSeverity.Warning, _folder.File("SegmentationClass", "train0.png")), (finding.Severity, finding.File));
        Assert.Contains("only as it is stored", finding.What);

        ImageFile.WriteGray(_folder.File("SegmentationClass", "train0.png"), new LabelMap(1, 2, [2, 1]));
        Assert.Equal([2, 1], Open().Mask(0).Values);
        Assert.Equal(FindingSeverity.Note, Assert.Single(Open().Findings).Severity);
        RawPng.Orient(_folder.File("JPEGImages", "train0.jpg"), 3);
        ImageFile.WriteGray(_folder.File("SegmentationClass", "train0.png"), new LabelMap(2, 1, [2, 1]));
        Assert.Contains("does not tell whether it was drawn on this view", Assert.Single(Open().Findings).What);
        RawPng.Orient(_folder.File("JPEGImages", "train0.jpg"), 6);

        ImageFile.WriteGray(_folder.File("SegmentationClass", "train0.png"), new LabelMap(2, 2, [2, 1, 0, 0]));
        Assert.Contains("1×2, found 2×2", Assert.Throws<ImageFileException>(() => Open().Mask(0)).Message);
        Assert.Equal(FindingSeverity.Error, Assert.Single(Open().Findings).Severity);
    }

    [Fact]
    public void A_palette_of_other_colours_is_read_by_index_and_told()
    {
        Write("disc\nbox", [1, 2]);
        File.WriteAllBytes(
            _folder.File("SegmentationClass", "train0.png"),
            RawPng.Of(2, 1, RawPng.Indexed, 2, [1, 2], [0, 0, 0, 0, 128, 0, 128, 0, 0])
        );
        Assert.Equal([1, 2], Open().Mask(0).Values);
        Assert.Equal([0, 1], Open().Labels(0));
        DataFinding finding = Assert.Single(Open().Findings);
        Assert.Equal(FindingSeverity.Warning, finding.Severity);
        Assert.Contains("read by index", finding.What);
    }
}
