using System.Text.Json;
using System.Xml.Linq;
using Wsss.Annotations;
using Wsss.Data;

namespace Wsss.Tests.Annotations;

public sealed class LabelStudioTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // By hand: 32 bits 4; 00111; 0010 0011 0111 1111; then 1, 00, 011, 11111111 and five zeros.
    [Fact]
    public void One_pixel_is_the_bits_of_the_converter() =>
        Assert.Equal([0, 0, 0, 4, 57, 27, 252, 127, 224], LabelStudioRle.Encode(Masks.Of("1"), 1));

    // 2¹⁶ + 4 bytes are two runs with lengths of 16 bits: 53 bits of head and 2·27 of runs are 107, so 14 bytes.
    [Fact]
    public void A_run_beyond_16_bits_is_two_of_16_bits()
    {
        var mask = new LabelMap(16385, 1, [.. Enumerable.Repeat((byte)1, 16385)]);
        byte[] rle = LabelStudioRle.Encode(mask, 1);
        Assert.Equal(14, rle.Length);
        Assert.Equal(mask.Values, LabelStudioRle.Decode(rle, 16385, 1).Values);
    }

    [Fact]
    public void Every_mask_comes_back()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            LabelMap mask = Masks.Random(1 + seed % 7, 1 + seed, 2, seed);
            Assert.Equal(Masks.Only(mask, 2), LabelStudioRle.Decode(LabelStudioRle.Encode(mask, 2), mask.Width, mask.Height).Values);
        }
    }

    // 0, 01, 11111110 and so on: single values, as the editor in the browser writes them.
    [Fact]
    public void Runs_of_single_values_are_read()
    {
        // Head as above for 4 bytes; 0 (values), 00 (3 bits), 011 (four of them), then 0, 0, 0, 255.
        string bits =
            "00000000000000000000000000000100"
            + "00111"
            + "0010001101111111"
            + "000011"
            + "000000000000000000000000"
            + "11111111"
            + "00000";
        byte[] rle = [.. bits.Chunk(8).Select(eight => Convert.ToByte(new string(eight), 2))];
        Assert.Equal([1], LabelStudioRle.Decode(rle, 1, 1).Values);
    }

    [Fact]
    public void Runs_that_end_early_or_are_of_another_size_are_refused()
    {
        byte[] rle = LabelStudioRle.Encode(Masks.Of("1.1"), 1);
        Assert.Contains("found 12", Assert.Throws<AnnotationException>(() => LabelStudioRle.Decode(rle, 4, 1)).Message);
        Assert.Contains("their end after 9 bytes", Assert.Throws<AnnotationException>(() => LabelStudioRle.Decode(rle[..9], 3, 1)).Message);
    }

    [Fact]
    public void Tasks_have_what_the_import_asks_for()
    {
        LabelMap[] masks = [Masks.Random(5, 4, 2, seed: 3), Masks.Of("...")];
        LabelStudioFile.Write(
            _folder.File("tasks.json"),
            ["cat", "a & b"],
            [new AnnotatedImage("a b/ü#1.jpg", masks[0]), new AnnotatedImage("none.png", masks[1])],
            "model 1"
        );
        LabelStudioFile.WriteInterface(_folder.File("interface.xml"), ["cat", "a & b"]);

        XElement view = XElement.Load(_folder.File("interface.xml"));
        XElement image = view.Element("Image")!,
            brush = view.Element("BrushLabels")!;
        Assert.Equal(["cat", "a & b"], brush.Elements("Label").Select(label => label.Attribute("value")!.Value));
        Assert.Equal(image.Attribute("name")!.Value, brush.Attribute("toName")!.Value);

        using var document = JsonDocument.Parse(File.ReadAllBytes(_folder.File("tasks.json")));
        JsonElement[] tasks = [.. document.RootElement.EnumerateArray()];
        string key = image.Attribute("value")!.Value[1..];
        Assert.Equal(
            ["/data/local-files/?d=a%20b/%C3%BC%231.jpg", "/data/local-files/?d=none.png"],
            tasks.Select(task => task.GetProperty("data").GetProperty(key).GetString())
        );
        Assert.All(tasks, task => Assert.Equal("model 1", task.GetProperty("predictions")[0].GetProperty("model_version").GetString()));
        Assert.Equal(0, tasks[1].GetProperty("predictions")[0].GetProperty("result").GetArrayLength());
        byte[] back = new byte[20];
        JsonElement[] results = [.. tasks[0].GetProperty("predictions")[0].GetProperty("result").EnumerateArray()];
        Assert.Equal(results.Length, results.Select(result => result.GetProperty("id").GetString()).Distinct().Count());
        foreach (JsonElement result in results)
        {
            Assert.Equal("brushlabels", result.GetProperty("type").GetString());
            Assert.Equal(
                (brush.Attribute("name")!.Value, image.Attribute("name")!.Value),
                (result.GetProperty("from_name").GetString(), result.GetProperty("to_name").GetString())
            );
            Assert.Equal(
                (5, 4, 0),
                (
                    result.GetProperty("original_width").GetInt32(),
                    result.GetProperty("original_height").GetInt32(),
                    result.GetProperty("image_rotation").GetInt32()
                )
            );
            JsonElement value = result.GetProperty("value");
            Assert.Equal("rle", value.GetProperty("format").GetString());
            byte label = (byte)(value.GetProperty("brushlabels")[0].GetString() == "cat" ? 1 : 2);
            byte[] rle = [.. value.GetProperty("rle").EnumerateArray().Select(number => number.GetByte())];
            foreach (var (i, inside) in LabelStudioRle.Decode(rle, 5, 4).Values.Index())
                if (inside == 1)
                    back[i] = label;
        }
        Assert.Equal(masks[0].Values, back);
    }
}
