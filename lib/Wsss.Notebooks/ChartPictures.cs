using System.Text.Json.Nodes;
using Wsss.Notebooks.Charting;
using Wsss.Notebooks.Charting.Pictures;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks;

/// <summary>Puts the static picture of each saved chart beside it, so that viewers without plotly.js show one. Nothing is run.</summary>
internal static class ChartPictures
{
    /// <summary>Draws the pictures of a notebook's charts from the figures that were saved, in place of those that are there.</summary>
    /// <param name="notebook">Is changed, but for its code, texts and other outputs.</param>
    /// <returns>How many charts have a picture now, and how many have what pictures do not show.</returns>
    public static (int Drawn, int NotDrawn) Add(Notebook notebook)
    {
        int drawn = 0, notDrawn = 0;
        foreach (JsonObject output in notebook.Cells.SelectMany(cell => cell.Outputs))
        {
            if (output["data"] is not JsonObject data || data[Chart.MediaType] is not { } figure) continue;
            if (ChartPicture.Of(figure.ToJsonString()) is not { } picture)
            {
                notDrawn++;
                continue;
            }
            // Of a chart's HTML, where it is older than the pictures, viewers showed nothing but a sentence, and preferred it.
            data.Remove(MimeBundle.Html);
            data[MimeBundle.Png] = Convert.ToBase64String(picture.Png);
            output["metadata"] = MimeBundle.MetadataOf(ChartPicture.ShownSize(picture));
            drawn++;
        }
        return (drawn, notDrawn);
    }
}
