using System.CommandLine;
using System.Text.RegularExpressions;
using Wsss.Cli;
using Wsss.Cli.Commands;
using Wsss.Comparisons;
using Wsss.Registry;
using Wsss.Tests;

namespace Wsss.Notebooks.Tests.Course;

/// <summary>The notebooks as a course: each leads to the next, says what it asks for, and names only what exists.</summary>
public sealed partial class CourseTests
{
    public static TheoryData<string> EachNotebook => CourseFiles.EachNotebook;

    [Fact]
    public void From_the_first_notebook_each_leads_to_the_next_and_the_last_one_out()
    {
        var notebooks = CourseFiles.Notebooks;
        Assert.True(notebooks.Count >= 17, $"Expected the notebooks of the course, found {notebooks.Count}.");
        for (int i = 0; i < notebooks.Count; i++)
        {
            string last = Markdown(notebooks[i]).Last();
            string next = Assert.Single(Next().Matches(last)).Groups["target"].Value;
            if (i + 1 < notebooks.Count) Assert.Equal(notebooks[i + 1], next);
            else Assert.StartsWith("../README.md", next);
        }
    }

    [Theory]
    [MemberData(nameof(EachNotebook))]
    public void Its_head_says_what_to_know_before_and_how_long_it_takes(string name)
    {
        var notebook = CourseFiles.Load(name);
        string head = notebook.Cells[0].Source;
        Assert.StartsWith($"# {name[..2]} · ", head);
        Match before = Before().Match(head);
        Assert.True(before.Success, $"Expected '**Before this:** … **Time:** about N seconds as saved here' in the first cell of {name}.");
        Assert.Contains("../docs/words.md", CourseFiles.Links(before.Value));
        // What it leans on comes earlier; a later notebook is named for a table alone.
        foreach (string needed in CourseFiles.Links(before.Groups["needs"].Value.Split(';')[0]).Where(IsNotebook))
            Assert.True(string.CompareOrdinal(needed, name) < 0, $"{name} asks for {needed}, which comes later.");
        double said = Evidence.Read(before.Groups["time"].Value) * (before.Groups["unit"].Value == "minute" ? 60 : 1);
        // One that was not run yet has no time to be held to.
        if (notebook.Metadata["wsss"]?["seconds"]?.GetValue<double>() is not { } took) return;
        Assert.True(said >= took / 2 && said <= took * 2, $"{name} says {said} seconds; the saved run took {took}.");
    }

    [Fact]
    public void Links_to_files_and_headings_lead_somewhere()
    {
        string words = ProjectFolder.At("docs", "words.md");
        var texts = CourseFiles.Notebooks
            .SelectMany(name => Markdown(name).Select(text => (File: CourseFiles.PathOf(name), Source: text)))
            .Append((File: words, Source: File.ReadAllText(words)));
        var broken = from text in texts
                     from link in CourseFiles.Links(text.Source)
                     where !link.Contains(':', StringComparison.Ordinal) && !CourseFiles.Leads(text.File, link)
                     select $"{Path.GetFileName(text.File)}: {link}";
        Assert.Empty(broken);
    }

    [Theory]
    [MemberData(nameof(EachNotebook))]
    public void Commands_in_its_text_are_understood(string name)
    {
        var root = new RootCommand
        {
            RunCommand.Create(), CompareCommand.Create(), TrainCommand.Create(), MapsCommand.Create(), RefineCommand.Create(),
            ExplainCommand.Create(), PretrainCommand.Create(), NotebookCommand.Create(), DataCommand.Create(),
        };
        foreach (Match match in Markdown(name).SelectMany(text => Command().Matches(text)))
        {
            string[] words = match.Groups["command"].Value.Split(" > ")[0].Split(' ');
            Assert.Contains(words[0], root.Subcommands.Select(command => command.Name));
            if (words.Length == 1) continue;
            Assert.Null(UsageError.Of(root.Parse(words)));
            bool isGrid = words[0] != "compare" || words[1] == "mine.json"
                || Family.Of<ReadyGrid>().Names.Contains(words[1]) || File.Exists(ProjectFolder.At(words[1]));
            Assert.True(isGrid, $"{name}: {match.Value} names no grid.");
        }
    }

    private static IEnumerable<string> Markdown(string notebook) =>
        CourseFiles.Load(notebook).Cells.Where(cell => cell.IsMarkdown).Select(cell => cell.Source);

    private static bool IsNotebook(string link) => link.EndsWith(".ipynb", StringComparison.Ordinal);

    [GeneratedRegex(@"Next: \[[^\]]+\]\((?<target>[^)]+)\)")]
    private static partial Regex Next();

    [GeneratedRegex(
        @"^\*\*Before this:\*\* (?<needs>.+?) \*\*Time:\*\* about (?<time>[\d.]+) (?<unit>second|minute)s? as saved here.*$",
        RegexOptions.Multiline)]
    private static partial Regex Before();

    [GeneratedRegex(@"`wsss (?<command>[^`]+)`")]
    private static partial Regex Command();
}
