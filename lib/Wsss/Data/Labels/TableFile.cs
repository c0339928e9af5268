using System.Text;

namespace Wsss.Data.Labels;

/// <summary>A line of a table.</summary>
/// <param name="Number">From 1, in the file.</param>
/// <param name="Cells">What stands in it.</param>
internal sealed record TableLine(int Number, string[] Cells);

/// <summary>Reads a table from a file: finds how its text is written and what parts its cells.</summary>
internal static class TableFile
{
    // So many lines tell what parts the cells of a table.
    private const int LinesTold = 20;

    /// <summary>The lines that are not empty, with their numbers in the file.</summary>
    /// <exception cref="DataSetException">It is no text, or a line is too long.</exception>
    public static List<TableLine> Read(string path)
    {
        var (text, told) = WithoutSeparator(ReadText(path));
        string delimiter = told ?? DelimiterOf(text, path);
        if (delimiter != " ")
            return [.. DelimitedText.Read(text, delimiter, path).Select(row => new TableLine(row.Number, row.Cells))];
        DelimitedText.RequireShortLines(text, path);
        return
        [
            .. text.Split('\n')
                .Index()
                .Where(line => line.Item.Trim().Length > 0)
                .Select(line => BySpaces(line.Item.Trim(), line.Index + 1)),
        ];
    }

    /// <summary>UTF-8, with or without a mark; what is no UTF-8 is read as Windows wrote it.</summary>
    private static string ReadText(string path)
    {
        byte[] bytes = InputFile.ReadBytes(path, InputKind.List);
        if (bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xff, 0xfe]) || bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xfe, 0xff]))
            return new StreamReader(new MemoryStream(bytes), Encoding.Unicode, detectEncodingFromByteOrderMarks: true).ReadToEnd();
        if (bytes.Contains((byte)0)) throw new DataSetException($"{path}: expected a table as text, found a file of bytes.");
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\ufeff');
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    /// <summary>What Excel's own first line, <c>sep=;</c>, says of what parts cells, and the lines behind it with their numbers.</summary>
    private static (string Text, string? Told) WithoutSeparator(string text)
    {
        int end = text.IndexOf('\n');
        return end > 0 && text[..end].TrimEnd('\r') is { Length: 5 } first && first.StartsWith("sep=", StringComparison.OrdinalIgnoreCase)
            ? (text[end..], first[^1..])
            : (text, null);
    }

    private static string DelimiterOf(string text, string path)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        if (extension is ".tsv" or ".tab")
            return "\t";
        // The first lines tell; a table may be long.
        string[] lines = [.. text.Split('\n', LinesTold + 1).Take(LinesTold).Where(line => line.Trim().Length > 0)];
        string first = lines.FirstOrDefault() ?? "";
        // Any of them may part the labels of one cell as well: what parts cells leaves a photograph's name by itself.
        foreach (string delimiter in (ReadOnlySpan<string>)["\t", ",", ";", "|"])
        {
            if (
                first.Contains(delimiter, StringComparison.Ordinal)
                && lines.Skip(lines.Length > 1 ? 1 : 0).All(line => HasPhotograph(line, delimiter))
            )
                return delimiter;
        }
        foreach (string delimiter in (ReadOnlySpan<string>)["\t", ","])
            if (first.Contains(delimiter, StringComparison.Ordinal))
                return delimiter;
        if (first.Contains(';') && (extension == ".csv" || first.Count(c => c == ';') > 0 && !first.Contains(' ')))
            return ";";
        return extension == ".csv" ? "," : " ";
    }

    private static bool HasPhotograph(string line, string delimiter) =>
        line.Split(delimiter).Any(cell => PhotographFiles.HasExtension(cell.Trim().Trim('"')));

    /// <summary>A photograph, which may have blanks in its name where its extension shows the end, then labels.</summary>
    private static TableLine BySpaces(string line, int number)
    {
        int end = PhotographFiles.EndOfName(line);
        if (end < 0) end = line.IndexOfAny([' ', '\t']) is var blank and >= 0 ? blank : line.Length;
        return new TableLine(number, [line[..end], .. line[end..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)]);
    }
}
