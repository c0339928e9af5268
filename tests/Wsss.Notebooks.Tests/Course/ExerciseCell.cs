using System.Text.RegularExpressions;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Tests.Course;

/// <summary>
/// A code cell with the tag <c>exercise</c>, whose part before the line <c>// Check.</c> is the reader's, and the worked solution: the C#
/// block in the <c>details</c> of the Markdown cell behind it, which takes the place of that part.
/// </summary>
/// <param name="Cell">As the reader finds it.</param>
/// <param name="Solved">The cell's code with the solution in it.</param>
internal sealed partial record ExerciseCell(NotebookCell Cell, string Solved)
{
    private const string Tag = "exercise";

    /// <summary>The exercises of a notebook, in order.</summary>
    public static IReadOnlyList<ExerciseCell> Of(Notebook notebook) =>
    [
        .. notebook.Cells.Index().Where(item => item.Item.Tags.Contains(Tag))
            .Select(item => Of(item.Item, notebook.Cells[item.Index + 1])),
    ];

    private static ExerciseCell Of(NotebookCell cell, NotebookCell behind)
    {
        Match check = Check().Match(cell.Source), solution = Solution().Match(behind.Source);
        Assert.True(check.Success, $"Expected a line '// Check.' in the exercise {cell.Id}.");
        bool isSolved = behind.IsMarkdown && solution.Success;
        Assert.True(isSolved, $"Expected <details> with a C# block behind the exercise {cell.Id}, found: {behind.Source}");
        return new ExerciseCell(cell, solution.Groups["code"].Value + cell.Source[check.Index..]);
    }

    [GeneratedRegex(@"^// Check\.", RegexOptions.Multiline)]
    private static partial Regex Check();

    [GeneratedRegex(@"^<details>.*?^```csharp\n(?<code>.*?)^```.*?^</details>", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Solution();
}
