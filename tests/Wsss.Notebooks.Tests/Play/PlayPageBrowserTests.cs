using TorchSharp;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Notebooks.Play;
using Wsss.Notebooks.Tests.Reviews;
using Wsss.Sharpening;
using Wsss.Training;

namespace Wsss.Notebooks.Tests.Play;

/// <summary>The page in a browser; skipped where there is none, or no ONNX Runtime Web.</summary>
public sealed class PlayPageBrowserTests : IDisposable
{
    private const double Tolerance = 1e-3;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Scores_maps_and_masks_are_those_of_the_library(bool hasBackground)
    {
        await using var browser = await Chromium.StartAsync(_folder.File("profile"));
        using var classifier = PlayTrials.Classifier(
            _folder.Path, new Recipe { Techniques = hasBackground ? [new BoundaryLoss()] : [] });
        Sample[] samples = PlayTrials.Samples();
        await browser.OpenAsync(PlayPage.Write(classifier, samples, 0.4, WebRuntime.Open(), _folder.File("page")));
        int classes = classifier.Network.ClassNames.Count;
        for (int i = 0; i < samples.Length; i++)
        {
            await SeeAsync(browser, i);
            AssertClose(Scores(classifier, samples[i]), await browser.EvaluateAsync<float[]>("playNetwork.seen.scores"));
            var expected = Maps(classifier, samples[i]);
            float[] maps = await browser.EvaluateAsync<float[]>("Array.from(playNetwork.seen.maps)");
            AssertClose(expected.Values, maps);

            // Two classes alone are on, whatever was at first; the mask follows the slider by keys.
            bool[] on = await browser.EvaluateAsync<bool[]>(
                "Array.from(document.querySelectorAll('.class'), button => button.getAttribute('aria-pressed') === 'true')");
            for (int c = 0; c < classes; c++)
                if (on[c] != c is 1 or 4) await browser.PressAsync($"{c + 1}");
            if (i == 0) await browser.PressAsync("]", "]", "[");
            int pixels = expected.Width * expected.Height;
            float[] two = [.. maps.AsSpan(pixels, pixels), .. maps.AsSpan(4 * pixels, pixels)];
            var shown = new LocalizationMaps("", expected.Width, expected.Height, [1, 4], two);
            byte[] mask = ThresholdRule.Apply(shown, 0.41f).Values;
            Assert.True(mask.Distinct().Count() > 1);
            Assert.Equal(
                mask.Select(label => (int)label), await browser.EvaluateAsync<int[]>("Array.from(playNetwork.seen.labels)"));
            Assert.Equal(
                mask.Count(label => label != 0),
                await browser.EvaluateAsync<int>(
                    "(c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data"
                        + ".filter((value, i) => i % 4 === 3 && value > 0).length)(document.getElementById('mask'))"));
            Assert.Equal(2, await browser.EvaluateAsync<int>("document.querySelectorAll('#maps canvas').length"));
        }
        Assert.DoesNotContain(browser.Requests, url => !url.StartsWith("file:", StringComparison.Ordinal)
            && !url.StartsWith("data:", StringComparison.Ordinal) && !url.StartsWith("blob:", StringComparison.Ordinal));
        Assert.Empty(browser.Complaints);
    }

    [Theory]
    [InlineData(1280, 3)]
    [InlineData(390, 1)]
    public async Task The_page_fits_its_window(int width, int columns)
    {
        await using var browser = await Chromium.StartAsync(_folder.File("profile"));
        await browser.ResizeAsync(width, 800);
        await OpenAsync(browser);
        Assert.True(await browser.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        Assert.Equal(
            columns,
            await browser.EvaluateAsync<int>("getComputedStyle(document.querySelector('main')).gridTemplateColumns.split(' ').length"));
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task A_picture_that_is_dropped_is_seen_and_what_is_none_is_told()
    {
        await using var browser = await Chromium.StartAsync(_folder.File("profile"));
        await OpenAsync(browser);
        await DropAsync(
            browser,
            "await new Promise(done => Object.assign(document.createElement('canvas'), { width: 384, height: 192 }).toBlob(done))");
        await browser.WaitAsync("playNetwork.seen.picture.width === 96 && playNetwork.seen.picture.height === 48");
        Assert.Equal(0, await browser.EvaluateAsync<int>("document.querySelectorAll('.sample input:checked').length"));
        await DropAsync(browser, "'not a picture'");
        await browser.WaitAsync("document.getElementById('status').textContent.includes('a.png')");
        Assert.Equal(96, await browser.EvaluateAsync<int>("playNetwork.seen.picture.width"));
        Assert.Empty(browser.Complaints);
    }

    private static Task<bool> DropAsync(Chromium browser, string content) => browser.EvaluateAsync<bool>(
        $$"""
        (async () => {
          const data = new DataTransfer();
          data.items.add(new File([{{content}}], 'a.png', { type: 'image/png' }));
          return document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true })) || true;
        })()
        """);

    private async Task OpenAsync(Chromium browser)
    {
        using var classifier = PlayTrials.Classifier(_folder.Path, new Recipe());
        await browser.OpenAsync(PlayPage.Write(classifier, PlayTrials.Samples(), 0.3, WebRuntime.Open(), _folder.File("page")));
        await browser.WaitAsync("playNetwork.seen");
    }

    /// <summary>Picks a sample and waits until the network has seen it.</summary>
    private static async Task SeeAsync(Chromium browser, int number)
    {
        await browser.WaitAsync("playNetwork.seen");
        if (number == 0) return;
        await browser.EvaluateAsync<bool>(
            $"(playNetwork.seen = null, document.querySelectorAll('.sample input')[{number}].click(), true)");
        await browser.WaitAsync("playNetwork.seen");
    }

    private static float[] Scores(TrainedClassifier classifier, Sample sample)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        return classifier.Network.call(Loader.ImageTensor(sample.Image, torch.CPU), null).Head.Logits.sigmoid().data<float>().ToArray();
    }

    private static LocalizationMaps Maps(TrainedClassifier classifier, Sample sample)
    {
        int[] all = [.. Enumerable.Range(0, classifier.Network.ClassNames.Count)];
        return new MapInference().Extract(classifier.Network, [sample with { Labels = all }], torch.CPU)[0];
    }

    private static void AssertClose(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.InRange(expected.Zip(found, (a, b) => Math.Abs(a - b)).Max(), 0, Tolerance);
        Assert.True(expected.Max() - expected.Min() > 100 * Tolerance, "Nothing can be told from values that are all alike.");
    }
}
