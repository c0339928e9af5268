using System.CommandLine;
using System.Text;
using Wsss.Results;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss results</c>: tables from files of results.</summary>
internal static class ResultsCommand
{
    private const string TableLesson =
        """
        What it does:
          Prints every measure of a file of results, which `wsss run` and `wsss compare` write into their output folders as
          measured.json: means over the seeds with 95 % intervals, differences to the first row, costs.

        Examples:
          wsss results table out/compare/ablation/measured.json
          wsss results table results/maps.json
        """;

    private const string UpdateLesson =
        """
        What it does:
          Makes the tables of Markdown documents anew from files of results, so that a document says what was measured. A table
          stands between two comments; the first names the file and the columns, each by its heading:

            <!-- results: ablation
            rows: technique
            columns: {mIoU %: mIoU, head %: head recall, mIoU − plain: difference of mIoU, cost: cost}
            best: [mIoU %]
            names: {BoundaryLoss: boundary loss (SEC)}
            -->
            <!-- /results -->

          A column shows a measure by its name, the difference of one to the first row, cost (training against the first row's)
          or gain per cost; best and names may be left out, and `only: [ROW, …]` shows
          some rows. A measured.json joins by being copied to results/NAME.json.

        Examples:
          wsss results update README.md
          wsss results update README.md --check        changes nothing; the exit code is 1 if a table is out of date
        """;

    public static Command Create() => new("results", "Tables from files of results, printed or in documents.") { Table(), Update() };

    private static TaughtCommand Table()
    {
        var options = new CommonOptions();
        var file = new Argument<string>("FILE") { Description = "A file of results." };
        var command = new TaughtCommand("table", "Print a file of results as a table.", TableLesson) { file, options.Json };
        command.SetAction(parsed =>
            options.Print(parsed, ResultFile.Load(parsed.GetValue(file)!), results => ResultTable.Of(results).ToMarkdown(results)));
        return command;
    }

    private static TaughtCommand Update()
    {
        var documents = new Argument<string[]>("DOCUMENT") { Description = "Markdown files.", Arity = ArgumentArity.OneOrMore };
        var folder = new Option<string>("--folder") { Description = "Folder of results as files.", DefaultValueFactory = _ => "results" };
        var check = new Option<bool>("--check") { Description = "Change nothing and say what is out of date." };
        var command = new TaughtCommand("update", "Make the tables of documents anew from files of results.", UpdateLesson)
        {
            documents, folder, check,
        };
        command.SetAction(parsed =>
        {
            bool checks = parsed.GetValue(check);
            string[] changed = [.. parsed.GetValue(documents)!.Where(path => Changes(path, parsed.GetValue(folder)!, write: !checks))];
            foreach (string path in changed) ResultText.Print($"{path}: {(checks ? "out of date" : "written")}");
            return checks && changed.Length > 0 ? ExitCode.Error : ExitCode.Done;
        });
        return command;
    }

    private static bool Changes(string path, string folder, bool write)
    {
        byte[] bytes = InputFile.ReadBytes(path, InputKind.Document);
        using var reader = new StreamReader(new MemoryStream(bytes), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        string text = reader.ReadToEnd(), updated = ResultDocument.Update(text, path, folder);
        if (text == updated) return false;
        // As the document was, with its byte order mark where it has one.
        byte[] mark = reader.CurrentEncoding.GetPreamble();
        if (!bytes.AsSpan().StartsWith(mark)) mark = [];
        if (write) AtomicFile.Write(path, stream => stream.Write([.. mark, .. reader.CurrentEncoding.GetBytes(updated)]));
        return true;
    }
}
