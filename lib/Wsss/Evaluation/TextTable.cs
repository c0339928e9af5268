using System.Globalization;
using System.Text;

namespace Wsss.Evaluation;

/// <summary>Tables that read well both as plain text and as Markdown.</summary>
public static class TextTable
{
    /// <summary>Lays out a Markdown table whose columns are padded to equal width: the first to the left, the others to the right.</summary>
    /// <param name="headers">One header per column.</param>
    /// <param name="rows">Rows of as many cells.</param>
    /// <returns>Lines that each end with a line feed.</returns>
    /// <exception cref="ArgumentException">A row has another number of cells.</exception>
    public static string Format(IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        foreach (IReadOnlyList<string> row in rows)
        {
            if (row.Count != headers.Count)
                throw new ArgumentException($"Expected {headers.Count} cells in every row, found {row.Count} in the row '{row.FirstOrDefault()}'.");
        }

        // A separator of Markdown needs three characters.
        int[] widths = [.. headers.Select((header, c) => Math.Max(3, rows.Select(row => row[c].Length).Append(header.Length).Max()))];
        var text = new StringBuilder();
        AppendRow(text, headers, widths);
        AppendRow(text, [.. widths.Select((width, c) => c == 0 ? new string('-', width) : new string('-', width - 1) + ":")], widths);
        foreach (IReadOnlyList<string> row in rows) AppendRow(text, row, widths);
        return text.ToString();
    }

    /// <summary>A share as per cent with one decimal, invariant culture: 0.4567 is <c>45.7</c>; null is <c>-</c>.</summary>
    public static string Percent(double? share) =>
        share is { } value ? (100 * value).ToString("F1", CultureInfo.InvariantCulture) : "-";

    private static void AppendRow(StringBuilder text, IReadOnlyList<string> cells, int[] widths)
    {
        for (int c = 0; c < cells.Count; c++)
            text.Append("| ").Append(c == 0 ? cells[c].PadRight(widths[c]) : cells[c].PadLeft(widths[c])).Append(' ');
        text.Append("|\n");
    }
}
