using System.Text.Json.Nodes;
using Wsss.Notebooks.Charting;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks;

/// <summary>Pictures that a notebook was saved with, for documents and slides. Nothing is run.</summary>
internal static class SavedPictures
{
    /// <summary>A picture of a section; charts are not counted.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="section">Text of a heading, as it is written; the section ends at the next heading.</param>
    /// <param name="number">Which of the section's, 1 for the first.</param>
    /// <returns>The bytes of a PNG file.</returns>
    /// <exception cref="NotebookException">
    /// There is no such picture, and the message names the sections that have one; or it is damaged.
    /// </exception>
    public static byte[] Of(Notebook notebook, string section, int number = 1)
    {
        var pictures = notebook.WithHeadings()
            .SelectMany(each => each.Cell.Outputs.Select(PngOf).OfType<string>().Select(png => (each.Heading, Png: png))).ToArray();
        string[] found = [.. pictures.Where(picture => picture.Heading == section).Select(picture => picture.Png)];
        if (number >= 1 && number <= found.Length) return MimeBundle.Decode(found[number - 1]);
        var there = pictures.CountBy(picture => picture.Heading).Select(each => $"'{each.Key}' ({each.Value})").ToArray();
        throw new NotebookException(
            $"Expected picture {number} of a section '{section}', found pictures in " +
            $"{(there.Length == 0 ? "no section" : string.Join(", ", there))}.");
    }

    // A chart's picture stands beside the chart, in the same output.
    private static string? PngOf(JsonObject output) =>
        output["data"] is JsonObject data && !data.ContainsKey(Chart.MediaType) && data[MimeBundle.Png] is { } png
            ? MultilineText.Read(png)
            : null;
}
