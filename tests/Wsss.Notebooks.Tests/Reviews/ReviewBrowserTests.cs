using Wsss.Data;
using Wsss.Figures;
using Wsss.Localization;
using Wsss.Notebooks.Reviews;
using Wsss.Pipeline;

namespace Wsss.Notebooks.Tests.Reviews;

/// <summary>The page in a browser; skipped where there is none.</summary>
public sealed class ReviewBrowserTests : IDisposable
{
    /// <summary>The labels of the first classes by their colours on the page.</summary>
    private static readonly Dictionary<(int, int, int), byte> Labels = Enumerable
        .Range(0, 4)
        .ToDictionary(c => (ReviewPage.ColorOf(c)[0], ReviewPage.ColorOf(c)[1], ReviewPage.ColorOf(c)[2]), c => (byte)(c + 1));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private RunContext Run => RunContext.Open("cpu", _folder.File("store"));

    private Task<Chromium> BrowserAsync() => Chromium.StartAsync(_folder.File("profile"));

    private (MapFolder Maps, string Page) Write(Blobs source)
    {
        var maps = MapFolder.Write(
            _folder.File("maps"), source, Enumerable.Range(0, source.Count).Select(i => (source.Load(i), source.Maps(i))), null, Run);
        return (maps, ReviewPage.OfMaps(maps, source, _folder.File("review"), Run));
    }

    [Fact]
    public async Task Of_a_thousand_photographs_those_in_view_are_drawn_and_the_slider_follows_the_rule_of_masks()
    {
        await using var browser = await BrowserAsync();
        var (maps, page) = Write(new Blobs(1000, "disc", "bar"));
        await browser.ResizeAsync(1280, 800);
        await browser.OpenAsync(page);
        await browser.WaitAsync("document.querySelectorAll('.card canvas[width=\"160\"]').length === 1");
        Assert.Equal(1000, await browser.EvaluateAsync<int>("document.querySelectorAll('.card').length"));
        Assert.InRange(browser.Requests.Count(url => url.EndsWith(".js", StringComparison.Ordinal)), 10, 80);
        await browser.EvaluateAsync<bool>(Input("opacity", 100));
        foreach (int hundredths in (int[])[0, 30, 37, 60, 85, 100])
        {
            await browser.EvaluateAsync<bool>(Input("threshold", hundredths));
            foreach (int index in (int[])[0, 3, 8, 10]) await RequireMaskAsync(browser, maps, index, hundredths / 100f, _ => true);
        }
        await browser.EvaluateAsync<bool>(Input("threshold", 20));
        await browser.PressAsync("1");
        await RequireMaskAsync(browser, maps, 8, 0.2f, c => c == 1);
        await browser.PressAsync("0");
        await RequireMaskAsync(browser, maps, 8, 0.2f, _ => true);

        await browser.EvaluateAsync<bool>("(document.querySelector('[data-number=\"990\"]').scrollIntoView(), true)");
        await RequireMaskAsync(browser, maps, 990, 0.2f, _ => true);
        Assert.Equal(0, await browser.EvaluateAsync<int>("document.querySelector('[data-number=\"0\"] canvas').width"));
        Assert.DoesNotContain(browser.Requests, url => !url.StartsWith("file://", StringComparison.Ordinal));
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task The_most_doubtful_come_first_when_asked_for()
    {
        await using var browser = await BrowserAsync();
        var (maps, page) = Write(new Blobs(40, "disc", "bar"));
        await browser.OpenAsync(page);
        await browser.EvaluateAsync<bool>(Input("threshold", 60));
        await browser.EvaluateAsync<bool>(Change("order", "doubt"));
        int[] order = await browser.EvaluateAsync<int[]>(
            "Array.from(document.querySelectorAll('.card'), card => Number(card.dataset.number))"
        );
        int[] doubt = [.. maps.Ids.Select(id => MapDoubt.Of(Thumbnails.Of(maps.Read(id), ReviewPage.MapSide))[60])];
        Assert.Equal(Enumerable.Range(0, 40).OrderByDescending(i => doubt[i]).ThenBy(i => i), order);
        Assert.True(doubt[order[0]] > doubt[order[^1]]);
    }

    [Fact]
    public async Task Keys_mark_images_and_the_file_that_is_saved_is_what_the_library_reads()
    {
        await using var browser = await BrowserAsync();
        var source = new Blobs(12, "disc", "bar");
        var (_, page) = Write(source);
        await browser.DownloadToAsync(_folder.Path);
        await browser.OpenAsync(page);
        // The first is good, the second bad, the third left out, the fourth good and then not, the one below the fourth bad.
        await browser.PressAsync("g", "ArrowRight", "b", "ArrowRight", "x", "ArrowRight", "g", "g", "ArrowDown", "x", "b");
        await browser.PressAsync([.. Enumerable.Repeat("]", 7)]);
        int below =
            3
            + await browser.EvaluateAsync<int>("getComputedStyle(document.getElementById('cards')).gridTemplateColumns.split(' ').length");
        await browser.PressAsync("s");
        await RequireDecisionsAsync();

        File.Delete(_folder.File("decisions.json"));
        await browser.EvaluateAsync<bool>("new Promise(done => setTimeout(() => done(true), 500))"); // the threshold comes to rest
        await browser.OpenAsync(page);
        Assert.Equal(
            "1 good · 2 bad · 1 left out · 8 unmarked",
            await browser.EvaluateAsync<string>("document.getElementById('counts').textContent")
        );
        await browser.EvaluateAsync<bool>("(document.getElementById('save').click(), true)");
        await RequireDecisionsAsync();

        await browser.EvaluateAsync<bool>(Change("only", "bad"));
        Assert.Equal(
            [1, below],
            await browser.EvaluateAsync<int[]>("Array.from(document.querySelectorAll('.card'), card => Number(card.dataset.number))")
        );
        await browser.PressAsync("?");
        Assert.True(await browser.EvaluateAsync<bool>("document.getElementById('help').open"));
        Assert.Empty(browser.Complaints);

        async Task RequireDecisionsAsync()
        {
            string file = _folder.File("decisions.json");
            while (!File.Exists(file))
                await Task.Delay(20, TestContext.Current.CancellationToken);
            var decisions = ReviewDecisions.Load(file, source.Fingerprint, [.. Enumerable.Range(0, source.Count).Select(source.Id)]);
            Assert.Equal(0.37f, decisions.Threshold);
            Assert.Equal(["blob 0000"], decisions.Good);
            Assert.Equal(["blob 0001", source.Id(below)], decisions.Bad);
            Assert.Equal(["blob 0002"], decisions.LeaveOut);
        }
    }

    [Fact]
    public async Task Predicted_masks_are_drawn_and_hostile_names_are_nothing_but_text()
    {
        await using var browser = await BrowserAsync();
        string[] hostile = ReviewPageTests.HostileNames;
        string predictions = ReviewPageTests.WritePredictions(_folder.File("predictions"), hostile);
        await browser.OpenAsync(ReviewPage.OfPredictions(predictions, _folder.File("review"), Run));
        await browser.EvaluateAsync<bool>(Input("opacity", 100));
        Assert.Equal(ReviewPageTests.MaskOf(1), await LabelsAsync(browser, 1));
        await browser.PressAsync("2");
        Assert.Equal(ReviewPageTests.MaskOf(1).Select(label => label == 2 ? (byte)0 : label), await LabelsAsync(browser, 1));

        Assert.Equal(
            hostile,
            await browser.EvaluateAsync<string[]>("Array.from(document.querySelectorAll('.name'), name => name.textContent)")
        );
        Assert.Equal(
            hostile,
            await browser.EvaluateAsync<string[]>("Array.from(document.querySelectorAll('.class bdi'), name => name.textContent)")
        );
        Assert.False(
            await browser.EvaluateAsync<bool>(
                "'hacked' in window || document.querySelector('#cards script, #cards [onerror], #cards svg') !== null"
            )
        );
        Assert.DoesNotContain(browser.Requests, url => !url.StartsWith("file://", StringComparison.Ordinal));
        Assert.Empty(browser.Complaints);
        // The policy refuses what gets in by another way.
        await browser.EvaluateAsync<bool>(
            "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hacked = 1\"><img "
                + "src=\"http://127.0.0.1:9/a.png\">') ?? true"
        );
        await browser.WaitAsync("document.images[document.images.length - 1].complete");
        Assert.False(await browser.EvaluateAsync<bool>("'hacked' in window"));
        Assert.Contains(browser.Complaints, complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    /// <summary>The canvas shows what the library makes of the maps as the page has them.</summary>
    private static async Task RequireMaskAsync(Chromium browser, MapFolder folder, int index, float threshold, Func<int, bool> isOn)
    {
        var maps = folder.Read(folder.Ids[index]);
        var planes = Thumbnails.Of(maps, ReviewPage.MapSide);
        int[] kept = [.. Enumerable.Range(0, planes.Count).Where(k => isOn(maps.Classes[k]))];
        var (width, height) = planes.Count == 0 ? (1, 1) : (planes[0].Width, planes[0].Height);
        var shown = new LocalizationMaps(
            maps.Id,
            width,
            height,
            [.. kept.Select(k => maps.Classes[k])],
            [.. kept.SelectMany(k => planes[k].Values).Select(value => value / 255f)]
        );
        Assert.Equal(ThresholdRule.Apply(shown, threshold).Values, await LabelsAsync(browser, index));
    }

    /// <summary>The labels that a card's canvas shows in their colours, once it is drawn.</summary>
    private static async Task<IEnumerable<byte>> LabelsAsync(Chromium browser, int index)
    {
        string canvas = $"document.querySelector('[data-number=\"{index}\"] canvas')";
        await browser.WaitAsync($"{canvas}.width > 0");
        int[] rgba = await browser.EvaluateAsync<int[]>(
            $"new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {{ const c = {canvas}; " +
            "done(Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)); })))");
        return [.. rgba.Chunk(4).Select(Label)];

        static byte Label(int[] pixel)
        {
            Assert.Contains(pixel[3], (int[])[0, 255]);
            return pixel[3] == 0 ? (byte)0 : Labels[(pixel[0], pixel[1], pixel[2])];
        }
    }

    private static string Input(string id, int value) => Dispatch(id, $"{value}", "input");

    private static string Change(string id, string value) => Dispatch(id, value, "change");

    private static string Dispatch(string id, string value, string kind) =>
        $"(element => {{ element.value = '{value}'; element.dispatchEvent(new Event('{kind}')); return true; }})"
            + $"(document.getElementById('{id}'))";
}
