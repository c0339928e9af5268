using System.Globalization;
using System.Xml.Linq;
using Wsss.Annotations;
using Wsss.Data;

namespace Wsss.Tests.Annotations;

public sealed class CvatFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The example of CVAT's documentation of the format: a disc of 13×15 pixels.
    private static readonly int[] Disc =
        [3, 5, 7, 7, 5, 9, 3, 11, 2, 11, 2, 12, 1, 12, 1, 26, 1, 12, 1, 12, 2, 11, 3, 9, 5, 7, 7, 5, 3];

    [Fact]
    public void Runs_are_those_of_the_documentation()
    {
        byte[] values = [.. Disc.SelectMany((length, i) => Enumerable.Repeat((byte)(i % 2), length))];
        var mask = new LabelMap(13, 15, values);
        Assert.Equal(Disc, CvatFile.Runs(mask, 1, MaskRegion.Of(mask, 1)));
    }

    [Fact]
    public void Runs_within_the_box_begin_outside()
    {
        LabelMap mask = Masks.Of(
            "....",
            ".12.",
            ".111");
        Assert.Equal(new MaskRegion(1, 1, 3, 2, 4), MaskRegion.Of(mask, 1));
        Assert.Equal([0, 1, 2, 3], CvatFile.Runs(mask, 1, MaskRegion.Of(mask, 1)));
        Assert.Equal(new MaskRegion(0, 0, 0, 0, 0), MaskRegion.Of(mask, 5));
    }

    [Fact]
    public void The_file_is_of_version_1_1_and_its_masks_come_back()
    {
        LabelMap[] masks = [Masks.Random(6, 5, 2, seed: 4), Masks.Of("..", ".."), Masks.Of("..2", "...")];
        string[] files = ["a<&>\"'.jpg", "bell\u0007.png", "deep/er/c.jpg"];
        CvatFile.Write(_folder.File("cvat.xml"), ["cat", "<dog>"], files.Zip(masks, (file, mask) => new AnnotatedImage(file, mask)));

        XElement root = XElement.Load(_folder.File("cvat.xml"));
        Assert.Equal(("annotations", "1.1"), (root.Name.LocalName, root.Element("version")!.Value));
        Assert.Equal(["cat", "<dog>"], root.Descendants("label").Select(label => label.Element("name")!.Value));
        XElement[] images = [.. root.Elements("image")];
        Assert.Equal(["0", "1", "2"], images.Select(image => image.Attribute("id")!.Value));
        Assert.Equal(["a<&>\"'.jpg", "bell\uFFFD.png", "deep/er/c.jpg"], images.Select(image => image.Attribute("name")!.Value));
        for (int i = 0; i < masks.Length; i++)
        {
            Assert.Equal((masks[i].Width, masks[i].Height), (Number(images[i], "width"), Number(images[i], "height")));
            byte[] back = new byte[masks[i].Values.Length];
            foreach (XElement mask in images[i].Elements("mask")) Add(mask, masks[i], back);
            Assert.Equal(masks[i].Values, back);
        }
    }

    private static void Add(XElement mask, LabelMap whole, byte[] back)
    {
        Assert.Equal(
            ("auto", "0", "0"),
            (mask.Attribute("source")!.Value, mask.Attribute("occluded")!.Value, mask.Attribute("z_order")!.Value)
        );
        int[] runs = [.. mask.Attribute("rle")!.Value.Split(", ").Select(run => int.Parse(run, CultureInfo.InvariantCulture))];
        int left = Number(mask, "left"),
            top = Number(mask, "top"),
            width = Number(mask, "width");
        Assert.Equal(width * Number(mask, "height"), runs.Sum());
        byte label = (byte)(mask.Attribute("label")!.Value == "cat" ? 1 : 2);
        byte[] inside = [.. runs.SelectMany((length, i) => Enumerable.Repeat((byte)(i % 2), length))];
        foreach (var (i, value) in inside.Index())
            if (value == 1)
                back[(top + i / width) * whole.Width + left + i % width] = label;
    }

    private static int Number(XElement element, string name) => int.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
