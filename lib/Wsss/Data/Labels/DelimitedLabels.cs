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

    // What is told of photographs beside their labels.
    private static readonly string[] OtherColumns =
    [
        "author", "authors", "artist", "credit", "credits", "attribution", "photographer", "owner", "user", "copyright", "rights",
        "licence", "license", "licenses", "source", "link", "title", "caption", "description", "comment", "comments", "note", "notes",
        "remark", "remarks", "date", "time", "datetime", "timestamp", "camera",
    ];

    private const string SplitColumn = "split";

    // Called so for other reasons too: where words for splits stand in them, they are meant.
    private static readonly string[] SplitColumns = [SplitColumn, "set", "subset", "partition", "dataset", "usage"];

    // fast.ai's: true for validation.
    private const string ValidColumn = "is_valid";

    /// <inheritdoc/>
    public override bool Fits(string path) => File.Exists(path) && EndsIn(path, ".csv", ".tsv", ".tab", ".txt", ".lst");

    /// <inheritdoc/>
    public override LabelTable Read(string path, IReadOnlyList<string>? classNames)
    {
        var lines = TableFile.Read(path);
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
        bool splitsLast = columns is null && EndsInSplits(lines);
        if (splitsLast)
            notes.Add("the last column was read as the splits, as there is nothing else in it");
        var table = LabelTable.Of(
            path,
            [.. lines.Select(line => columns is null ? Headless(line, splitsLast, path) : Listed(line, columns, path))],
            classNames,
            mayBeIndices: true
        );
        return table with
        {
            Notes = [.. notes, .. table.Notes],
            IsGuessed = classNames is null && (columns is null || !IsOneOf(first[columns.Label], LabelColumns)),
        };
    }

    private static LabelTable OneHot(
        string path,
        List<TableLine> lines,
        string[] header,
        Columns columns,
        IReadOnlyList<string>? classNames
    )
    {
        // A column may stand for the background: 'healthy' does not, as only its owner knows that.
        var columnsOf = columns.OneHot.ToLookup(c => LabelTable.IsNoClass(header[c].Trim()));
        int[] classes = [.. columnsOf[false]];
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
        var notes = new List<string>();
        if (columns.Ignored.Count > 0)
            notes.Add($"columns that are no 0 and 1 were not looked at: {string.Join(", ", columns.Ignored.Select(c => header[c]))}");
        if (columnsOf[true].Any())
            notes.Add(LabelTable.NoClassNote("a column is called", columnsOf[true].Select(c => header[c])));
        return table with
        {
            Notes = [.. notes, .. table.Notes],
            // One column of 0 and 1 may be of anything that was done with the photographs.
            IsGuessed = classNames is null && names.Length == 1 && !IsOneOf(names[0], LabelColumns),
        };
    }

    private static NamedRow Listed(TableLine line, Columns columns, string path) =>
        new(
            ImageOf(line, columns.Image, path),
            columns.Label < 0 ? [] : LabelCell.Names(Cell(line, columns.Label), $"{path}, line {line.Number}"),
            SplitOf(line, columns, path),
            $"{path}, line {line.Number}"
        );

    private static NamedRow Headless(TableLine line, bool splitsLast, string path)
    {
        string where = $"{path}, line {line.Number}";
        return new NamedRow(
            ImageOf(line, 0, path),
            [.. line.Cells[1..^(splitsLast ? 1 : 0)].SelectMany(cell => LabelCell.Names(cell, where))],
            splitsLast ? SplitWords.Read(line.Cells[^1], where) : null,
            where
        );
    }

    /// <summary>Whether each line of a table without header ends in a word for a split, behind labels.</summary>
    private static bool EndsInSplits(List<TableLine> lines) =>
        lines.All(line => line.Cells.Length == lines[0].Cells.Length && line.Cells.Length > 2 && SplitWords.TryRead(line.Cells[^1], out _))
        && lines.Any(line => line.Cells[^1].Trim().Length > 0);

    private static string ImageOf(TableLine line, int column, string path) =>
        Cell(line, column) is { Length: > 0 } image
            ? image
            : throw new DataSetException($"{path}, line {line.Number}: expected a photograph, found an empty cell.");

    private static SplitKind? SplitOf(TableLine line, Columns columns, string path)
    {
        if (columns.Split < 0) return null;
        string cell = Cell(line, columns.Split);
        string where = $"{path}, line {line.Number}";
        if (!columns.SplitIsValid) return SplitWords.Read(cell, where);
        return cell.Length == 0 ? null
            : IsYes(cell) ? SplitKind.Validation
            : IsYesOrNo(cell) ? SplitKind.Train
            : throw new DataSetException(
                $"{where}: expected true or false under {ValidColumn}, found '{cell}'. Correct it, or leave it empty.");
    }

    private static string Cell(TableLine line, int column) => column < line.Cells.Length ? line.Cells[column].Trim() : "";

    private static bool IsYes(string cell) => cell.ToLowerInvariant() is "1" or "1.0" or "true" or "yes" or "y" or "x" or "t";

    private static bool IsYesOrNo(string cell) =>
        IsYes(cell) || cell.ToLowerInvariant() is "" or "0" or "0.0" or "-1" or "-1.0" or "false" or "no" or "n" or "f";

    /// <summary>
    /// Whether the first line names columns: by names that are known, or as no photograph stands where all others have one.
    /// </summary>
    private static bool HasHeader(List<TableLine> lines)
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

    /// <summary>Whether a column's name says that labels by their names stand in it.</summary>
    internal static bool IsLabelColumn(string name) => IsOneOf(name, LabelColumns);

    private static bool IsOneOf(string cell, string[] names) => names.Contains(cell.Trim().Replace(' ', '_').ToLowerInvariant());

    /// <summary>What the columns of a table with a header are; −1 where there is none of a kind.</summary>
    private sealed record Columns(int Image, int Label, int Split, bool SplitIsValid, IReadOnlyList<int> OneHot, IReadOnlyList<int> Ignored)
    {
        public static Columns Of(string[] header, IReadOnlyList<string[]> rows, string path)
        {
            if (rows.Count == 0)
                throw new DataSetException($"{path}: expected a line per photograph below the header, found none.");
            int image = Find(ImageColumns),
                split = SplitColumns
                    .Select(name => Find([name]))
                    .FirstOrDefault(c => c >= 0 && (IsOneOf(header[c], [SplitColumn]) || HoldsSplits(c)), -1),
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
            // Where but one column is left it holds the labels, whatever it is called, unless that says that it is of something else.
            if (
                label < 0
                && oneHot.Length == 0
                && others.Where(c => header[c].Trim().Length > 0 && !IsOneOf(header[c], OtherColumns)).ToArray() is [int only]
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

            bool HoldsSplits(int column) =>
                rows.Any(row => column < row.Length && row[column].Trim().Length > 0 && SplitWords.TryRead(row[column], out _));

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
