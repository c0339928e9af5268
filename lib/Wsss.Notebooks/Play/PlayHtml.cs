using System.Text.Json;
using Wsss.Models;
using Wsss.Notebooks.Reports;

namespace Wsss.Notebooks.Play;

/// <summary>The page's HTML. Names of classes are in its data alone; the script shows them as text.</summary>
internal static class PlayHtml
{
    // Nothing but files beside the page, and what it makes of them; a page that was opened as a file is not itself for every browser.
    private const string Policy =
        "default-src 'none'; script-src 'self' file: blob: 'wasm-unsafe-eval'; style-src 'self' file:; img-src 'self' file: data: blob:; "
            + "base-uri 'none'; form-action 'none'";

    // The default encoder leaves no <, >, & or quote in texts.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static string Write(Classifier network, PlayData data) => PageHtml.Frame(
        "Where does the network look?", PageKind.Play, Body(network, data), Policy, ["report.css", "play.css"],
        ["runtime.js", "play-network.js", "glue.js", "assembly.js", "model.js", "play.js"]);

    private static string Body(Classifier network, PlayData data) => $"""
        <header>
        <h1>Where does the network look?</h1>
        <p>This network was told <em>which</em> of {data.Classes.Count} classes are in a picture, never <em>where</em>. Its maps tell where it looks all the same; a threshold makes a mask of them. It runs in this page: no picture leaves it.</p>
        </header>
        <main>
        <section class="choose" aria-label="Picture">
        <fieldset><legend>Pick a picture</legend><div class="samples" id="samples"></div></fieldset>
        <label class="own"><input id="file" type="file" accept="image/*"> <span>or choose, drop or paste one of yours</span></label>
        </section>
        <section class="stage" aria-label="Mask">
        <figure><div class="frame" id="frame"><canvas id="picture" role="img" aria-label="The picture"></canvas><canvas id="mask" role="img" aria-label="Its mask" aria-describedby="status"></canvas></div></figure>
        <label class="threshold">Threshold <input id="threshold" type="range" min="1" max="99" value="{data.Threshold}"> <output id="threshold-value" for="threshold"></output></label>
        <p id="status" role="status">The network is being unpacked …</p>
        </section>
        <section class="scores">
        <h2>What does it see?</h2>
        <p class="hint">Press a class to give or take its map.</p>
        <div id="classes" role="group" aria-label="Classes"></div>
        </section>
        <section class="where">
        <h2>Where does it look?</h2>
        <div id="maps"></div>
        <p class="hint" id="no-map" hidden>No class is on: press one above to see its map, whether the network sees it or not.</p>
        </section>
        </main>
        <footer>
        <details><summary>How it is computed, and the keys</summary>
        <p>The network ({network.Backbone.GetName()}, stride {network.Backbone.OutputStride}) runs once for the picture and once for its mirror image. A map is the weighted sum of its last features, after ReLU (or softmax, where it has a map of the background), read at the pixels where the cells lie, summed over both and divided by its maximum. A pixel takes the class of its strongest map where that reaches the threshold. A class is on at first where its score is at least 50 %. Pictures larger than {data.Side} pixels are made that small. It knows the classes above from its own kind of picture: in others it sees what it can.</p>
        <p><kbd>[</kbd> <kbd>]</kbd> lower or higher threshold, <kbd>1</kbd> … <kbd>9</kbd> a class on or off, arrows another picture once one is chosen.</p>
        </details>
        </footer>
        <noscript><p>This page needs JavaScript.</p></noscript>
        <script type="application/json" id="data">{JsonSerializer.Serialize(data, Json)}</script>

        """;
}
