using System.Text.Json.Nodes;
using Wsss.Notebooks.Charting;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Tests.Reports;

/// <summary>A notebook whose texts and outputs try to run something, to load something from elsewhere, or to leave the page.</summary>
internal static class HostileNotebook
{
    /// <summary>What every attempt would load or run.</summary>
    public const string Elsewhere = "http://127.0.0.1:9/";

    /// <summary>A file name that ends an attribute.</summary>
    public const string FileName = "a\" onmouseover=\"window.hacked=1\" b<i>'&#x27;.ipynb";

    private const string Run = "window.hacked = (window.hacked || 0) + 1";

    public static Notebook Create()
    {
        string svg =
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"{Run}\"><script>{Run}</script><image href=\"{Elsewhere}svg.png\"/></svg>";
        string html = $"""
            <script>{Run}</script><script src="{Elsewhere}a.js"></script><img src=x onerror="{Run}"><img src="{Elsewhere}html.png">
            <iframe src="{Elsewhere}frame"></iframe><iframe srcdoc="<script>parent.hacked = 1</script>"></iframe>
            <a href="javascript:{Run}">a</a><a href="data:text/html,<script>{Run}</script>">b</a><form action="{Elsewhere}form"><button>send</button></form>
            <meta http-equiv="refresh" content="0;url={Elsewhere}refresh"><base href="{Elsewhere}"><link rel="stylesheet" href="{Elsewhere}a.css">
            <style>@import "{Elsewhere}import.css"; @font-face ( src: url({Elsewhere}font) )</style>
            <p style="background: url({Elsewhere}attribute.png); position: fixed; inset: 0">over everything</p>{svg}
            <math><mtext><table><mglyph><style><img src=x onerror="{Run}"></style></mglyph></table></mtext></math>
            <table><thead><tr><th>name <img src=x onerror="{Run}"></th></tr></thead><tbody><tr><td>=cmd|' /C calc'!A0</td></tr></tbody></table>
            """;
        string figure = $$$"""
            {"data":[{"type":"scatter","mode":"markers+text","x":[1],"y":[1],"text":["<a href=\"javascript:{{{Run}}}\">t</a>"],
              "name":"</script><script>{{{Run}}}</script><!--<script>"}],
             "layout":{"title":{"text":"<img src=x onerror='{{{Run}}}'>"},"images":[{"source":"{{{Elsewhere}}}plotly.png","x":0,"y":1,"sizex":1,"sizey":1}]}}
            """;
        var attached = NotebookCell.Markdown("attached", "![a](attachment:a) ![b](attachment:b)");
        attached.Json["attachments"] = new JsonObject
        {
            ["a"] = new JsonObject { ["image/../../../outside.html"] = Convert.ToBase64String("<script>"u8) },
            ["b"] = new JsonObject { ["text/html"] = Convert.ToBase64String("<script>"u8) },
        };
        var outputs = NotebookCell.Code("outputs", $"var x = \"<script>{Run}</script>\"; // </code></pre><script>{Run}</script>");
        outputs.SetOutputs(
            1,
            [
                new StreamOutput("stdout", $"<script>{Run}</script>\n").ToJson(),
                new ErrorOutput(
                    new CellError($"<script>{Run}", $"<img src=x onerror=\"{Run}\">", "In[1]", 1, [$"</pre><script>{Run}</script>"])
                ).ToJson(),
                Shown((MimeBundle.Html, html)),
                Shown(("image/svg+xml", svg), (MimeBundle.Text, $"\"><script>{Run}</script>")),
                Shown((MimeBundle.Markdown, $"<script>{Run}</script> [a](javascript:{Run}) ![b]({Elsewhere}output.png)")),
                Shown((Chart.MediaType, figure), (MimeBundle.Text, $"\"><script>{Run}</script>")),
            ]
        );
        var notebook = Notebook.Create(
            NotebookCell.Markdown(
                "title",
                $"# <script>{Run}</script>Title <img src=x onerror={Run.Replace(" ", "", StringComparison.Ordinal)}> <a title=\"a><img "
                    + $"src=x onerror='{Run}'>\">link</a>"
            ),
            NotebookCell.Markdown(
                "links",
                $"[a](javascript:{Run}) [b](data:text/html;base64,PHNjcmlwdD4=) [c](vbscript:x) ![d]({Elsewhere}text.png) <iframe "
                    + $"src='{Elsewhere}f'></iframe>"
            ),
            NotebookCell.Markdown(
                "formula",
                $"$\\href{{javascript:{Run}}}{{x}} \\text{{<script>{Run}</script>}}$ and ![$x^{{\" onerror=\"{Run}\" y=\"}}$](missing.png)"
            ),
            NotebookCell.Markdown("cut", $"<div title=\"\n\n$x$<img src=x onerror='{Run}'>\n\n\">"),
            NotebookCell.Markdown("file", "![secret](secret.txt)"),
            attached,
            outputs
        );
        notebook.Metadata[RunRecord.Key] = new RunRecord(
            false,
            1,
            $"<script>{Run}</script>",
            new Dictionary<string, string> { [$"<script>{Run}"] = $"\"><img src=x onerror=\"{Run}\">" }
        ).ToJson();
        return notebook;
    }

    private static JsonObject Shown(params (string Mime, string Content)[] entries) => new DisplayOutput(MimeBundle.Of(entries)).ToJson();
}
