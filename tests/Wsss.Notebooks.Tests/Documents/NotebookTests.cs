using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Tests.Documents;

public sealed class NotebookTests
{
    private const string Saved = """
        {
         "cells": [
          {
           "cell_type": "markdown",
           "id": "intro",
           "metadata": {
            "editor": {
             "folded": true
            }
           },
           "source": [
            "# Größe + 1 < 2 & \"Ω\" 🐈\n",
            "text"
           ]
          },
          {
           "cell_type": "code",
           "execution_count": 1,
           "id": "a",
           "metadata": {
            "tags": [
             "parameters"
            ]
           },
           "outputs": [
            {
             "name": "stdout",
             "output_type": "stream",
             "text": [
              "hello\n"
             ]
            }
           ],
           "source": []
          }
         ],
         "metadata": {
          "kernelspec": {
           "display_name": ".NET (C#)",
           "language": "C#",
           "name": ".net-csharp"
          },
          "someone_elses": {
           "number": 1.50,
           "other": null
          }
         },
         "nbformat": 4,
         "nbformat_minor": 5
        }

        """;

    [Fact]
    public void What_Jupyter_saved_is_written_back_byte_for_byte() =>
        Assert.Equal(Saved, Notebook.Parse(Saved, "test").ToJson());

    [Fact]
    public void Cells_are_read()
    {
        Notebook notebook = Notebook.Parse(Saved, "test");
        Assert.Equal("C#", notebook.Language);
        Assert.True(notebook.Cells[0].IsMarkdown);
        Assert.Equal("# Größe + 1 < 2 & \"Ω\" 🐈\ntext", notebook.Cells[0].Source);
        Assert.Equal(["parameters"], notebook.Cells[1].Tags);
        Assert.Equal(1, notebook.Cells[1].ExecutionCount);
        Assert.Single(notebook.Cells[1].Outputs);
    }

    [Fact]
    public void Changing_one_cell_leaves_the_rest_as_it_was()
    {
        Notebook notebook = Notebook.Parse(Saved, "test");
        notebook.Cells[1].Source = "1\n2";
        string expected = Saved.Replace("\"source\": []", "\"source\": [\n    \"1\\n\",\n    \"2\"\n   ]", StringComparison.Ordinal);
        Assert.Equal(expected, notebook.ToJson());
    }

    [Fact]
    public void Older_formats_get_cell_ids()
    {
        Notebook notebook = Notebook.Parse(
            """{"cells":[{"cell_type":"code","metadata":{},"outputs":[],"source":"1"}],"metadata":{},"nbformat":4,"nbformat_minor":2}""",
            "old"
        );
        Assert.Equal("cell-1", notebook.Cells[0].Id);
        Assert.Contains("\"nbformat_minor\": 5", notebook.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_end_where_nbformat_ends_them()
    {
        NotebookCell cell = NotebookCell.Code("c", "a\rb\r\nc\n\nd");
        Assert.Equal(["a\r", "b\r\n", "c\n", "\n", "d"], cell.Json["source"]!.AsArray().Select(line => line!.GetValue<string>()));
        Assert.Equal("a\rb\r\nc\n\nd", cell.Source);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"nbformat":3,"worksheets":[]}""")]
    public void What_is_no_notebook_is_refused_by_name(string json)
    {
        var error = Assert.Throws<NotebookException>(() => Notebook.Parse(json, "strange.ipynb"));
        Assert.Contains("strange.ipynb", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_notebook_survives_saving_and_loading()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("new.ipynb");
        Notebook notebook = Notebook.Create(NotebookCell.Markdown("m", "# Title"), NotebookCell.Code("c", "1 + 1", "a tag"));
        notebook.Save(path);
        Assert.Equal(notebook.ToJson(), Notebook.Load(path).ToJson());
    }
}
