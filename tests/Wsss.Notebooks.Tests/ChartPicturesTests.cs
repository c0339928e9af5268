using System.Text.Json.Nodes;
using Wsss.Notebooks.Charting;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests;

public class ChartPicturesTests
{
    private const string Figure =
        """{"data":[{"type":"scatter","mode":"lines","x":[1,2],"y":[3,4]}],"layout":{"title":{"text":"t"},"height":300}}""";

    [Fact]
    public void Saved_charts_get_their_picture_and_all_else_stays()
    {
        var notebook = NotebookWith(
            new DisplayOutput(
                MimeBundle.Of(
                    (Chart.MediaType, Figure),
                    (MimeBundle.Html, "<div class=\"wsss-chart\"></div>"),
                    (MimeBundle.Text, "Chart: t")
                )
            ),
            new DisplayOutput(MimeBundle.Of((Chart.MediaType, """{"data":[{"type":"pie"}]}"""), (MimeBundle.Text, "a pie"))),
            new DisplayOutput(MimeBundle.Of((MimeBundle.Html, "<b>no chart</b>")))
        );
        string[] before = [.. notebook.Cells[1].Outputs.Select(output => output.ToJsonString())];
        Assert.Equal((1, 1), ChartPictures.Add(notebook));
        var outputs = notebook.Cells[1].Outputs;
        Assert.Equal(
            [Chart.MediaType, MimeBundle.Png, MimeBundle.Text],
            outputs[0]["data"]!.AsObject().Select(entry => entry.Key).Order(StringComparer.Ordinal)
        );
        Assert.Equal("""{"image/png":{"height":300,"width":800}}""", outputs[0]["metadata"]!.ToJsonString());
        Assert.Equal(before[1..], outputs.Skip(1).Select(output => output.ToJsonString()));

        string once = notebook.ToJson();
        ChartPictures.Add(notebook);
        Assert.Equal(once, notebook.ToJson());
    }

    [Fact]
    public void A_chart_that_is_shown_has_the_picture_that_a_saved_one_gets()
    {
        var shown = new DisplayOutput(new DisplayFormats().Format(new Chart("t", Figure, 300))).ToJson();
        var notebook = NotebookWith(new DisplayOutput(MimeBundle.Of((Chart.MediaType, Figure), (MimeBundle.Text, "Chart: t"))));
        ChartPictures.Add(notebook);
        Assert.Equal(Picture(notebook.Cells[1].Outputs[0]), Picture(shown));
        Assert.Equal(notebook.Cells[1].Outputs[0]["metadata"]!.ToJsonString(), shown["metadata"]!.ToJsonString());
    }

    private static string Picture(JsonObject output) => output["data"]![MimeBundle.Png]!.GetValue<string>();

    private static Notebook NotebookWith(params CellOutput[] outputs)
    {
        var cell = NotebookCell.Code("c", "1");
        cell.SetOutputs(1, outputs.Select(output => output.ToJson()));
        return Notebook.Create(NotebookCell.Markdown("m", "# A"), cell);
    }
}
