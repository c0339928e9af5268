using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Sessions;

public sealed class LanguageTests(LanguageTests.Prepared shared) : IClassFixture<LanguageTests.Prepared>
{
    private static readonly CancellationToken Token = CancellationToken.None;

    private ILanguageServices Language => shared.Session.Language;

    [Fact]
    public async Task Members_of_a_type_and_of_a_variable()
    {
        CompletionList ofType = await Complete("Math.|");
        Assert.Contains(ofType.Items, item => item is { Text: "Sqrt", Kind: "Method", Signature: "double Math.Sqrt(double d)" });
        CompletionList ofVariable = await Complete("var copy = recipe.|");
        Assert.Contains(ofVariable.Items, item => item is { Text: "With", Kind: "Method" });
        Assert.Contains(ofVariable.Items, item => item is { Text: "BatchSize", Kind: "Property" });
        Assert.DoesNotContain(ofVariable.Items, item => item.Text == "Console");
        Assert.Equal((18, 18), (ofVariable.Start, ofVariable.End));
    }

    [Fact]
    public async Task Names_of_earlier_cells_and_of_the_cell_itself()
    {
        Assert.Equal("features", (await Complete("feat|")).Items[0].Text);
        Assert.Equal("Twice", (await Complete("1 + Twi|")).Items[0].Text);
        Assert.Equal("ScoredRow", (await Complete("new Scor|")).Items[0].Text);
        Assert.Equal("inside", (await Complete("var inside = 1;\nforeach (var one in new[] { 1 }) { insi| }")).Items[0].Text);
        Assert.Contains((await Complete("rows[0].|")).Items, item => item is { Text: "Score", Kind: "Property" });
        Assert.Contains((await Complete("pair.|")).Items, item => item is { Text: "Left", Kind: "Property" });
        Assert.Contains("double", (await Complete("Hal|")).Items[0].Signature, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documentation_of_the_cells_own_types_is_shown()
    {
        Assert.Equal("record ScoredRow\nA name with its score.", await Inspect("typeof(Scored|Row)"));
        Assert.Contains("Most = 7", await Inspect("Mo|st"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_latest_declaration_of_a_name_counts()
    {
        Assert.Contains((await Complete("again.|")).Items, item => item.Text == "Substring");
        Assert.StartsWith("(field) string again\n= \"text\"", await Inspect("aga|in"), StringComparison.Ordinal);
        // What was made of the earlier one keeps its type.
        Assert.StartsWith("(field) int made\n= 2", await Inspect("made|"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fits_the_typed_letters_comes_first_and_the_word_is_replaced()
    {
        CompletionList found = await Complete("features.sh|ap + 1");
        Assert.Equal((9, 13), (found.Start, found.End));
        Assert.Equal("shape", found.Items[0].Text);
        Assert.Contains("reshape", found.Items.Select(item => item.Text));
        Assert.DoesNotContain("dtype", found.Items.Select(item => item.Text));
    }

    [Fact]
    public async Task Nothing_is_offered_in_comments_and_texts()
    {
        Assert.Empty((await Complete("// rec|")).Items);
        Assert.Empty((await Complete("\"rec|\"")).Items);
    }

    [Fact]
    public async Task Commands_and_the_variables_to_free_are_completed()
    {
        Assert.Equal(
            ["#!vars", "#!free", "#!html", "#!markdown", "#!javascript", "#!csharp", "#!value", "#!set", "#!import"],
            (await Complete("#!|")).Items.Select(item => item.Text));
        Assert.Equal("#!html", Assert.Single((await Complete("var x = 1;\n#!ht|")).Items).Text);
        CompletionList names = await Complete("#!free fea|\nrecipe");
        Assert.Equal((7, 10), (names.Start, names.End));
        Assert.Equal(new CompletionItem("features", "Field", "Tensor Float32, shape 2×3, 24 B, cpu"), Assert.Single(names.Items));
        Assert.Contains((await Complete("#!vars\nrecipe.|")).Items, item => item.Text == "With");
    }

    [Fact]
    public async Task What_a_command_takes_is_completed_and_text_that_is_no_code_is_not()
    {
        Assert.Equal(["--name", "--value"], (await Complete("#!set --|")).Items.Select(item => item.Text));
        Assert.Contains("@csharp:features", (await Complete("#!set --name y --value @csharp:fe|")).Items.Select(item => item.Text));
        Assert.Equal("@value:rows", Assert.Single((await Complete("#!set --name y --value @value:|")).Items).Text);
        Assert.Empty((await Complete("#!html\nMath.|")).Items);
        Assert.Contains((await Complete("#!html\n<b>x</b>\n#!csharp\nMath.|")).Items, item => item.Text == "Sqrt");
        Assert.Null(await Inspect("#!html\nfeatures|"));
        Assert.Equal(CodeState.Complete, Language.StateOf("#!html\n<p>{ not closed"));
    }

    [Fact]
    public async Task A_method_is_shown_with_its_signature_and_summary()
    {
        string? text = await Inspect("recipe.Wi|th(null)");
        Assert.Equal("Recipe Recipe.With(Technique technique)\nThe same recipe with one more technique.", text);
    }

    [Fact]
    public async Task Inside_its_arguments_a_call_is_shown_with_all_its_overloads()
    {
        string? text = await Inspect("Math.Abs(|");
        Assert.Contains("Overloads:", text, StringComparison.Ordinal);
        Assert.Contains("  double Math.Abs(double value)\n", text, StringComparison.Ordinal);
        Assert.StartsWith("int Twice(int x)", await Inspect("Twice(| )"), StringComparison.Ordinal);
        Assert.Contains("Random.Random(int Seed)", await Inspect("new Random(1|)"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_is_shown_with_its_value()
    {
        Assert.StartsWith(
            "(field) torch.Tensor features\n= Tensor Float32, shape 2×3, 24 B, cpu",
            await Inspect("features|"),
            StringComparison.Ordinal
        );
        Assert.Contains("= ScoredRow[], shape 1", await Inspect("|rows"), StringComparison.Ordinal);
        // A name of the cell's own is not the session's variable.
        Assert.DoesNotContain("24 B", await Inspect("int Of(string features) => feat|ures.Length;"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_known_of_blanks_numbers_and_unknown_names()
    {
        Assert.Null(await Inspect("| "));
        Assert.Null(await Inspect("1|2"));
        Assert.Null(await Inspect("nowhere|"));
        Assert.Null(await Inspect("|"));
    }

    [Fact]
    public async Task Questions_are_answered_while_a_cell_runs()
    {
        using NotebookSession session = new(new SessionOptions());
        using var stop = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        await session.ExecuteAsync("var finished = TorchSharp.torch.zeros(8);", _ => { }, Token);
        Task running = session.ExecuteAsync(
            "finished = null; Console.Write(1); await Task.Delay(-1);",
            output => begun.TrySetResult(),
            stop.Token
        );
        await begun.Task;
        Assert.Equal("finished", (await session.Language.CompleteAsync("fini", 4, Token)).Items[0].Text);
        Assert.Contains(
            "= Tensor Float32, shape 8, 32 B, cpu",
            await session.Language.InspectAsync("finished", 3, Token),
            StringComparison.Ordinal
        );
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await session.ExecuteAsync("1", _ => { }, Token);
        Assert.Contains("= null", await session.Language.InspectAsync("finished", 3, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warm_session_is_as_it_was()
    {
        using NotebookSession session = new(new SessionOptions());
        await session.WarmUpAsync(Token);
        var outputs = new List<CellOutput>();
        CellResult result = await session.ExecuteAsync("#!vars\n1 + 1", outputs.Add, Token);
        Assert.Equal(1, result.ExecutionCount);
        Assert.StartsWith("No variables yet.", Assert.IsType<StreamOutput>(outputs[0]).Text, StringComparison.Ordinal);
        Assert.Equal("2", Assert.IsType<ResultOutput>(outputs[1]).Data[MimeBundle.Text]);
    }

    [Theory]
    [InlineData("var x = 1;", nameof(CodeState.Complete))]
    [InlineData("x + 1", nameof(CodeState.Complete))]
    [InlineData("#!vars", nameof(CodeState.Complete))]
    [InlineData("foreach (var x in xs)\n{", nameof(CodeState.Incomplete))]
    [InlineData("Console.WriteLine(", nameof(CodeState.Incomplete))]
    [InlineData("/* more", nameof(CodeState.Incomplete))]
    [InlineData("var = ) 1;", nameof(CodeState.Invalid))]
    public void An_editor_learns_whether_a_cell_is_whole(string code, string expected) =>
        Assert.Equal(expected, Language.StateOf(code).ToString());

    private Task<CompletionList> Complete(string codeWithCursor)
    {
        int cursor = codeWithCursor.IndexOf('|', StringComparison.Ordinal);
        return Language.CompleteAsync(codeWithCursor.Remove(cursor, 1), cursor, Token);
    }

    private Task<string?> Inspect(string codeWithCursor)
    {
        int cursor = codeWithCursor.IndexOf('|', StringComparison.Ordinal);
        return Language.InspectAsync(codeWithCursor.Remove(cursor, 1), cursor, Token);
    }

    /// <summary>A session after a few cells; loading the services is what takes time.</summary>
    public sealed class Prepared : IDisposable
    {
        public Prepared()
        {
            string[] cells =
            [
                "using Wsss.Training; using TorchSharp;\nvar recipe = new Recipe(); int Twice(int x) => 2 * x;",
                "#r \"System.Runtime\"\n/// <summary>A name with its score.</summary>\nrecord ScoredRow(string Name, double Score);\n" +
                "const int Most = 7; double Half { get; set; } = 0.5; var features = torch.ones(2, 3);",
                "var rows = new[] { new ScoredRow(\"a\", 1) }; var again = 1;",
                "var made = again + 1; var pair = new { Left = 1 };",
                "using System.Text; var again = \"text\";",
                "#!value --name rows\n1,2",
            ];
            foreach (string cell in cells)
                Assert.Null(Session.ExecuteAsync(cell, _ => { }, CancellationToken.None).GetAwaiter().GetResult().Error);
        }

        internal NotebookSession Session { get; } = new(new SessionOptions());

        public void Dispose()
        {
            Session.ExecuteAsync("#!free features", _ => { }, CancellationToken.None).GetAwaiter().GetResult();
            Session.Dispose();
        }
    }
}
