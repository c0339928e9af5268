using System.Globalization;
using System.Net;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Figures;
using Wsss.Notebooks.Charting;
using Wsss.Notebooks.Controls;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions;

/// <summary>How the library's own types are shown.</summary>
internal static class LibraryFormats
{
    public static void AddTo(DisplayFormats formats)
    {
        formats.Add<Figure>(FormatFigure);
        formats.Add<RgbImage>(image => FormatFigure(Figure.Of(image)));
        formats.Add<Chart>(FormatChart);
        formats.Add<Control>(control => control.Format(formats.Format));
        formats.Add<Table>(table => MimeBundle.Of((MimeBundle.Markdown, table.ToString()), (MimeBundle.Text, table.ToString())));
        formats.Add<Score>(score => MimeBundle.Of((MimeBundle.Markdown, score.ToTable()), (MimeBundle.Text, score.ToTable())));
    }

    private static MimeBundle FormatFigure(Figure figure) => MimeBundle.Of(
        (MimeBundle.Png, Convert.ToBase64String(figure.Png)),
        (MimeBundle.Text, figure.Caption ?? string.Create(CultureInfo.InvariantCulture, $"<Figure of {figure.Width} × {figure.Height} pixels>")));

    /// <summary>
    /// Hosts that know plotly's type draw it; the HTML is for pages that load plotly.js once for all their charts, and
    /// says what is missing elsewhere.
    /// </summary>
    private static MimeBundle FormatChart(Chart chart)
    {
        string title = WebUtility.HtmlEncode(chart.Title);
        string height = chart.Height.ToString(CultureInfo.InvariantCulture);
        // "</" would end the script element; JSON may escape the slash.
        string json = chart.Json.Replace("</", "<\\/", StringComparison.Ordinal);
        return MimeBundle.Of(
            (Chart.MediaType, chart.Json),
            (MimeBundle.Html, $"""
                <div class="wsss-chart" style="min-height:{height}px">
                <script type="application/json">{json}</script>
                <p>Chart: {title} (drawn where plotly.js is loaded, as in the HTML report)</p>
                </div>
                """),
            (MimeBundle.Text, "Chart: " + chart.Title));
    }
}
