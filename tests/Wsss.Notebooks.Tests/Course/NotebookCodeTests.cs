using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;
using Wsss.Tests;

namespace Wsss.Notebooks.Tests.Course;

/// <summary>The cells of the notebooks compile one after the other, with what the library shows to everyone, without running.</summary>
public sealed class NotebookCodeTests
{
    public static TheoryData<string> EachNotebook => CourseFiles.EachNotebook;

    [Theory]
    [MemberData(nameof(EachNotebook))]
    public void Every_cell_compiles(string notebook)
    {
        var cells = CourseFiles.Load(notebook).Cells.Where(cell => cell.IsCode).ToArray();
        Assert.NotEmpty(cells);
        Assert.Equal([], Errors(cells));
    }

    [Theory]
    [InlineData("shown + hidden", "b: CS0103 The name 'hidden' does not exist in the current context")]
    [InlineData("Wsss.Data.NpyFile.Read(\"a\")", "b: CS0122 'NpyFile' is inaccessible due to its protection level")]
    public void A_cell_that_does_not_compile_is_told_with_what_is_wrong(string code, string error) =>
        Assert.Equal(
            [error],
            Errors([NotebookCell.Code("a", "int shown = 1;"), NotebookCell.Code("b", code), NotebookCell.Code("c", "shown")])
        );

    /// <summary>What the compiler says of the first cell that it refuses.</summary>
    private static string[] Errors(IReadOnlyList<NotebookCell> cells)
    {
        string folder = ProjectFolder.At("notebooks");
        var host = HostAssemblies.Load();
        ScriptOptions options = ScriptOptions.Default.WithMetadataResolver(new HostReferenceResolver(host, folder))
            .WithImports(SessionOptions.BaseUsings).WithLanguageVersion(LanguageVersion.Latest);
        Script<object> script = CSharpScript.Create<object>("", options.WithReferences(host.References), typeof(SessionGlobals));
        foreach (NotebookCell cell in cells)
        {
            script = script.ContinueWith<object>(cell.Source, options.WithReferences((MetadataReference[])[]));
            string[] errors = [.. script.GetCompilation().GetDiagnostics(TestContext.Current.CancellationToken)
                .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
                .Select(diagnostic => $"{cell.Id}: {diagnostic.Id} {diagnostic.GetMessage()}")];
            if (errors.Length > 0) return errors;
        }
        return [];
    }
}
