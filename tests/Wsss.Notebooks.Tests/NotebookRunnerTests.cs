using Wsss.Notebooks.Documents;
using Wsss.Storage;

namespace Wsss.Notebooks.Tests;

public sealed class NotebookRunnerTests : IDisposable
{
    private static readonly Dictionary<string, string> NoValues = [];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Outputs_are_saved_with_the_notebook()
    {
        string path = Save(
            NotebookCell.Markdown("m", "# Title"),
            NotebookCell.Code("a", "Console.WriteLine(1); Console.WriteLine(2);"),
            NotebookCell.Code("empty", ""),
            NotebookCell.Code("b", "display(3); 4")
        );
        var seen = new List<CellProgress>();
        RunResult result = Run(path, NoValues, new Sequential<CellProgress>(seen.Add));
        Assert.True(result.Succeeded);
        Assert.Equal(2, result.CellTimes.Count);
        Assert.Equal([(0, "Title"), (1, "Title"), (2, "")], seen.Select(step => (step.Done, step.Heading)));
        Notebook saved = Notebook.Load(path);
        Assert.Equal("stream", Assert.Single(saved.Cells[1].Outputs)["output_type"]!.GetValue<string>());
        Assert.Equal(
            ["display_data", "execute_result"],
            saved.Cells[3].Outputs.Select(output => output["output_type"]!.GetValue<string>())
        );
        Assert.Equal([null, 1, null, 2], saved.Cells.Select(cell => cell.ExecutionCount));
        Assert.Equal("abc", saved.Metadata["wsss"]!["provenance"]!["commit"]!.GetValue<string>());
    }

    [Fact]
    public void A_run_says_what_code_it_ran()
    {
        string path = Save(NotebookCell.Code("p", "int seed = 1;", "parameters"), NotebookCell.Code("a", "seed"));
        Run(path, new Dictionary<string, string> { ["seed"] = "2" });
        Notebook saved = Notebook.Load(path);
        Assert.Equal(ArtifactStore.Key(saved.Cells.Select(cell => cell.Source)), saved.Metadata["wsss"]!["code"]!.GetValue<string>());
        Assert.False(SavedOutputs.Of(saved).CodeChanged);
    }

    [Theory]
    [InlineData("smoke", "menagerie:cueReliability=1", true)]
    [InlineData("smoke", "photographs", false)]
    [InlineData("quick", "menagerie", false)]
    public void Results_of_a_few_scenes_say_that_they_mean_nothing(string scale, string data, bool isSaid)
    {
        string path = Save(NotebookCell.Code("p", "string scale = \"\";", "parameters"), NotebookCell.Code("a", "1"));
        var options = new RunOptions
        {
            Provenance = new Dictionary<string, string> { ["scale"] = scale, ["data"] = data },
        };
        new NotebookRunner(options).Run(path, NoValues, null, TestContext.Current.CancellationToken);
        string[] texts =
        [
            .. Notebook.Load(path).Cells.Select(cell => string.Concat(cell.Outputs.Select(output => output["data"]!.ToJsonString()))),
        ];
        Assert.Equal(isSaid, texts[0].Contains("mean nothing", StringComparison.Ordinal));
        Assert.DoesNotContain("mean nothing", texts[1]);
    }

    [Fact]
    public void The_first_error_ends_the_run_and_is_saved()
    {
        string path = Save(
            NotebookCell.Code("a", "string nothing = null;"),
            NotebookCell.Code("b", "\nnothing.Length"),
            NotebookCell.Code("c", "1")
        );
        RunResult result = Run(path, NoValues);
        Assert.Equal(("b", "In[2]", 2), (result.FailedCellId, result.Error!.Cell, result.Error.Line));
        Notebook saved = Notebook.Load(path);
        Assert.Equal("error", saved.Cells[1].Outputs.Single()["output_type"]!.GetValue<string>());
        Assert.Empty(saved.Cells[2].Outputs);
    }

    [Fact]
    public void Parameters_are_injected_by_type_and_do_not_pile_up()
    {
        string path = Save(
            NotebookCell.Code(
                "p",
                "string scale = \"quick\"; // or smoke\nvar seed = -1;\ndouble rate = 0.1; bool fast = false;",
                "parameters"
            ),
            NotebookCell.Code("b", "$\"{scale} {seed + 1} {rate * 2} {fast}\"")
        );
        var values = new Dictionary<string, string>
        {
            ["scale"] = "a \"b\"",
            ["seed"] = "41",
            ["rate"] = "1",
            ["fast"] = "true",
        };
        for (int run = 0; run < 2; run++)
            Assert.True(Run(path, values).Succeeded);
        Notebook saved = Notebook.Load(path);
        Assert.Equal(["p", "injected-parameters", "b"], saved.Cells.Select(cell => cell.Id));
        Assert.Equal("a \"b\" 42 2 True", saved.Cells[2].Outputs.Single()["data"]!["text/plain"]![0]!.GetValue<string>());
        Assert.True(Run(path, NoValues).Succeeded);
        Assert.Equal(["p", "b"], Notebook.Load(path).Cells.Select(cell => cell.Id));
    }

    [Theory]
    [InlineData("1", "// Values of this run; the cell above has the defaults.\nseed = 1;")]
    [InlineData(null, null)]
    public void Values_of_this_machine_alone_are_not_saved(string? seed, string? injected)
    {
        string path = Save(
            NotebookCell.Code("p", "int seed = 0; string store = \"\";", "parameters"),
            NotebookCell.Code("b", "$\"{store} {seed}\"")
        );
        var values = new Dictionary<string, string> { ["store"] = "here" };
        if (seed is not null)
            values["seed"] = seed;
        var runner = new NotebookRunner(new RunOptions { NotSaved = ["store"] });
        Assert.True(runner.Run(path, values, null, TestContext.Current.CancellationToken).Succeeded);
        Notebook saved = Notebook.Load(path);
        Assert.Equal($"here {seed ?? "0"}", saved.Cells[^1].Outputs.Single()["data"]!["text/plain"]![0]!.GetValue<string>());
        Assert.Equal(injected, saved.Cells.SingleOrDefault(cell => cell.Id == "injected-parameters")?.Source);
        Assert.Equal(RunRecord.HashCode(saved), RunRecord.Read(saved)!.Code);
    }

    [Theory]
    [InlineData("sede", "1", "no parameter 'sede': it has scale, seed")]
    [InlineData("seed", "1.5", "to be of type int, found '1.5'")]
    [InlineData("fast", "yes", "Write true or false")]
    public void Parameters_that_do_not_fit_are_refused_before_anything_runs(string name, string value, string reason)
    {
        string path = Save(NotebookCell.Code("p", "string scale = \"\"; int seed = 1; bool fast = true;", "parameters"));
        string before = File.ReadAllText(path);
        var error = Assert.Throws<NotebookException>(() => Run(path, new Dictionary<string, string> { [name] = value }));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(path));
    }

    [Fact]
    public void Parameters_of_other_types_are_refused()
    {
        string path = Save(NotebookCell.Code("p", "int[] sizes = [1];", "parameters"));
        var error = Assert.Throws<NotebookException>(() => Run(path, new Dictionary<string, string> { ["sizes"] = "1" }));
        Assert.Contains("int[] sizes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stopped_run_leaves_the_file_as_it_was()
    {
        string path = Save(NotebookCell.Code("a", "1"), NotebookCell.Code("b", "while (true) { }"));
        string before = File.ReadAllText(path);
        string folder = Directory.GetCurrentDirectory();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        Assert.ThrowsAny<OperationCanceledException>(() => new NotebookRunner(new RunOptions()).Run(path, NoValues, null, stop.Token));
        Assert.Equal(before, File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
        Assert.Equal(folder, Directory.GetCurrentDirectory());
    }

    [Fact]
    public void Another_output_path_leaves_the_notebook_as_it_was_and_relative_paths_start_at_it()
    {
        _folder.File("beside.txt", "found");
        string path = Save(NotebookCell.Code("a", "File.ReadAllText(\"beside.txt\")"));
        string before = File.ReadAllText(path);
        var options = new RunOptions { OutputPath = _folder.File("out/done.ipynb") };
        RunResult result = new NotebookRunner(options).Run(path, NoValues, null, TestContext.Current.CancellationToken);
        Assert.True(result.Succeeded, result.Error?.ToString());
        Assert.Equal(before, File.ReadAllText(path));
        Assert.Equal(options.OutputPath, result.OutputPath);
        Assert.Single(Notebook.Load(result.OutputPath).Cells[0].Outputs);
    }

    [Fact]
    public void A_notebook_in_another_language_is_refused()
    {
        Notebook notebook = Notebook.Create();
        notebook.Metadata["kernelspec"]!["language"] = "python";
        string path = _folder.File("python.ipynb");
        notebook.Save(path);
        Assert.Throws<NotebookException>(() => Run(path, NoValues));
    }

    private string Save(params NotebookCell[] cells)
    {
        string path = _folder.File("test.ipynb");
        Notebook.Create(cells).Save(path);
        return path;
    }

    private static RunResult Run(string path, Dictionary<string, string> values, IProgress<CellProgress>? progress = null)
    {
        var options = new RunOptions { Provenance = new Dictionary<string, string> { ["commit"] = "abc" } };
        return new NotebookRunner(options).Run(path, values, progress, TestContext.Current.CancellationToken);
    }

    private sealed class Sequential<T>(Action<T> action) : IProgress<T>
    {
        public void Report(T value) => action(value);
    }
}
