using System.Globalization;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using CsvHelper;

namespace Wsss.Notebooks.Reports;

/// <summary>Tables among the outputs of cells: sorted by a click (<c>report.js</c>), and a file each for spreadsheets.</summary>
internal static partial class OutputTables
{
    /// <summary>A fragment of HTML made harmless, with a link to a file below each table that has a heading for each column.</summary>
    /// <param name="html">The fragment.</param>
    /// <param name="save">Takes a table as CSV, and says what the page calls the file.</param>
    public static string WithFiles(string html, Func<string, string> save)
    {
        using var document = SafeHtml.Parse(html);
        foreach (var table in document.QuerySelectorAll("table").Where(IsPlain).ToArray())
        {
            table.ClassList.Add("sortable");
            var link = document.CreateElement("a");
            link.SetAttribute("href", save(ToCsv(table)));
            link.SetAttribute("download", "");
            link.TextContent = "CSV";
            var line = document.CreateElement("p");
            line.ClassName = "csv";
            line.AppendChild(link);
            table.After(line);
        }
        return document.Body!.InnerHtml;
    }

    /// <summary>A table as comma-separated values, without formulas.</summary>
    internal static string ToCsv(IElement table)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using (var csv = new CsvWriter(text, new CsvHelper.Configuration.CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }))
        {
            foreach (var row in table.QuerySelectorAll("tr"))
            {
                foreach (var cell in Cells(row)) csv.WriteField(Field(cell.TextContent.Trim()));
                csv.NextRecord();
            }
        }
        return text.ToString();
    }

    /// <summary>A heading per column, rows below them, and no table inside of another.</summary>
    private static bool IsPlain(IElement table)
    {
        int columns = table.QuerySelectorAll("thead tr").Length == 1 ? table.QuerySelectorAll("thead th").Length : 0;
        var rows = table.QuerySelectorAll("tbody tr");
        return columns > 0 && rows.Length > 0 && rows.All(row => Cells(row).Length == columns)
            && table.QuerySelector("table, [colspan], [rowspan]") is null && table.ParentElement?.Closest("table") is null;
    }

    private static IElement[] Cells(IElement row) => [.. row.Children.Where(cell => cell.LocalName is "td" or "th")];

    /// <summary>Numbers as programs read them; a text that a spreadsheet would take for a formula is marked as text.</summary>
    private static string Field(string text)
    {
        string number = text.Replace('−', '-');
        if (Number().IsMatch(number)) return number;
        return text is ['=' or '+' or '-' or '@' or '\t', ..] ? $"'{text}" : text;
    }

    [GeneratedRegex(@"^[+-]?[\d.,]+( ± [\d.,]+)?$")]
    private static partial Regex Number();
}
