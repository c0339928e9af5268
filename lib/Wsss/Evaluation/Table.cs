using System.Globalization;
using System.Text;

namespace Wsss.Evaluation;

/// <summary>A table that notebooks show as one; as text it is aligned plain text that is also Markdown.</summary>
/// <param name="Headers">The columns' names; the first column holds the rows' names.</param>
/// <param name="Rows">A cell per header in each row.</param>
public sealed record Table(IReadOnlyList<string> Headers, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>A share as per cent with one decimal, invariant culture: 0.4567 is <c>45.7</c>; null is <c>-</c>.</summary>
    public static string Percent(double? share) =>
        share is { } value ? (100 * value).ToString("F1", CultureInfo.InvariantCulture) : "-";

    /// <summary>
    /// A difference of shares as points of per cent with its sign and one decimal, invariant culture: .0234 is <c>+2.3</c>.
    /// </summary>
    public static string Points(double difference) => (100 * difference).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    /// <summary>A Markdown table whose columns are padded to equal width: numbers to the right, text to the left.</summary>
    /// <returns>Lines that each end with a line feed.</returns>
    /// <exception cref="ArgumentException">A row has another number of cells.</exception>
    public override string ToString()
    {
        foreach (IReadOnlyList<string> row in Rows)
        {
            if (row.Count != Headers.Count)
                throw new ArgumentException(
                    $"Expected {Headers.Count} cells in every row, found {row.Count} in the row '{row.FirstOrDefault()}'."
                );
        }

        bool[] numbers = [.. Headers.Select((_, c) => c > 0 && Rows.All(row => IsNumber(row[c])))];
        string[] headers = [.. Headers.Select(Cell)];
        string[][] rows = [.. Rows.Select(row => row.Select(Cell).ToArray())];
        // A separator of Markdown needs three characters.
        int[] widths = [.. headers.Select((header, c) => Math.Max(3, rows.Select(row => row[c].Length).Append(header.Length).Max()))];
        var text = new StringBuilder();
        AppendRow(headers);
        AppendRow([.. widths.Select((width, c) => numbers[c] ? new string('-', width - 1) + ":" : new string('-', width))]);
        foreach (string[] row in rows)
            AppendRow(row);
        return text.ToString();

        void AppendRow(IReadOnlyList<string> cells)
        {
            for (int c = 0; c < cells.Count; c++)
                text.Append("| ").Append(numbers[c] ? cells[c].PadLeft(widths[c]) : cells[c].PadRight(widths[c])).Append(' ');
            text.Append("|\n");
        }
    }

    /// <summary>A text within a cell of Markdown: names of files and classes may hold anything.</summary>
    internal static string Cell(string text) => PlainText.Of(text).Replace("|", "\\|", StringComparison.Ordinal);

    // With a sign, an interval, a unit: it begins as a number does. What is missing takes its column's side.
    private static bool IsNumber(string cell) => cell.Length == 0 || char.IsAsciiDigit(cell[0]) || "+-−".Contains(cell[0]);
}
