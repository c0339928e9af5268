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

    /// <summary>A table of every measure that a file has.</summary>
    public static ResultTable Whole(ResultFile file)
    {
        var headings = MeasuresOf(file).ToDictionary(measure => measure, measure => $"{measure} %");
        headings[DifferenceOf + MaskOverlap.MeanIoU] = $"{MaskOverlap.MeanIoU} − {file.Rows[0].Name}";
        headings[Cost] = Cost;
        var shown = Sources(file).Where(headings.ContainsKey);
        return new ResultTable { Rows = file.Title, Columns = shown.ToDictionary(source => headings[source]) };
    }

    /// <summary>The table in Markdown, a line per row; differences have a sign, the first row has none.</summary>
    /// <param name="file">What is shown.</param>
    /// <exception cref="WsssException">A column, or a name of a row, is none of the file.</exception>
    public string ToMarkdown(ResultFile file)
    {
        Require($"a column of '{file.Title}'", Pairs is null ? Columns.Values : [DifferenceOf + Pairs], Sources(file));
        Require("a heading of a column under best", Best, [.. Columns.Keys]);
        string[] known = [.. file.Rows.Select(row => row.Name)];
        Require($"a name of a row of '{file.Title}'", Names.Keys, known);
        Require($"a row of '{file.Title}' under only", Only, known);

        if (Pairs is not null) return PairsOf(file);
        ResultRow[] rows = [.. file.Rows.Where(row => Only.Count == 0 || Only.Contains(row.Name))];
        var best = Best.ToDictionary(column => column, column => rows.MaxBy(row => Value(row, Columns[column]))!.Name);
        List<string> lines = [Line([Rows, .. Columns.Keys]), $"|---|{string.Concat(Columns.Select(_ => "---:|"))}"];
        foreach (var row in rows)
        {
            string name = Bold(Names.GetValueOrDefault(row.Name, row.Name), best.ContainsValue(row.Name));
            lines.Add(Line([name, .. Columns.Select(column =>
                Bold(Cell(row, column.Value, first: row == file.Rows[0]), best.GetValueOrDefault(column.Key) == row.Name))]));
        }
        return string.Join('\n', lines);

        static string Bold(string text, bool bold) => bold ? $"**{text}**" : text;
    }

    private string PairsOf(ResultFile file)
    {
        const string And = " + ";
        string[] ideas = [.. file.Rows.Skip(1).Select(row => row.Name).Where(name => !name.Contains(And, StringComparison.Ordinal))];
        string Of(string one, string other)
        {
            string[] names = one == other ? [one] : [one + And + other, other + And + one];
            var pair = file.Rows.FirstOrDefault(row => names.Contains(row.Name));
            return pair is null ? "-" : Cell(pair, DifferenceOf + Pairs, first: false);
        }
        string[] headings = [.. ideas.Select(idea => Names.GetValueOrDefault(idea, idea))];
        string[] lines =
        [
            Line([Rows, .. headings]), $"|---|{string.Concat(ideas.Select(_ => "---:|"))}",
            .. ideas.Index().Select(idea => Line([headings[idea.Index], .. ideas.Select(other => Of(idea.Item, other))])),
        ];
        return string.Join('\n', lines);
    }

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

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

    /// <summary>With the sign that documents print.</summary>
    private static string Typeset(string number) => number.Replace('-', '−');
}
