using System.Globalization;
using Wsss.Evaluation;

namespace Wsss.Results;

/// <summary>A table of a document, as its comment describes it: which columns of a file of results it shows, and their headings.</summary>
internal sealed record ResultTable
{
    /// <summary>The paired difference of a measure to the first row: <c>difference of mIoU</c>.</summary>
    public const string DifferenceOf = "difference of ";

    /// <summary>Training against that of the first row.</summary>
    public const string Cost = "cost";

    /// <summary>Points of mIoU that one training of the first row's kind brings.</summary>
    public const string GainPerCost = "gain per cost";

    /// <summary>The heading of the rows' names.</summary>
    public string Rows { get; init; } = "";

    /// <summary>What each column shows by its heading, from left to right: a measure's name, or one of the above.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// A measure whose differences to the first row are shown in place of columns: of each idea with each other one, on the diagonal of
    /// each alone. The pair of <c>A</c> and <c>B</c> is the row <c>A + B</c>.
    /// </summary>
    public string? Pairs { get; init; }

    /// <summary>Names of the rows that are shown, in the file's order; all where none is named.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Headings of the columns whose largest value is in bold; the names of their rows are too.</summary>
    public IReadOnlyList<string> Best { get; init; } = [];

    /// <summary>How rows are called here, by their names in the file; others keep theirs.</summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>();

    /// <summary>A table of some columns of a file, with their usual headings.</summary>
    /// <param name="file">What is shown.</param>
    /// <param name="columns">A measure's name, or one of the above; where none is named, all but the differences of other measures than
    /// mIoU.</param>
    public static ResultTable Of(ResultFile file, params IReadOnlyList<string> columns)
    {
        string[] usual = [.. Sources(file).Where(source =>
            source is DifferenceOf + MaskOverlap.MeanIoU or Cost || file.Rows.Any(row => row.Measures.ContainsKey(source)))];
        return new ResultTable { Rows = file.Title, Columns = (columns.Count > 0 ? columns : usual).ToDictionary(Heading) };

        string Heading(string column) => column switch
        {
            Cost or GainPerCost => column,
            _ when column.StartsWith(DifferenceOf, StringComparison.Ordinal) => $"{column[DifferenceOf.Length..]} − {file.Rows[0].Name}",
            _ => $"{column} %",
        };
    }

    /// <summary>The table, a row per row; differences have a sign, the first row has none.</summary>
    /// <param name="file">What is shown.</param>
    /// <exception cref="WsssException">A column, or a name of a row, is none of the file.</exception>
    public Table ToTable(ResultFile file)
    {
        Require($"a column of '{file.Title}'", Pairs is null ? Columns.Values : [DifferenceOf + Pairs], Sources(file));
        Require("a heading of a column under best", Best, [.. Columns.Keys]);
        string[] known = [.. file.Rows.Select(row => row.Name)];
        Require($"a name of a row of '{file.Title}'", Names.Keys, known);
        Require($"a row of '{file.Title}' under only", Only, known);

        if (Pairs is not null)
        {
            var pairs = file.Pairs(Pairs);
            var square = (pairs with { Ideas = [.. pairs.Ideas.Select(Shown)] }).ToTable(Rows);
            return square with { Rows = [.. square.Rows.Select(row => (IReadOnlyList<string>)[row[0], .. row.Skip(1).Select(Typeset)])] };
        }
        return new Table(
            [Rows, .. Columns.Keys],
            [
                .. RowsOf(file).Select(row => (IReadOnlyList<string>)
                    [Shown(row.Name), .. Columns.Values.Select(column => Cell(row, column, first: row == file.Rows[0]))]),
            ]);
    }

    /// <summary>The table in Markdown, a line per row, the best of columns in bold.</summary>
    /// <inheritdoc cref="ToTable"/>
    public string ToMarkdown(ResultFile file)
    {
        var table = ToTable(file);
        string[][] cells = [.. table.Rows.Select(row => row.ToArray())];
        var rows = RowsOf(file);
        string[] columns = [.. Columns.Keys];
        foreach (string heading in Best)
        {
            int best = Enumerable.Range(0, rows.Count).MaxBy(row => Value(rows[row], Columns[heading]));
            foreach (int column in new[] { 0, 1 + Array.IndexOf(columns, heading) })
                if (!cells[best][column].StartsWith("**", StringComparison.Ordinal)) cells[best][column] = $"**{cells[best][column]}**";
        }
        string[] lines =
        [
            Line(table.Headers), $"|---|{string.Concat(table.Headers.Skip(1).Select(_ => "---:|"))}", .. cells.Select(Line),
        ];
        return string.Join('\n', lines);
    }

    private IReadOnlyList<ResultRow> RowsOf(ResultFile file) => [.. file.Rows.Where(row => Only.Count == 0 || Only.Contains(row.Name))];

    private string Shown(string name) => Names.GetValueOrDefault(name, name);

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells.Select(Table.Cell))} |";

    private static string Cell(ResultRow row, string source, bool first)
    {
        bool toFirst = source == GainPerCost || source.StartsWith(DifferenceOf, StringComparison.Ordinal);
        if (Value(row, source) is not { } value) return first && toFirst ? "" : Table.Percent(null);
        if (source == Cost) return value.ToString("0.00", CultureInfo.InvariantCulture);
        if (source == GainPerCost) return Typeset(Table.Points(value));
        if (Difference(source, row) is { } difference) return Typeset(new Interval(difference.Mean, difference.HalfWidth).Points());
        return new Interval(value, row.Measures[source].HalfWidth).Percent();
    }

    private static double? Value(ResultRow row, string source) => source switch
    {
        Cost => row.Cost?.Relative,
        GainPerCost => row.Measures.GetValueOrDefault(MaskOverlap.MeanIoU)?.Difference?.Mean / row.Cost?.Relative,
        _ when source.StartsWith(DifferenceOf, StringComparison.Ordinal) => Difference(source, row)?.Mean,
        _ => row.Measures.GetValueOrDefault(source)?.Mean,
    };

    private static ResultDifference? Difference(string source, ResultRow row) =>
        source.StartsWith(DifferenceOf, StringComparison.Ordinal)
            ? row.Measures.GetValueOrDefault(source[DifferenceOf.Length..])?.Difference
            : null;

    /// <summary>All that a column may show of a file.</summary>
    private static IReadOnlyList<string> Sources(ResultFile file)
    {
        var measures = MeasuresOf(file);
        string[] sources = [.. measures, .. measures.Select(measure => DifferenceOf + measure), Cost, GainPerCost];
        return [.. sources.Where(source => file.Rows.Any(row => Value(row, source) is not null))];
    }

    private static IReadOnlyList<string> MeasuresOf(ResultFile file) => [.. file.Rows.SelectMany(row => row.Measures.Keys).Distinct()];

    private static void Require(string what, IEnumerable<string> asked, IReadOnlyList<string> known)
    {
        if (asked.Except(known).FirstOrDefault() is { } unknown)
            throw new WsssException($"Expected {what}, found '{unknown}'. There are: {string.Join(", ", known)}.");
    }

    /// <summary>With the sign that documents print; what is missing stays as it is.</summary>
    private static string Typeset(string number) => number == Table.Percent(null) ? number : number.Replace('-', '−');
}
