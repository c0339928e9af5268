using System.Net;
using System.Text.Json.Nodes;
using Wsss.Notebooks.Charting;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Reports;

/// <summary>The outputs of a page's code cells as HTML: of each the richest representation that a page can show offline.</summary>
/// <param name="saveImage">Takes a picture as the notebook has it and its MIME type, and says what the page calls it.</param>
/// <param name="saveTable">Takes a table as CSV, and says what the page calls it.</param>
/// <param name="markdown">The page's Markdown.</param>
internal sealed class OutputRenderer(Func<string, string, string> saveImage, Func<string, string> saveTable, ReportMarkdown markdown)
{
    /// <summary>The first picture that was saved.</summary>
    public string? FirstPicture { get; private set; }

    /// <summary>Whether a chart was among the outputs so far.</summary>
    public bool HasCharts { get; private set; }

    /// <summary>One nbformat output.</summary>
    public string ToHtml(JsonObject output) => MultilineText.Word(output["output_type"]) switch
    {
        "stream" => Stream(output),
        "error" => Error(output),
        _ => output["data"] is JsonObject data ? Value(MimeBundle.Read(data)) : "",
    };

    private static string Stream(JsonObject output)
    {
        string kind = MultilineText.Word(output["name"]) == "stderr" ? "stderr" : "stdout";
        // A carriage return rewrites its line: of a progress bar only the end is left.
        var lines = MultilineText.Read(output["text"]).Split('\n')
            .Select(line => line.TrimEnd('\r')).Select(line => line[(line.LastIndexOf('\r') + 1)..]);
        return $"<pre class=\"{kind}\">{Encode(string.Join('\n', lines).TrimEnd('\n'))}</pre>\n";
    }

    private static string Error(JsonObject output)
    {
        // Name and message are the traceback's first line already, unless another tool left it out.
        string[] lines = [.. (output["traceback"] as JsonArray ?? []).Select(line => MultilineText.Word(line) ?? "")];
        if (lines.Length == 0) lines = [$"{output["ename"]}: {output["evalue"]}"];
        return $"<pre class=\"error\"><strong>{Encode(lines[0])}</strong>\n{Encode(string.Join('\n', lines.Skip(1)))}</pre>\n";
    }

    private string Value(MimeBundle bundle)
    {
        string text = bundle[MimeBundle.Text] ?? "";
        if (bundle[Chart.MediaType] is { } chart) return PlotlyChart(chart, bundle[MimeBundle.Png], text);
        foreach (string mime in (string[])[PictureType.Svg, MimeBundle.Png, PictureType.Jpeg])
        {
            if (bundle[mime] is { } image) return Picture(image, mime, text);
        }
        if (bundle[MimeBundle.Html] is { } html) return $"<div class=\"html\">{OutputTables.WithFiles(html, saveTable)}</div>\n";
        return bundle[MimeBundle.Markdown] is { } content
            ? $"<div class=\"text\">{OutputTables.WithFiles(markdown.ToHtml(content), saveTable)}</div>\n"
            : $"<pre>{Encode(text)}</pre>\n";
    }

    private string PlotlyChart(string json, string? png, string title)
    {
        HasCharts = true;
        return ChartBox.Html(json, title, png is null ? null : saveImage(png, MimeBundle.Png));
    }

    private string Picture(string content, string mime, string text)
    {
        string file = saveImage(content, mime);
        FirstPicture ??= file;
        // The text is the picture's title, which is drawn in it.
        return $"<figure><img src=\"{file}\" alt=\"{Encode(text)}\" loading=\"lazy\"></figure>\n";
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
