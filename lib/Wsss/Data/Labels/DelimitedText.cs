using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Wsss.Data.Labels;

/// <summary>Cuts a table into rows and cells: cells in quotes may hold what parts cells, doubled quotes and line breaks.</summary>
internal static class DelimitedText
{
    // What has more columns, or longer cells and lines, is no table of labels.
    private const int MostColumns = 10_000, LongestCell = 1 << 16, LongestLine = 1 << 20;

    /// <summary>The rows that are not empty, with the numbers of their last lines in the file.</summary>
    /// <param name="text">The table.</param>
    /// <param name="delimiter">What parts cells.</param>
    /// <param name="path">The file, for the error message.</param>
    /// <exception cref="DataSetException">A row has too many cells, or too long ones.</exception>
    public static IReadOnlyList<(int Number, string[] Cells)> Read(string text, string delimiter, string path)
    {
        RequireShortLines(text, path);
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter,
            HasHeaderRecord = false,
            IgnoreBlankLines = true,
            // A blank before a quote is none of the cell, which would not count as quoted with it.
            TrimOptions = TrimOptions.Trim,
            BadDataFound = null,
            MaxFieldSize = LongestCell,
        };
        var rows = new List<(int Number, string[] Cells)>();
        try
        {
            using var reader = new RowReader(text);
            using var parser = new CsvParser(reader, configuration);
            while (parser.Read())
            {
                reader.BeginRow();
                string[] cells = parser.Record ?? [];
                if (cells.Length > MostColumns)
                    throw new DataSetException(
                        $"{path}, line {parser.RawRow}: expected at most {MostColumns} columns, found {cells.Length}."
                    );
                if (cells.Any(cell => cell.Trim().Length > 0))
                    rows.Add((parser.RawRow, cells));
            }
        }
        catch (InvalidDataException error)
        {
            throw new DataSetException($"{path}, line {(rows.Count > 0 ? rows[^1].Number + 1 : 1)}: {error.Message}", error);
        }
        catch (CsvHelperException error)
        {
            throw new DataSetException(
                $"{path}, line {error.Context?.Parser?.RawRow}: expected a table with cells of at most {LongestCell} characters; "
                    + $"{error.Message.Split('\n')[0].Trim()}",
                error
            );
        }
        return rows;
    }

    /// <summary>Refuses a line of any length: it is cut into cells as a whole, which would take many times its bytes.</summary>
    /// <exception cref="DataSetException">A line is too long.</exception>
    public static void RequireShortLines(string text, string path)
    {
        int number = 1;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.Length > LongestLine)
                throw new DataSetException($"{path}, line {number}: expected at most {LongestLine} characters, found {line.Length}.");
            number++;
        }
    }

    /// <summary>A text that ends with an error where a row has no end: quoted cells may hold line breaks.</summary>
    private sealed class RowReader(string text) : StringReader(text)
    {
        private int _since;

        public void BeginRow() => _since = 0;

        public override int Read(char[] buffer, int index, int count)
        {
            if (_since > LongestLine)
                throw new InvalidDataException(
                    $"expected a row of at most {LongestLine} characters, found a longer one. See whether a quote is missing."
                );
            int read = base.Read(buffer, index, count);
            _since += read;
            return read;
        }
    }
}
