using TorchSharp;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Sessions;

public sealed class VariableCommandsTests(VariableCommandsTests.Shared shared) : IClassFixture<VariableCommandsTests.Shared>
{
    private readonly List<CellOutput> _outputs = [];

    [Fact]
    public async Task Variables_are_listed_with_type_shape_size_and_device()
    {
        await Run(
            "var small = TorchSharp.torch.zeros(2, 3); var names = new List<string> { \"a\", \"b\" }; double rate = 0.5; var counts = "
                + "new int[5];"
        );
        await Run("#!vars");
        string table = Assert.IsType<DisplayOutput>(Assert.Single(_outputs)).Data[MimeBundle.Text]!;
        Assert.Contains(Cells("small", "Tensor Float32", "2×3", "24 B", "cpu", ""), Rows(table));
        Assert.Contains(Cells("names", "List<string>", "2", "", "", ""), Rows(table));
        Assert.Contains(Cells("rate", "double", "", "", "", "0.5"), Rows(table));
        Assert.Contains(Cells("counts", "int[]", "5", "20 B", "", ""), Rows(table));
        Assert.Contains($"Tensors alive in this process: {torch.Tensor.TotalCount}.", table, StringComparison.Ordinal);
        await Run("#!free small");
    }

    [Fact]
    public async Task A_freed_tensor_is_gone_and_its_variable_empty()
    {
        long before = torch.Tensor.TotalCount;
        await Run("var gone = TorchSharp.torch.zeros(1024); var list = new[] { TorchSharp.torch.zeros(1), TorchSharp.torch.zeros(2) };");
        Assert.Equal(before + 3, torch.Tensor.TotalCount);
        await Run("#!free gone list\ngone is null && list is null");
        Assert.Equal("gone: freed (4.0 KB).\nlist: freed (12 B).\n", Assert.IsType<StreamOutput>(_outputs[0]).Text);
        Assert.Equal("True", Assert.IsType<ResultOutput>(_outputs[1]).Data[MimeBundle.Text]);
        Assert.Equal(before, torch.Tensor.TotalCount);
        await Run("#!free gone");
        Assert.Equal("gone: held nothing.\n", Assert.IsType<StreamOutput>(Assert.Single(_outputs)).Text);
    }

    [Fact]
    public async Task Tensors_among_empty_places_are_listed_and_freed()
    {
        await Run("var sparse = new TorchSharp.torch.Tensor[3]; sparse[1] = TorchSharp.torch.zeros(2);");
        await Run("#!vars");
        string table = Assert.IsType<DisplayOutput>(Assert.Single(_outputs)).Data[MimeBundle.Text]!;
        Assert.Contains(Cells("sparse", "Tensor[]", "3", "8 B", "cpu", ""), Rows(table));
        await Run("#!free sparse");
        Assert.Equal("sparse: freed (8 B).\n", Assert.IsType<StreamOutput>(Assert.Single(_outputs)).Text);
    }

    [Fact]
    public async Task What_another_variable_holds_too_stays()
    {
        await Run("var first = TorchSharp.torch.zeros(4); var second = first;");
        await Run("#!free first\nsecond.shape[0]");
        Assert.Contains("'second' holds the same value", Assert.IsType<StreamOutput>(_outputs[0]).Text, StringComparison.Ordinal);
        Assert.Equal("4", Assert.IsType<ResultOutput>(_outputs[1]).Data[MimeBundle.Text]);
        await Run("#!free second");
    }

    [Fact]
    public async Task Declaring_a_large_tensor_again_warns_and_freeing_it_first_does_not()
    {
        const string Large = "var large = TorchSharp.torch.zeros(4 << 20);";
        await Run(Large);
        Assert.Empty(_outputs);
        await Run(Large);
        StreamOutput warning = Assert.IsType<StreamOutput>(Assert.Single(_outputs));
        Assert.Equal("stderr", warning.Name);
        Assert.Contains("declares 'large' again. The earlier 'large' still holds 16.0 MB", warning.Text, StringComparison.Ordinal);
        await Run("#!vars");
        Assert.Contains(
            "large (declared again later)",
            Assert.IsType<DisplayOutput>(_outputs[0]).Data[MimeBundle.Text],
            StringComparison.Ordinal
        );
        long both = torch.Tensor.TotalCount;
        await Run("#!free large\n" + Large);
        Assert.Equal("large: freed (16.0 MB).\nlarge: freed (16.0 MB).\n", Assert.IsType<StreamOutput>(Assert.Single(_outputs)).Text);
        Assert.Equal(both - 1, torch.Tensor.TotalCount);
        await Run("#!free large");
    }

    [Fact]
    public async Task Small_ones_may_be_declared_again_in_silence()
    {
        await Run("var few = TorchSharp.torch.zeros((4 << 20) - 1);");
        await Run("var few = 1;");
        Assert.Empty(_outputs);
        await Run("#!free few");
    }

    [Theory]
    [InlineData("\n#!wars", 2, "found '#!wars'")]
    [InlineData("#!free", 1, "Expected '#!free NAME', found '#!free'")]
    [InlineData("#!vars all", 1, "found '#!vars all'")]
    [InlineData("#!vars\n#!free nobody", 2, "found 'nobody'")]
    public async Task A_command_that_cannot_be_followed_ends_the_cell(string command, int line, string reason)
    {
        CellError error = (await Run(command + "\nConsole.Write(\"ran\");", succeeds: false)).Error!;
        Assert.Equal(("CommandError", line), (error.Name, error.Line));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(new StreamOutput("stdout", "ran"), _outputs);
    }

    [Fact]
    public async Task Code_below_a_command_keeps_its_lines()
    {
        CellError error = (await Run("#!vars\n\nthrow new Exception(\"no\");", succeeds: false)).Error!;
        Assert.Equal(3, error.Line);
    }

    private async Task<CellResult> Run(string code, bool succeeds = true)
    {
        _outputs.Clear();
        CellResult result = await shared.Session.ExecuteAsync(code, _outputs.Add, TestContext.Current.CancellationToken);
        if (succeeds) Assert.Null(result.Error);
        return result;
    }

    private static string Cells(params string[] cells) => string.Join("|", cells);

    private static IEnumerable<string> Rows(string table) =>
        table
            .Split('\n')
            .Where(line => line.StartsWith('|'))
            .Select(line => string.Join("|", line.Trim('|').Split('|').Select(cell => cell.Trim())));

    public sealed class Shared : IDisposable
    {
        internal NotebookSession Session { get; } = new(new SessionOptions());

        public void Dispose() => Session.Dispose();
    }
}
