using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Wsss.Notebooks.Reports;

namespace Wsss.Notebooks.Reviews;

/// <summary>The page's HTML. Names of images and classes are in its data alone; the script shows them as text.</summary>
internal static class ReviewHtml
{
    // Nothing but files beside the page; a page that was opened as a file is not itself for every browser.
    private const string Policy =
        "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file:; base-uri 'none'; form-action 'none'";

    // The default encoder leaves no <, >, & or quote in texts.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static string Write(string title, ReviewData data) => PageHtml.Frame(
        title, PageKind.Review, Body(title, data), Policy, ["report.css", "review.css"],
        ["review-draw.js", "review.js"]);

    private static string Body(string title, ReviewData data)
    {
        bool maps = data.Kind == "maps",
            doubted = maps || data.Images.Any(image => image.Doubt is not null);
        string heading = WebUtility.HtmlEncode(title);
        return $"""
            <header>
            <h1>{heading}</h1>
            <p class="totals">{data.Images.Count} photographs. Mark what is good, bad or to be left out; <strong>Save decisions</strong> keeps it as a file. Press <kbd>?</kbd> for the keys.</p>
            <div class="settings">
            <label>Show <select id="view"><option value="mask">masks</option>{(
                maps ? "<option value=\"maps\">maps</option>" : ""
            )}<option value="photo">photographs alone</option></select></label>
            <label>Opacity <input id="opacity" type="range" min="0" max="100" value="60"></label>
            <label>Size <input id="size" type="range" min="10" max="40" value="14"></label>
            <label>Order <select id="order"><option value="given">as given</option>{(
                doubted ? "<option value=\"doubt\">most doubtful first</option>" : ""
            )}<option value="name">by name</option><option value="mark">by mark</option></select></label>
            <label>Filter <select id="only"><option value="">none</option><option value="none">unmarked</option><option value="good">good</option><option value="bad">bad</option><option value="leaveOut">left out</option></select></label>
            </div>
            <div class="classes" id="classes" role="group" aria-label="Classes"></div>
            </header>
            <div class="control">
            {(
                maps
                    ? "<label class=\"threshold\">Threshold <input id=\"threshold\" type=\"range\" min=\"0\" max=\"100\" value=\"30\"> <output id=\"threshold-value\" for=\"threshold\">0.30</output></label>\n"
                    : ""
            )}<span id="counts" role="status"></span>
            <span class="actions"><button type="button" id="save">Save decisions</button> <button type="button" id="help-open" aria-label="Keys">?</button></span>
            </div>
            <ul id="cards"></ul>
            <p id="none" hidden>No photograph has this mark.</p>
            <noscript><p>This page needs JavaScript.</p></noscript>
            <dialog id="help">
            <h2>Keys</h2>
            <dl>
            <div><dt>← → ↑ ↓</dt><dd>another photograph</dd></div>
            <div><dt>g</dt><dd>good</dd></div>
            <div><dt>b</dt><dd>bad</dd></div>
            <div><dt>x</dt><dd>leave out</dd></div>
            <div><dt>1 … 9</dt><dd>a class on or off</dd></div>
            <div><dt>0</dt><dd>all classes on</dd></div>
            {(maps ? "<div><dt>[ ]</dt><dd>lower or higher threshold</dd></div>\n" : "")}<div><dt>v</dt><dd>{(
                maps ? "masks, maps, " : "masks, "
            )}photographs</dd></div>
            <div><dt>s</dt><dd>save decisions</dd></div>
            <div><dt>?</dt><dd>this help</dd></div>
            </dl>
            <p>The same mark again takes it away. The browser remembers marks and settings; <em>decisions.json</em> carries them on.</p>
            <p>{(maps ? MapNote : MaskNote)}</p>
            <button type="button" id="help-close">Close</button>
            </dialog>
            <script type="application/json" id="data">{JsonSerializer.Serialize(data, Json)}</script>

            """;
    }

    private static string MapNote =>
        "A pixel takes the class of its strongest map where that reaches the threshold. Maps are shown at no more than "
            + $"{ReviewPage.MapSide} pixels and in steps of 1/255: "
        + "masks that are made of the whole maps may differ by a pixel at edges. Doubt is the share of pixels whose strongest map, of "
        + "all classes, is within 0.05 of the threshold.";

    private static string MaskNote => $"Masks are shown at no more than {ReviewPage.MapSide} pixels.";
}
