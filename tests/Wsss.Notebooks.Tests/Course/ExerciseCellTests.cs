using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;
using Wsss.Tests;

namespace Wsss.Notebooks.Tests.Course;

/// <summary>The exercises of the notebooks: untouched they say "not yet", with their worked solutions "right".</summary>
[Collection<CourseStore.Users>]
public sealed class ExerciseCellTests : IDisposable
{
    private static readonly string[] Verdicts = ["Not yet: ", "Right: ", "Wrong: "];
    private static readonly string Folder = ProjectFolder.At("notebooks");

    private readonly string _previousFolder = Directory.GetCurrentDirectory();
    private readonly CourseStore _store;

    public ExerciseCellTests(CourseStore store)
    {
        _store = store;
        // As when a notebook is run: its relative paths start there.
        Directory.SetCurrentDirectory(Folder);
    }

    public void Dispose() => Directory.SetCurrentDirectory(_previousFolder);

    public static TheoryData<string> EachNotebook => CourseFiles.EachNotebook;

    [Fact]
    public void The_course_has_exercises_from_its_first_notebook_on()
    {
        string[] with = [.. CourseFiles.Notebooks.Where(name => ExerciseCell.Of(CourseFiles.Load(name)).Count > 0)];
        Assert.Equal(CourseFiles.Notebooks.Take(8), with.Take(8));
    }

    [Theory]
    [MemberData(nameof(EachNotebook))]
    public async Task Untouched_it_says_not_yet_and_with_the_solution_right(string name)
    {
        var notebook = CourseFiles.Load(name);
        NotebookParameters.Inject(notebook, Smoke(notebook));
        var cells = notebook.Cells.Where(cell => cell.IsCode).ToList();
        using var session = new NotebookSession(new SessionOptions { BaseFolder = Folder });
        var ran = new HashSet<string>();
        foreach (var exercise in ExerciseCell.Of(notebook))
        {
            var before = cells.TakeWhile(cell => cell.Id != exercise.Cell.Id).Where(cell => !ran.Contains(cell.Id)).ToList();
            foreach (var cell in NeededCells.Of(exercise.Solved, before).Where(cell => ran.Add(cell.Id)))
                await Run(session, name, cell.Id, cell.Source);
            Verify("Not yet: ", await Run(session, name, exercise.Cell.Id, exercise.Cell.Source), $"{name}, {exercise.Cell.Id} as it is");
            Verify("Right: ", await Run(session, name, exercise.Cell.Id, exercise.Solved), $"{name}, {exercise.Cell.Id} with its solution");
            ran.Add(exercise.Cell.Id);
        }
    }

    /// <summary>Small scenes, one seed, and what is trained is kept for the notebooks to come.</summary>
    private Dictionary<string, string> Smoke(Notebook notebook)
    {
        (string Name, string Value)[] values = [("scale", "smoke"), ("seeds", "1"), ("device", "cpu"), ("store", _store.Path)];
        var known = NotebookParameters.Find(notebook);
        return values.Where(value => known.ContainsKey(value.Name)).ToDictionary(value => value.Name, value => value.Value);
    }

    /// <summary>The verdicts that a cell shows.</summary>
    private static async Task<string[]> Run(NotebookSession session, string notebook, string id, string code)
    {
        var texts = new List<string>();
        var result = await session.ExecuteAsync(
            code, output => texts.Add(MultilineText.Read(output.ToJson()["data"]?["text/plain"])), TestContext.Current.CancellationToken);
        Assert.True(result.Error is null, $"{notebook}, {id}: {result.Error}");
        return [.. texts.Where(text => Verdicts.Any(verdict => text.StartsWith(verdict, StringComparison.Ordinal)))];
    }

    private static void Verify(string verdict, string[] said, string where)
    {
        Assert.True(said.Length > 0, $"{where}: expected a verdict, found none.");
        Assert.All(said, text => Assert.True(
            text.StartsWith(verdict, StringComparison.Ordinal), $"{where}: expected '{verdict}', found '{text}'."));
    }
}
