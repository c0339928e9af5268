using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Notebooks.Reviews;

namespace Wsss.Notebooks.Tests.Reviews;

public sealed partial class ReviewPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    internal static string[] HostileNames { get; } =
    [
        "</script><script>window.hacked = 1</script>",
        "<img src=x onerror=\"window.hacked = 1\">",
        "__proto__",
        "'); window.hacked = 1; ('\u2028<!--",
    ];

    private RunContext Run => RunContext.Open("cpu", _folder.File("store"));

    /// <summary>A mask of 6×4 pixels with two of the classes, undecided pixels and background.</summary>
    internal static byte[] MaskOf(int index) =>
        [
            .. Enumerable
                .Range(0, 24)
                .Select(i =>
                    (byte)(
                        i < 6 ? 0
                        : i < 14 ? index
                        : i < 22 ? index + 1
                        : 0
                    )
                ),
        ];

    /// <summary>Predictions of images by name, of classes of the same names.</summary>
    internal static string WritePredictions(string folder, string[] names, double? doubt = null)
    {
        for (int i = 0; i < names.Length; i++)
        {
            ImageFile.WritePng(Path.Combine(folder, $"photo-{i}.png"), new RgbImage(6, 4, [.. Enumerable.Repeat((byte)(40 * i), 72)]));
            ImageFile.WriteMask(Path.Combine(folder, "masks", $"{i}.png"), new LabelMap(6, 4, MaskOf(i)));
        }
        var images = names.Select(
            (id, i) =>
                new
                {
                    id,
                    image = $"photo-{i}.png",
                    mask = $"masks/{i}.png",
                    labels = Array.Empty<string>(),
                    size = (int[])[6, 4],
                    doubt,
                }
        );
        File.WriteAllText(
            Path.Combine(folder, "predictions.json"),
            JsonSerializer.Serialize(
                new
                {
                    classes = names,
                    images,
                    network = "unknown",
                }
            )
        );
        return folder;
    }

    [Fact]
    public void The_page_has_each_photograph_and_its_maps_in_8_bits_beside_it_and_loads_nothing_from_elsewhere()
    {
        var source = new Blobs(12, "disc", "bar <b>");
        var maps = MapFolder.Write(
            _folder.File("maps"),
            source,
            Enumerable.Range(0, 12).Select(i => (source.Load(i), source.Maps(i))),
            null,
            Run
        );
        string page = ReviewPage.OfMaps(maps, source, _folder.File("review"), Run),
            html = File.ReadAllText(page);
        Assert.Equal(_folder.File("review/index.html"), page);
        Assert.DoesNotMatch(Remote(), html);
        Assert.DoesNotContain("bar <b>", html);
        foreach (string file in (string[])["report.css", "review.css", "review-draw.js", "review.js"])
            Assert.DoesNotMatch(Remote(), File.ReadAllText(_folder.File($"review/{file}")));

        var data = Data(html);
        Assert.Equal(source.Fingerprint, data.GetProperty("data").GetString());
        Assert.Equal("bar <b>", data.GetProperty("classes")[1].GetProperty("name").GetString());
        Assert.Equal([249, 6, 6], Numbers(data.GetProperty("classes")[0].GetProperty("color"))); // hsl(0, 95 %, 50 %)
        Assert.Equal([66, 250, 120], Numbers(data.GetProperty("classes")[1].GetProperty("color"))); // hsl(137.5, 95 %, 62 %)
        var first = data.GetProperty("images")[0];
        Assert.Equal("blob 0000", first.GetProperty("id").GetString());
        Assert.Equal([400, 260], Numbers(first.GetProperty("size")));
        Assert.Equal([160, 104], Numbers(first.GetProperty("shown")));
        Assert.Equal([0, 1], Numbers(first.GetProperty("classes")));
        Assert.Equal((320, 208), ImageFile.ReadSize(_folder.File("review/review-photographs/0.jpg")));

        byte[] third = Unpack(3);
        Assert.Equal(maps.Read("blob 0003").Values.Select(value => (byte)(255 * value + 0.5f)), third);
        Assert.Equal(2 * 160 * 104, Unpack(0).Length);
        Assert.Equal([0], Unpack(10)); // no class
        Assert.Equal(12, Directory.GetFiles(_folder.File("review/review-maps")).Length);
    }

    [Fact]
    public void Hostile_names_stay_inside_the_data_and_are_whole_there()
    {
        string page = ReviewPage.OfPredictions(
            WritePredictions(_folder.File("<b>predictions"), HostileNames, 0.25),
            _folder.File("review"),
            Run
        );
        string html = File.ReadAllText(page);
        Assert.Equal(3, ScriptTag().Count(html)); // the page's own two and the data
        Assert.Contains("<title>Predictions in &lt;b&gt;predictions</title>", html);
        Assert.DoesNotContain("<img", html);
        Assert.DoesNotContain('\u2028', html);
        var images = Data(html).GetProperty("images").EnumerateArray().ToArray();
        Assert.Equal(HostileNames, images.Select(image => image.GetProperty("id").GetString()));
        Assert.Equal(0.25, images[0].GetProperty("doubt").GetDouble());
        Assert.Equal([0, 1], Numbers(images[1].GetProperty("classes")));
        Assert.Equal(MaskOf(1), Unpack(1));
    }

    [Fact]
    public void Doubt_is_the_share_of_pixels_within_a_twentieth_of_the_threshold()
    {
        // Strongest: 70, 90, 0, 255. Near 0.30 (76.5 of 255) is 63.75 … 89.25, near 0.31 66.3 … 91.8, near 0.20 38.25 … 63.75.
        int[] near = MapDoubt.Of([new LabelMap(4, 1, [70, 10, 0, 255]), new LabelMap(4, 1, [3, 90, 0, 0])]);
        Assert.Equal(101, near.Length);
        Assert.Equal([250, 500, 0], [near[30], near[31], near[20]]);
        Assert.Equal([250, 250, 0, 0], [near[0], near[100], near[6], near[94]]);
        Assert.All(MapDoubt.Of([]), share => Assert.Equal(0, share));
    }

    [Fact]
    public void Broken_predictions_are_errors_that_name_the_file_and_leave_no_whole_page()
    {
        string folder = WritePredictions(_folder.File("predictions"), ["a", "b", "c"]),
            list = Path.Combine(folder, "predictions.json"),
            whole = File.ReadAllText(list);
        string page = ReviewPage.OfPredictions(folder, _folder.File("review"), Run);
        RequireError(whole.Replace("\"b\"", "\"a\""), "'a' 2 times");
        RequireError("""{"classes": ["a"], "images": []}""", "predictions.json");
        RequireError("""{"classes": ["a"]}""", "predictions.json");
        RequireError(whole.Replace("photo-1.png", "none.png"), "none.png");
        RequireError(whole.Replace("[\"a\",\"b\",\"c\"]", "[\"a\"]"), "1.png");
        File.WriteAllText(list, whole);
        ImageFile.WriteMask(Path.Combine(folder, "masks", "1.png"), new LabelMap(4, 6, new byte[24]));
        RequireError(whole, "6×4 pixels, found 4×6");
        Assert.Contains("Not all of this page is written", File.ReadAllText(page));
        File.Delete(list);
        Assert.Contains(
            folder,
            Assert.Throws<DataSetException>(() => ReviewPage.OfPredictions(folder, _folder.File("review"), Run)).Message
        );

        void RequireError(string json, string found)
        {
            File.WriteAllText(list, json);
            Assert.Contains(
                found,
                Assert.ThrowsAny<WsssException>(() => ReviewPage.OfPredictions(folder, _folder.File("review"), Run)).Message
            );
        }
    }

    [Fact]
    public void Files_of_somebody_else_stay_where_a_review_is_written_to()
    {
        string folder = WritePredictions(_folder.File("predictions"), ["a", "b", "c"]), own = Path.Combine(folder, "photographs", "0.jpg");
        ImageFile.WriteJpeg(own, new RgbImage(400, 2, new byte[2400]), 85);
        ReviewPage.OfPredictions(folder, folder, Run);
        ReviewPage.OfPredictions(folder, folder, Run);
        Assert.Equal((400, 2), ImageFile.ReadSize(own));

        string site = _folder.File("site"), index = Path.Combine(site, "index.html");
        Directory.CreateDirectory(site);
        File.WriteAllText(index, "mine");
        Assert.Contains(index, Assert.Throws<WsssException>(() => ReviewPage.OfPredictions(folder, site, Run)).Message);
        Assert.Equal("mine", File.ReadAllText(index));
        Assert.Single(Directory.GetFileSystemEntries(site));
    }

    [Fact]
    public void Maps_of_other_data_are_an_error()
    {
        var source = new Blobs(3, "disc", "bar");
        var maps = MapFolder.Write(
            _folder.File("maps"),
            source,
            Enumerable.Range(0, 3).Select(i => (source.Load(i), source.Maps(i))),
            null,
            Run
        );
        Assert.Contains(
            "there are none of",
            Assert.Throws<DataSetException>(() => ReviewPage.OfMaps(maps, new Blobs(4, "disc", "bar"), _folder.File("review"), Run)).Message
        );
        Assert.False(Directory.Exists(_folder.File("review")));
    }

    private byte[] Unpack(int number)
    {
        string script = File.ReadAllText(_folder.File($"review/review-maps/{number}.js"));
        Match match = Chunk().Match(script);
        Assert.Equal($"{number}", match.Groups[1].Value);
        using var zlib = new ZLibStream(new MemoryStream(Convert.FromBase64String(match.Groups[2].Value)), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        zlib.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static JsonElement Data(string html) => JsonDocument.Parse(DataScript().Match(html).Groups[1].Value).RootElement;

    private static int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetInt32())];

    [GeneratedRegex("""<script type="application/json" id="data">([^<]*)</script>""")]
    private static partial Regex DataScript();

    [GeneratedRegex("<script")]
    private static partial Regex ScriptTag();

    [GeneratedRegex(@"^receiveMaps\((\d+), '([A-Za-z0-9+/=]*)'\);\n$")]
    private static partial Regex Chunk();

    [GeneratedRegex("https?:|//[a-z]")]
    private static partial Regex Remote();
}
