using System.Text.Json;
using Wsss.Annotations;
using Wsss.Data;

namespace Wsss.Tests.Annotations;

public sealed class CocoFileTests : IDisposable
{
    private static readonly string[] Names = ["cat", "dog \"Rex\"", "bird"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(nameof(CocoForm.Rle))]
    [InlineData(nameof(CocoForm.Counts))]
    [InlineData(nameof(CocoForm.Polygons))]
    public void Masks_come_back_pixel_for_pixel_from_a_file_as_COCO_defines_it(string form)
    {
        LabelMap[] masks =
        [
            Masks.Random(9, 7, 3, seed: 1),
            Masks.Of("....", "...."),
            Masks.Of("333", "3.3", "333"),
            Masks.Random(20, 31, 1, seed: 2),
        ];
        for (int i = 0; i < masks.Length; i++)
            ImageFile.WriteMask(_folder.File($"{i}.png"), masks[i]);
        CocoFile.Write(
            _folder.File("coco.json"),
            Names,
            masks.Select((_, i) => new AnnotatedImage($"sub/{i}.jpg", ImageFile.ReadMask(_folder.File($"{i}.png")))),
            Enum.Parse<CocoForm>(form)
        );

        using var document = JsonDocument.Parse(File.ReadAllBytes(_folder.File("coco.json")));
        JsonElement root = document.RootElement;
        Assert.Equal(Names, root.GetProperty("categories").EnumerateArray().Select(category => category.GetProperty("name").GetString()));
        Assert.Equal([1, 2, 3], root.GetProperty("categories").EnumerateArray().Select(category => category.GetProperty("id").GetInt32()));
        JsonElement[] images = [.. root.GetProperty("images").EnumerateArray()],
            annotations = [.. root.GetProperty("annotations").EnumerateArray()];
        Assert.Equal(
            [.. Enumerable.Range(1, annotations.Length)],
            annotations.Select(annotation => annotation.GetProperty("id").GetInt32())
        );
        Assert.Equal(3 + 0 + 1 + 1, annotations.Length);
        for (int i = 0; i < masks.Length; i++)
        {
            Assert.Equal((i + 1, $"sub/{i}.jpg"), (images[i].GetProperty("id").GetInt32(), images[i].GetProperty("file_name").GetString()));
            Assert.Equal(
                (masks[i].Width, masks[i].Height),
                (images[i].GetProperty("width").GetInt32(), images[i].GetProperty("height").GetInt32())
            );
            byte[] back = new byte[masks[i].Values.Length];
            foreach (JsonElement annotation in annotations.Where(annotation => annotation.GetProperty("image_id").GetInt32() == i + 1))
                Add(annotation, masks[i], back);
            Assert.Equal(masks[i].Values, back);
        }
    }

    private static void Add(JsonElement annotation, LabelMap mask, byte[] back)
    {
        JsonElement segmentation = annotation.GetProperty("segmentation");
        byte label = (byte)annotation.GetProperty("category_id").GetInt32();
        byte[] pixels = CocoMask.Read(segmentation, mask.Width, mask.Height).Values;
        Assert.Equal(0, annotation.GetProperty("iscrowd").GetInt32());
        Assert.Equal(pixels.Sum(value => value), annotation.GetProperty("area").GetInt32());
        int[] inside = [.. Enumerable.Range(0, pixels.Length).Where(i => pixels[i] == 1)];
        int left = inside.Min(i => i % mask.Width), top = inside.Min(i => i / mask.Width);
        Assert.Equal(
            [left, top, inside.Max(i => i % mask.Width) - left + 1, inside.Max(i => i / mask.Width) - top + 1],
            annotation.GetProperty("bbox").EnumerateArray().Select(number => number.GetInt32()));
        foreach (int i in inside)
        {
            Assert.Equal(0, back[i]);
            back[i] = label;
        }
    }

    [Fact]
    public void Each_form_is_written_as_its_readers_expect_it()
    {
        Assert.Equal("""{"size":[2,3],"counts":"132"}""", Segmentation(CocoForm.Rle));
        Assert.Equal("""{"size":[2,3],"counts":[1,3,2]}""", Segmentation(CocoForm.Counts));
        Assert.Equal("[[1,0,2,0,2,2,0,2,0,1,1,1]]", Segmentation(CocoForm.Polygons));

        string Segmentation(CocoForm form)
        {
            CocoFile.Write(_folder.File("one.json"), Names, [new AnnotatedImage("one.jpg", Masks.Of(".1.", "11."))], form);
            using var document = JsonDocument.Parse(File.ReadAllBytes(_folder.File("one.json")));
            return document.RootElement.GetProperty("annotations")[0].GetProperty("segmentation").GetRawText();
        }
    }

    [Fact]
    public void A_label_without_class_is_refused_and_no_file_is_left()
    {
        var error = Assert.Throws<AnnotationException>(() =>
            CocoFile.Write(_folder.File("coco.json"), Names, [new AnnotatedImage("odd.jpg", Masks.Of("14"))], CocoForm.Rle));
        Assert.Contains("labels 0…3 in the mask of 'odd.jpg', found 4", error.Message);
        Assert.Empty(_folder.Files);
    }

    [Theory]
    [InlineData("7", "found 7")]
    [InlineData("""{"size": [2, 3]}""", "under 'counts'")]
    [InlineData("""{"size": [3, 2], "counts": [6]}""", "[2, 3], found [3, 2]")]
    [InlineData("""{"size": [2, 3], "counts": [1.5, 4.5]}""", "found 1.5")]
    [InlineData("""{"size": [2, 3], "counts": "1"}""", "found 1")]
    [InlineData("""{"size": "2", "counts": "6"}""", "a list of numbers")]
    [InlineData("""[[0, 0, 1, "1", 0, 1]]""", "numbers only, found \"1\"")]
    [InlineData("[[0, 0, 1, 1]]", "three corners")]
    public void A_segmentation_of_another_form_is_refused(string json, string found)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Contains(found, Assert.Throws<AnnotationException>(() => CocoMask.Read(document.RootElement, 3, 2)).Message);
    }
}
