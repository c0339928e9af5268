using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Reports;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Sessions;

public sealed class MagicCommandsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NotebookSession _session;
    private readonly List<CellOutput> _outputs = [];

    public MagicCommandsTests() => _session = new NotebookSession(new SessionOptions { BaseFolder = _folder.Path });

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("#!html\n<b>bold</b>\n", MimeBundle.Html, "<b>bold</b>")]
    [InlineData("#!markdown\n**bold**\nnext", MimeBundle.Markdown, "**bold**\nnext")]
    [InlineData("#!javascript\nlet x = 1;", MimeBundle.Html, "<script type=\"text/javascript\">\nlet x = 1;\n</script>")]
    public async Task Text_is_shown_as_what_it_is(string cell, string mime, string expected)
    {
        await Run(cell);
        Assert.Equal(expected, Assert.IsType<DisplayOutput>(Assert.Single(_outputs)).Data[mime]);
    }

    [Fact]
    public async Task Parts_of_a_cell_run_one_after_another()
    {
        await Run("var n = 1;\nn + 1\n#!html\n<i>x</i>\n#!markdown\ny\n#!csharp\nn + 2");
        Assert.Equal("2", Assert.IsType<ResultOutput>(_outputs[0]).Data[MimeBundle.Text]);
        Assert.Equal("<i>x</i>", Assert.IsType<DisplayOutput>(_outputs[1]).Data[MimeBundle.Html]);
        Assert.Equal("y", Assert.IsType<DisplayOutput>(_outputs[2]).Data[MimeBundle.Markdown]);
        Assert.Equal("3", Assert.IsType<ResultOutput>(_outputs[3]).Data[MimeBundle.Text]);
        Assert.Equal(4, _outputs.Count);
    }

    [Fact]
    public async Task A_command_within_a_text_of_several_lines_is_text()
    {
        await Run("var script = \"\"\"\n#!html\n#!/bin/sh\n\"\"\";\nscript");
        Assert.Equal("#!html\n#!/bin/sh", Assert.IsType<ResultOutput>(Assert.Single(_outputs)).Data[MimeBundle.Text]);
    }

    [Fact]
    public async Task An_error_below_other_parts_has_its_own_line()
    {
        CellError error = (await Run("#!html\n<b>\n#!csharp\n\nthrow new Exception(\"no\");", succeeds: false)).Error!;
        Assert.Equal(("In[1]", 5), (error.Cell, error.Line));
    }

    [Fact]
    public async Task A_kept_text_becomes_a_variable()
    {
        await Run("#!value --name table\na,b\n\"1\",2\n");
        Assert.Empty(_outputs);
        await Run("#!set --name text --value @value:table\ntext");
        Assert.Equal("a,b\n\"1\",2", Assert.IsType<ResultOutput>(Assert.Single(_outputs)).Data[MimeBundle.Text]);
    }

    [Fact]
    public async Task A_file_s_text_a_variable_and_a_word_can_be_set()
    {
        _folder.File("some data.csv", "1;2\n");
        await Run("#!value --name rows --from-file \"some data.csv\"");
        await Run("#!set --name rows --value @value:rows\nvar list = new List<int> { 7 };");
        await Run("#!set --name same --value @csharp:list\n#!set --name word --value \"two words\"\n$\"{rows}|{same[0] + 1}|{word}\"");
        Assert.Equal("1;2\n|8|two words", Assert.IsType<ResultOutput>(Assert.Single(_outputs)).Data[MimeBundle.Text]);
    }

    [Fact]
    public async Task A_script_and_a_notebook_run_where_they_are_imported()
    {
        _folder.File("helpers.cs", "int Twice(int x) => 2 * x;");
        Notebook.Create(
            NotebookCell.Markdown("a", "# Text"), NotebookCell.Code("b", "#!html\n<p>shown</p>"),
            NotebookCell.Code("c", "#!import helpers.cs\nvar four = Twice(2);")).Save(_folder.File("first.ipynb"));
        await Run("#!import first.ipynb\nTwice(four)");
        Assert.Equal("<p>shown</p>", Assert.IsType<DisplayOutput>(_outputs[0]).Data[MimeBundle.Html]);
        Assert.Equal("8", Assert.IsType<ResultOutput>(_outputs[1]).Data[MimeBundle.Text]);
    }

    [Fact]
    public async Task An_error_in_an_imported_file_names_file_cell_and_line()
    {
        Notebook.Create(NotebookCell.Code("a", "var zero = 0;"), NotebookCell.Code("b", "\n1 / zero")).Save(_folder.File("bad.ipynb"));
        CellError error = (await Run("#!import bad.ipynb", succeeds: false)).Error!;
        Assert.Equal(("bad.ipynb[2]", 2), (error.Cell, error.Line));
        _folder.File("bad.cs", "\n\nint x = \"text\";");
        error = (await Run("#!import bad.cs", succeeds: false)).Error!;
        Assert.Equal(("bad.cs", 3), (error.Cell, error.Line));
    }

    [Theory]
    [InlineData("#!value\ntext", "Expected '#!value --name NAME', found '#!value'.")]
    [InlineData("#!value --name x --kind y\ntext", "found '#!value --name x --kind y'")]
    [InlineData("#!value --name x --from-file there.txt\ntext", "Expected no text below '#!value' with '--from-file', found 'text'.")]
    [InlineData("#!value --name x --from-file nowhere.txt", "nowhere.txt', found no such file")]
    [InlineData("#!set --name x", "Expected '#!set --name NAME --value VALUE', found '#!set --name x'.")]
    [InlineData("#!set --name int --value 1", "Expected a name of C# after '#!set --name', found 'int'.")]
    [InlineData("#!set --name x --value @value:gone", "to name what '#!value' keeps, found 'gone'. Nothing is kept yet.")]
    [InlineData("#!set --name x --value @csharp:gone", "to name a variable of the session, found 'gone'. There are none yet.")]
    [InlineData("#!import", "Expected a script (.cs, .csx) or a notebook (.ipynb) after '#!import', found ''.")]
    [InlineData("#!import photo.png", "found 'photo.png'")]
    [InlineData("#!import nowhere.cs", "nowhere.cs', found no such file")]
    [InlineData("#!import nowhere.ipynb", "nowhere.ipynb', found no such file")]
    [InlineData("#!import circle.cs", "Expected files that do not import each other in a circle, found 'circle.cs'.")]
    public async Task What_cannot_be_followed_is_one_line(string cell, string reason)
    {
        _folder.File("circle.cs", "#!import circle.cs");
        CellError error = (await Run(cell, succeeds: false)).Error!;
        Assert.Equal(("CommandError", 1), (error.Name, error.Line));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', Assert.Single(error.Traceback));
    }

    [Fact]
    public void A_headless_run_keeps_such_cells_outputs_and_its_report_runs_no_script()
    {
        string path = _folder.File("page.ipynb");
        Notebook.Create(
            NotebookCell.Code("a", "#!html\n<b onclick=\"run()\">seen</b><script>hacked()</script>"),
            NotebookCell.Code("b", "#!javascript\nhacked();"),
            NotebookCell.Code("c", "#!markdown\n*text* <script>hacked()</script>")).Save(path);
        var runner = new NotebookRunner(new RunOptions());
        Assert.Null(runner.Run(path, new Dictionary<string, string>(), null, TestContext.Current.CancellationToken).Error);
        Assert.Equal(3, Notebook.Load(path).Cells.Count(cell => cell.Outputs.Count == 1));
        Report.Write([path], _folder.File("report"), "Title");
        string page = File.ReadAllText(_folder.File("report/page.html"));
        Assert.Contains("<b>seen</b>", page, StringComparison.Ordinal);
        Assert.Contains("<em>text</em>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>hacked", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script type=\"text/javascript\"", page, StringComparison.Ordinal);
    }

    private async Task<CellResult> Run(string code, bool succeeds = true)
    {
        _outputs.Clear();
        CellResult result = await _session.ExecuteAsync(code, _outputs.Add, TestContext.Current.CancellationToken);
        if (succeeds) Assert.Null(result.Error);
        return result;
    }
}
