using System.Text.RegularExpressions;
using Spectre.Console;

namespace Wsss.Cli;

/// <summary>
/// Prints results. To a file or another program goes the text as it is, tables as Markdown; on a terminal, tables are drawn and fit its
/// width.
/// </summary>
internal static partial class ResultText
{
    /// <summary>Prints to standard output.</summary>
    public static void Print(string text)
    {
        if (Console.IsOutputRedirected)
        {
            foreach (string line in text.Split('\n')) Console.WriteLine(PlainText.Of(line));
            return;
        }
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out int columns) && columns > 0) console.Profile.Width = columns;
        Draw(text, console);
    }

    /// <summary>Prints a line that is no result to standard error.</summary>
    public static void Note(string line) => Console.Error.WriteLine(PlainText.Of(line));

    /// <summary>Prints to a terminal.</summary>
    public static void Draw(string text, IAnsiConsole console)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length;)
        {
            int rows = lines.Skip(i).TakeWhile(line => line.StartsWith('|')).Count();
            // A row of names, one of dashes.
            if (rows >= 2) console.Write(TableOf(lines.AsSpan(i, rows)));
            else console.Profile.Out.Writer.WriteLine(PlainText.Of(lines[i]));
            i += rows >= 2 ? rows : 1;
        }
    }

    private static Table TableOf(ReadOnlySpan<string> markdown)
    {
        var table = new Table { Border = TableBorder.Simple };
        string[] names = Cells(markdown[0]), sides = Cells(markdown[1]);
        for (int c = 0; c < names.Length; c++)
            table.AddColumn(new TableColumn(new Text(names[c])) { Alignment = sides[c].EndsWith(':') ? Justify.Right : Justify.Left });
        foreach (string row in markdown[2..]) table.AddRow(Cells(row).Select(cell => new Text(cell)));
        return table;
    }

    private static string[] Cells(string row) => [.. Bar().Split(row.TrimEnd()[1..^1])
        .Select(cell => PlainText.Of(cell.Trim().Replace("\\|", "|", StringComparison.Ordinal)))];

    // One that is no part of a cell.
    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();
}
