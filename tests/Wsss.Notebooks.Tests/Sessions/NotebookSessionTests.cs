using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Sessions;

public sealed class NotebookSessionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NotebookSession _session;
    private readonly List<CellOutput> _outputs = [];

    public NotebookSessionTests() => _session = new NotebookSession(new SessionOptions { BaseFolder = _folder.Path });

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Cells_share_variables_methods_and_usings()
    {
        await Run("using System.Text; int a = 20; int Twice(int x) => 2 * x;");
        Assert.Equal("41", await Value("new StringBuilder().Append(Twice(a) + 1).ToString()"));
    }

    [Fact]
    public async Task The_last_expression_is_shown_as_text_in_invariant_notation()
    {
        Assert.Equal("1.5", await Value("3 / 2.0"));
        Assert.Equal("a < b", await Value("\"a < b\""));
        await Run("int quiet = 1;");
        Assert.Empty(_outputs);
    }

    [Fact]
    public async Task Other_values_are_shown_as_HTML_and_text()
    {
        await Run("new[] { new { Name = \"cat\", Legs = 4 } }");
        MimeBundle data = Assert.IsType<ResultOutput>(Assert.Single(_outputs)).Data;
        Assert.Contains("<table", data[MimeBundle.Html], StringComparison.Ordinal);
        Assert.Contains("cat", data[MimeBundle.Text], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flat_records_are_a_table_with_a_column_per_property()
    {
        await Run("record Row(string Name, double? Share); new[] { new Row(\"a<b\", 0.123456), new Row(\"c\", null) }");
        MimeBundle data = Assert.IsType<ResultOutput>(Assert.Single(_outputs)).Data;
        Assert.Contains(
            "<td style=\"text-align:left\">a&lt;b</td><td style=\"text-align:right\">0.1235</td>",
            data[MimeBundle.Html],
            StringComparison.Ordinal
        );
        Assert.StartsWith("| Name |  Share |\n", data[MimeBundle.Text], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endless_sequences_are_cut()
    {
        await Run("IEnumerable<KeyValuePair<int, int>> Endless() { for (int i = 0; ; i++) yield return new(i, i); }\nEndless()");
        Assert.Contains(
            "more than these 100 rows",
            Assert.IsType<ResultOutput>(Assert.Single(_outputs)).Data[MimeBundle.Text],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Display_and_console_come_in_order_and_from_other_threads_too()
    {
        await Run("Console.WriteLine(\"one\"); display(2); await Task.Run(() => Console.Error.Write(\"three\"));");
        Assert.Equal("one\n", string.Concat(_outputs.OfType<StreamOutput>().Where(o => o.Name == "stdout").Select(o => o.Text)));
        Assert.Equal("2", _outputs.OfType<DisplayOutput>().Single().Data[MimeBundle.Text]);
        Assert.Equal(new StreamOutput("stderr", "three"), _outputs[^1]);
    }

    [Fact]
    public async Task The_host_s_own_console_output_stays_out()
    {
        await Run("var line = Task.Delay(50);");
        Task<CellResult> running = _session.ExecuteAsync("await Task.Delay(100);", _outputs.Add, TestContext.Current.CancellationToken);
        Console.Write("");
        await running;
        Assert.Empty(_outputs);
    }

    [Fact]
    public async Task A_writer_that_a_cell_gave_the_console_and_closed_is_replaced()
    {
        await Run("{ using var closed = new StringWriter(); Console.SetOut(closed); Console.SetError(closed); }");
        await Run("Console.Write(1); Console.Error.Write(2);");
        Assert.Equal([new StreamOutput("stdout", "1"), new StreamOutput("stderr", "2")], _outputs);
    }

    [Fact]
    public async Task Whatever_a_command_throws_is_an_error_of_the_cell()
    {
        await Run(
            "class Bad : IDisposable\n{\n  public void Dispose() => throw new InvalidOperationException(\"no\");\n}\nvar bad = new Bad();"
        );
        CellError error = (await Run("#!free bad", succeeds: false)).Error!;
        Assert.Equal(("In[1]", 3, "no"), (error.Cell, error.Line, error.Message));
        Assert.Equal(error, Assert.IsType<ErrorOutput>(_outputs[^1]).Error);
        Assert.Equal("2", await Value("1 + 1"));
    }

    [Fact]
    public async Task Await_continues_on_the_same_thread()
    {
        await Run("var first = Environment.CurrentManagedThreadId;");
        Assert.Equal("True", await Value("await Task.Delay(5); await Task.Run(() => { }); first == Environment.CurrentManagedThreadId"));
    }

    [Fact]
    public async Task Cells_use_the_host_s_own_types()
    {
        await Run("var size = typeof(Wsss.WsssException).Assembly.Location;");
        Assert.Equal(typeof(WsssException).Assembly.Location, await Value("size"));
        Assert.Equal(
            "True",
            await Value(
                "typeof(TorchSharp.torch).Assembly == AppDomain.CurrentDomain.GetAssemblies().Single(a => a.GetName().Name == "
                    + "\"TorchSharp\")"
            )
        );
    }

    [Fact]
    public async Task A_tensor_is_shown_as_text_only()
    {
        await Run("TorchSharp.torch.tensor(new float[] { 1, 2 })");
        MimeBundle data = Assert.IsType<ResultOutput>(Assert.Single(_outputs)).Data;
        Assert.Equal("[1, 2]", data[MimeBundle.Text]);
        Assert.Null(data[MimeBundle.Html]);
    }

    [Fact]
    public async Task An_exception_names_cell_and_line()
    {
        await Run("int zero = 0;\nint Divide(int x)\n{\n    return x / zero;\n}");
        CellError? error = (await Run("\n\nDivide(1)", succeeds: false)).Error;
        Assert.NotNull(error);
        Assert.Equal("System.DivideByZeroException", error.Name);
        Assert.Equal(("In[1]", 4), (error.Cell, error.Line));
        Assert.Contains("  at In[2], line 3", error.Traceback);
        Assert.Equal(error, Assert.IsType<ErrorOutput>(_outputs[^1]).Error);
        Assert.Equal("0", await Value("zero"));
    }

    [Fact]
    public async Task An_exception_after_await_names_its_line()
    {
        CellError? error = (await Run("await Task.Yield();\nthrow new InvalidOperationException(\"no\");", succeeds: false)).Error;
        Assert.Equal(("In[1]", 2, "no"), (error!.Cell, error.Line, error.Message));
    }

    [Fact]
    public async Task A_compile_error_names_its_place_and_runs_nothing()
    {
        CellError? error = (await Run("Console.Write(1);\nint x = \"a\";", succeeds: false)).Error;
        Assert.Equal(("CompilationError", "In[1]", 2), (error!.Name, error.Cell, error.Line));
        Assert.StartsWith("In[1], line 2, column 9: error CS0029", error.Traceback[0], StringComparison.Ordinal);
        Assert.Equal(["    int x = \"a\";", "            ^"], error.Traceback.Skip(1));
        Assert.Single(_outputs);
        Assert.Equal("2", await Value("1 + 1"));
    }

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("await Task.Delay(-1);")]
    [InlineData("Thread.Sleep(-1);")]
    public async Task A_cell_is_stopped_and_the_session_goes_on(string endless)
    {
        await Run("int kept = 7;");
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(0.3));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _session.ExecuteAsync(endless, _outputs.Add, stop.Token));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5);
        Assert.Equal("7", await Value("kept"));
    }

    [Fact]
    public async Task A_token_that_cannot_be_cancelled_is_fine()
    {
        CellResult result = await _session.ExecuteAsync("1", _outputs.Add, CancellationToken.None);
        Assert.Null(result.Error);
    }

    [Theory]
    [InlineData("nuget: Plotly.NET")]
    [InlineData("nuget:plotly.net, 6.0.0")]
    [InlineData("Plotly.NET")]
    [InlineData("../elsewhere/Plotly.NET.dll")]
    public async Task References_resolve_to_the_host_s_assemblies(string reference)
    {
        await Run($"#r \"{reference}\"\nusing Plotly.NET;");
        Assert.Equal(typeof(Plotly.NET.GenericChart).Assembly.Location, await Value("typeof(GenericChart).Assembly.Location"));
    }

    [Theory]
    [InlineData("nuget: No.Such.Package, 1.0", "not one of the project's")]
    [InlineData("nuget: Plotly.NET, 1.2.3", "the project has 6.0.0")]
    [InlineData("missing.dll", "no such file")]
    [InlineData("No.Such.Assembly", "no assembly 'No.Such.Assembly'")]
    public async Task References_that_do_not_resolve_say_why(string reference, string reason)
    {
        CellError? error = (await Run($"\n#r \"{reference}\"", succeeds: false)).Error;
        Assert.Contains(reason, error!.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.Line);
    }

    [Fact]
    public async Task Load_reads_a_script_beside_the_notebook_and_names_it_in_errors()
    {
        _folder.File("helper.csx", "int Three() => 3;\nvoid Fail() => throw new Exception(\"x\");");
        await Run("#load \"helper.csx\"");
        Assert.Equal("3", await Value("Three()"));
        CellError? error = (await Run("Fail();", succeeds: false)).Error;
        Assert.Contains(error!.Traceback, line => line.Contains("helper.csx", StringComparison.Ordinal));
    }

    [Fact]
    public void A_format_of_one_s_own_is_used_alone_and_inside_lists()
    {
        var formats = new DisplayFormats();
        formats.Add<Version>(version => MimeBundle.Of((MimeBundle.Png, "iVBO"), (MimeBundle.Text, "version " + version.Major)));
        MimeBundle alone = formats.Format(new Version(3, 1));
        Assert.Equal(("iVBO", "version 3"), (alone[MimeBundle.Png], alone[MimeBundle.Text]));
        Assert.Contains(
            "src=\"data:image/png;base64,iVBO\"",
            formats.Format(new[] { new Version(3, 1) })[MimeBundle.Html],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_measure_that_a_cell_defines_is_part_of_every_score_and_defined_anew_it_replaces_the_old_one()
    {
        const string Measured =
            """
            var evaluator = new SegmentationEvaluator(["cat"]);
            var pixel = new LabelMap(1, 1, [1]);
            evaluator.Add("of a cell", pixel, null, pixel);
            evaluator.ToScore()["from a cell"]
            """;
        await Run("using Wsss.Data; using Wsss.Evaluation; using Wsss.Registry;");
        foreach (string value in new[] { "0.25", "0.75" })
        {
            await Run($$"""
                [Registered("from a cell", Order = 2000)]
                class FromACell : Measure
                {
                    private bool _seen;
                    public override void Add(ScoredImage image) => _seen |= image.Id == "of a cell";
                    public override IReadOnlyList<MeasureValue> Values() => _seen ? [new("from a cell", {{value}})] : [];
                }
                """);
            Assert.Equal(value, await Value(Measured));
        }
    }

    private async Task<CellResult> Run(string code, bool succeeds = true)
    {
        _outputs.Clear();
        CellResult result = await _session.ExecuteAsync(code, _outputs.Add, TestContext.Current.CancellationToken);
        if (succeeds) Assert.True(result.Error is null, result.Error?.ToString());
        return result;
    }

    private async Task<string?> Value(string code)
    {
        await Run(code);
        return Assert.IsType<ResultOutput>(_outputs[^1]).Data[MimeBundle.Text];
    }
}
