using Microsoft.DotNet.Interactive.Formatting;
using TorchSharp;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Figures;
using Wsss.Notebooks.Charting;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Exercises;

namespace Wsss.Notebooks.Sessions;

/// <summary>For hosts that run notebooks on .NET Interactive's own kernel rather than on a <see cref="NotebookSession"/>.</summary>
public static class WsssFormatters
{
    /// <summary>
    /// From now on .NET Interactive shows figures and images as PNG, charts as plotly's JSON and HTML, tables, scores and
    /// results of exercises as Markdown, tensors as text. Belongs to the process.
    /// </summary>
    public static void Register()
    {
        var formats = new DisplayFormats();
        Prefer<Figure>(formats, MimeBundle.Png, MimeBundle.Text);
        Prefer<RgbImage>(formats, MimeBundle.Png, MimeBundle.Text);
        Prefer<Chart>(formats, Chart.MediaType, MimeBundle.Html, MimeBundle.Text);
        Prefer<Table>(formats, MimeBundle.Markdown, MimeBundle.Text);
        Prefer<Score>(formats, MimeBundle.Markdown, MimeBundle.Text);
        Prefer<ExerciseResult>(formats, MimeBundle.Markdown, MimeBundle.Text);
        Prefer<torch.Tensor>(formats, MimeBundle.Text);
    }

    private static void Prefer<T>(DisplayFormats formats, params string[] mimes) where T : class
    {
        // The formats have registered text and HTML themselves.
        foreach (string mime in mimes.Except([MimeBundle.Text, MimeBundle.Html]))
            Formatter.Register<T>(value => formats.Format(value)[mime] ?? "", mime);
        Formatter.SetPreferredMimeTypesFor(typeof(T), mimes);
    }
}
