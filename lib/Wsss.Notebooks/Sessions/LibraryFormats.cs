using System.Globalization;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Figures;
using Wsss.Notebooks.Charting;
using Wsss.Notebooks.Charting.Pictures;
using Wsss.Notebooks.Controls;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Exercises;

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
        formats.Add<Table>(table => FormatTable(table.ToString()));
        formats.Add<Score>(score => FormatTable(score.ToTable()));
        formats.Add<ExerciseResult>(FormatResult);
    }

    private static MimeBundle FormatTable(string table) => MimeBundle.Of((MimeBundle.Markdown, Escaped(table)), (MimeBundle.Text, table));

    private static MimeBundle FormatResult(ExerciseResult result) => MimeBundle.Of(
        (MimeBundle.Markdown, $"**{result.Heading}:** {Escaped(result.Message)}"), (MimeBundle.Text, result.ToString()));

    /// <summary>Names of files and classes may hold what Markdown would take for HTML.</summary>
    private static string Escaped(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    private static MimeBundle FormatFigure(Figure figure) =>
        MimeBundle.Of(
            (MimeBundle.Png, Convert.ToBase64String(figure.Png)),
            (
                MimeBundle.Text,
                figure.Caption ?? string.Create(CultureInfo.InvariantCulture, $"<Figure of {figure.Width} × {figure.Height} pixels>")
            )
        );

    /// <summary>Hosts that know plotly's type draw it; the others show the picture.</summary>
    private static MimeBundle FormatChart(Chart chart)
    {
        string text = "Chart: " + chart.Title;
        return ChartPicture.Of(chart.Json, text) is { } picture
            ? MimeBundle.Of(
                (Chart.MediaType, chart.Json),
                (MimeBundle.Png, Convert.ToBase64String(picture.Png)),
                (MimeBundle.Text, text)
            ) with
            {
                PngSize = ChartPicture.ShownSize(picture),
            }
            : MimeBundle.Of((Chart.MediaType, chart.Json), (MimeBundle.Text, text));
    }
}
