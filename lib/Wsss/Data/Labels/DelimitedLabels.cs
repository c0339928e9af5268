using System.Text;
using Wsss.Registry;

namespace Wsss.Data.Labels;

/// <summary>
/// A table: a column of photographs, and either a column of labels (<c>cat;dog</c>) or a column of 0 and 1 for each class; a column of
/// splits if there is one. With a header, or without: then the photographs come first and labels behind.
/// </summary>
[Registered("a table (.csv, .tsv, .txt): photographs, and a column of labels or one of 0 and 1 for each class", Name = "table", Order = 40)]
internal sealed record DelimitedLabels : LabelFormat
{
    private static readonly string[] ImageColumns =
    [
        "image",
        "images",
        "file",
        "filename",
        "file_name",
        "fname",
        "path",
        "filepath",
        "file_path",
        "image_path",
        "image_name",
        "image_id",
        "img",
        "img_path",
        "photo",
        "photograph",
        "name",
        "id",
        "url",
    ];

    private static readonly string[] LabelColumns =
    [
        "label",
        "labels",
        "class",
        "classes",
        "tag",
        "tags",
        "category",
        "categories",
        "target",
        "targets",
        "class_name",
        "choice",
    ];

    private static readonly string[] SplitColumns = ["split", "set", "subset", "partition", "dataset", "usage"];

    // fast.ai's: true for validation.
    private const string ValidColumn = "is_valid";

    // So many lines tell what parts the cells of a table.
    private const int LinesTold = 20;

    /// <inheritdoc/>
    public override bool Fits(string path) => File.Exists(path) && EndsIn(path, ".csv", ".tsv", ".tab", ".txt", ".lst");

    /// <inheritdoc/>
    public override LabelTable Read(string path, IReadOnlyList<string>? classNames)
    {
        var lines = ReadLines(path);
        if (lines.Count == 0)
            throw new DataSetException($"{path}: expected a table of photographs and labels, found an empty file.");
        string[] first = lines[0].Cells;
        var columns = HasHeader(lines) ? Columns.Of(first, [.. lines.Skip(1).Select(line => line.Cells)], path) : null;
        if (columns is not null)
            lines.RemoveAt(0);
        if (columns is { OneHot.Count: > 0 })
            return OneHot(path, lines, first, columns, classNames);

        var notes = new List<string>();
        if (columns is { Ignored.Count: > 0 } && columns.Label >= 0)
            notes.Add($"columns that were not looked at: {string.Join(", ", columns.Ignored.Select(c => first[c]))}");
        var table = LabelTable.Of(
            path,
            [.. lines.Select(line => columns is null ? Headless(line, path) : Listed(line, columns, path))],
            classNames,
            mayBeIndices: true
        );
        return table with { Notes = [.. notes, .. table.Notes] };
    }

    private static LabelTable OneHot(string path, List<Line> lines, string[] header, Columns columns, IReadOnlyList<string>? classNames)
    {
        // A column may stand for the background: 'healthy' does not, as only its owner knows that.
        int[] classes = [.. columns.OneHot.Where(c => !LabelTable.IsNoClass(header[c].Trim()))];
        string[] names = [.. classes.Select(c => header[c].Trim())];
        if (names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new DataSetException($"{path}, line 1: expected each class once, found '{twice.Key}' {twice.Count()} times.");
        var rows = lines.Select(line => new NamedRow(
            ImageOf(line, columns.Image, path),
            [.. classes.Where(c => IsYes(Cell(line, c))).Select(c => header[c].Trim())],
            SplitOf(line, columns, path),
            $"{path}, line {line.Number}"
        ));
        var table = LabelTable.Of(path, [.. rows], classNames ?? names);
        return columns.Ignored.Count == 0
            ? table
            : table with
            {
                Notes =
                [
                    $"columns that are no 0 and 1 were not looked at: {string.Join(", ", columns.Ignored.Select(c => header[c]))}",
                    .. table.Notes,
                ],
            };
    }

    private static NamedRow Listed(Line line, Columns columns, string path) =>
        new(
            ImageOf(line, columns.Image, path),
            Names(columns.Label < 0 ? "" : Cell(line, columns.Label)),
            SplitOf(line, columns, path),
            $"{path}, line {line.Number}"
        );

    private static NamedRow Headless(Line line, string path) => new(
        ImageOf(line, 0, path), [.. line.Cells.Skip(1).SelectMany(Names)], null, $"{path}, line {line.Number}");

    private static string ImageOf(Line line, int column, string path) =>
        Cell(line, column) is { Length: > 0 } image
            ? image
            : throw new DataSetException($"{path}, line {line.Number}: expected a photograph, found an empty cell.");

    private static SplitKind? SplitOf(Line line, Columns columns, string path)
    {
        if (columns.Split < 0) return null;
        string cell = Cell(line, columns.Split);
        if (columns.SplitIsValid) return IsYes(cell) ? SplitKind.Validation : SplitKind.Train;
        return SplitWords.TryRead(cell, out var split) ? split
            : throw new DataSetException($"{path}, line {line.Number}: expected the split train, val or test, found '{cell}'.");
    }

    private static string Cell(Line line, int column) => column < line.Cells.Length ? line.Cells[column].Trim() : "";

    /// <summary>The labels in a cell: <c>cat;dog</c>, <c>cat|dog</c>, <c>cat, dog</c>, <c>['cat', 'dog']</c>.</summary>
    internal static string[] Names(string cell)
    {
        string text = cell.Trim();
        bool list = text.Length > 1 && (text[0], text[^1]) is ('[', ']') or ('(', ')') or ('{', '}');
        if (list) text = text[1..^1];
        return [.. text.Split([';', '|', ',']).Select(name => name.Trim().Trim('\'', '"').Trim()).Where(name => name.Length > 0)];
    }

    private static bool IsYes(string cell) => cell.ToLowerInvariant() is "1" or "1.0" or "true" or "yes" or "y" or "x" or "t";

    private static bool IsYesOrNo(string cell) =>
        IsYes(cell) || cell.ToLowerInvariant() is "" or "0" or "0.0" or "-1" or "-1.0" or "false" or "no" or "n" or "f";

    /// <summary>
    /// Whether the first line names columns: by names that are known, or as no photograph stands where all others have one.
    /// </summary>
    private static bool HasHeader(List<Line> lines)
    {
        string[] cells = lines[0].Cells;
        if (cells.Length < 2 || cells.Any(PhotographFiles.HasExtension))
            return false;
        return cells.Any(cell => IsOneOf(cell, ImageColumns) || IsOneOf(cell, LabelColumns) || IsOneOf(cell, SplitColumns))
            || cells[0].Trim().Length == 0
            || (
                lines.Count > 1
                && Enumerable.Range(0, cells.Length).Any(c => lines.Skip(1).All(line => PhotographFiles.HasExtension(Cell(line, c))))
            );
    }

    private static bool IsOneOf(string cell, string[] names) => names.Contains(cell.Trim().Replace(' ', '_').ToLowerInvariant());

    /// <summary>The lines that are not empty, with their numbers in the file.</summary>
    private static List<Line> ReadLines(string path)
    {
        string text = ReadText(path);
        string delimiter = DelimiterOf(text, path);
        if (delimiter != " ")
            return [.. DelimitedText.Read(text, delimiter, path).Select(row => new Line(row.Number, row.Cells))];
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

    private static string DelimiterOf(string text, string path)
    {
        if (EndsIn(path, ".tsv", ".tab"))
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
        if (first.Contains(';') && (EndsIn(path, ".csv") || first.Count(c => c == ';') > 0 && !first.Contains(' ')))
            return ";";
        return EndsIn(path, ".csv") ? "," : " ";
    }

    private static bool HasPhotograph(string line, string delimiter) =>
        line.Split(delimiter).Any(cell => PhotographFiles.HasExtension(cell.Trim().Trim('"')));

    /// <summary>A photograph, which may have blanks in its name where its extension shows the end, then labels.</summary>
    private static Line BySpaces(string line, int number)
    {
        int end = PhotographFiles.EndOfName(line);
        if (end < 0) end = line.IndexOfAny([' ', '\t']) is var blank and >= 0 ? blank : line.Length;
        return new Line(number, [line[..end], .. line[end..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)]);
    }

    private sealed record Line(int Number, string[] Cells);

    /// <summary>What the columns of a table with a header are; −1 where there is none of a kind.</summary>
    private sealed record Columns(int Image, int Label, int Split, bool SplitIsValid, IReadOnlyList<int> OneHot, IReadOnlyList<int> Ignored)
    {
        public static Columns Of(string[] header, IReadOnlyList<string[]> rows, string path)
        {
            if (rows.Count == 0)
                throw new DataSetException($"{path}: expected a line per photograph below the header, found none.");
            int image = Find(ImageColumns),
                split = Find(SplitColumns),
                valid = Find([ValidColumn]),
                label = Find(LabelColumns);
            if (image < 0)
                image = Enumerable
                    .Range(0, header.Length)
                    .FirstOrDefault(c => rows.All(row => c < row.Length && PhotographFiles.HasExtension(row[c])), 0);
            int[] others = [.. Enumerable.Range(0, header.Length).Where(c => c != image && c != split && c != valid && c != label)];
            // An index column of pandas counts 0, 1, 2: it has no name.
            int[] oneHot =
            [
                .. others.Where(c => header[c].Trim().Length > 0 && rows.All(row => c >= row.Length || IsYesOrNo(row[c].Trim()))),
            ];
            bool listed = label >= 0 && !(oneHot.Length > 0 && rows.All(row => label >= row.Length || IsYesOrNo(row[label].Trim())));
            // Where but one column is left it holds the labels, whatever it is called.
            if (
                label < 0
                && oneHot.Length == 0
                && others.Where(c => header[c].Trim().Length > 0).ToArray() is [int only]
                && HoldsWords(only)
            )
                (label, listed) = (only, true);
            if (listed)
                oneHot = [];
            else if (label >= 0)
                oneHot = [.. oneHot.Append(label).Order()];
            if (!listed && oneHot.Length == 0)
            {
                throw new DataSetException(
                    $"{path}, line 1: expected a column of labels ({string.Join(", ", LabelColumns.Take(6))}) or columns of 0 and 1 "
                        + "named by class, found "
                        + $"{string.Join(", ", header.Select(name => $"'{name.Trim()}'"))}."
                );
            }
            return new Columns(
                image,
                listed ? label : -1,
                valid >= 0 ? valid : split,
                valid >= 0,
                oneHot,
                [.. others.Where(c => c != label && !oneHot.Contains(c) && header[c].Trim().Length > 0)]
            );

            bool HoldsWords(int column) => rows.Any(row => column < row.Length && row[column].Any(char.IsLetter));

            int Find(string[] names)
            {
                // By the order of the names: 'image' is meant rather than 'id'.
                foreach (string name in names)
                    for (int c = 0; c < header.Length; c++)
                        if (IsOneOf(header[c], [name]))
                            return c;
                return -1;
            }
        }
    }
}
