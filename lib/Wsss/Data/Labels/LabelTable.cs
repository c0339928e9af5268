using System.Globalization;
using Wsss.Registry;

namespace Wsss.Data.Labels;

/// <summary>What a file or folder says about photographs, before anybody looked for the photographs.</summary>
/// <param name="Source">The file or folder that was read.</param>
/// <param name="ClassNames">Names of the C classes, in the order of the labels.</param>
/// <param name="Rows">A row per photograph.</param>
public sealed record LabelTable(string Source, IReadOnlyList<string> ClassNames, IReadOnlyList<LabelRow> Rows)
{
    /// <summary>What a person should know about how it was read; a line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether nothing in it says that what it lists are labels, as no column is called so.</summary>
    internal bool IsGuessed { get; init; }

    /// <summary>
    /// Whether it is labels as far as can be told: it says so, or what it lists differs between photographs and comes again, as names of
    /// their makers and descriptions do not.
    /// </summary>
    internal bool LooksLikeLabels
    {
        get
        {
            if (!IsGuessed) return true;
            int[][] labelled = [.. Rows.Select(row => (int[])[.. row.Labels])];
            return labelled.Sum(labels => labels.Length) >= 2 * labelled.SelectMany(labels => labels).Distinct().Count()
                && labelled.Any(labels => !labels.SequenceEqual(labelled[0]));
        }
    }

    /// <summary>Whether the photographs of its validation split are those to hold out, as it names none for the test.</summary>
    internal bool HoldsOutValidation =>
        Rows.Any(row => row.Split == SplitKind.Validation) && Rows.All(row => row.Split != SplitKind.Test);

    /// <summary>
    /// Puts rows of named labels together: labels become indices, rows of one photograph one row, names of the background no label.
    /// </summary>
    /// <param name="source">The file or folder that was read.</param>
    /// <param name="rows">Labels by name.</param>
    /// <param name="classNames">The classes in order; null for those that occur, sorted.</param>
    /// <param name="mayBeIndices">
    /// Whether labels are what a person typed: whole numbers are then indices into <paramref name="classNames"/>, unless one of them is
    /// the name of a class.
    /// </param>
    /// <exception cref="DataSetException">A label is none of the classes, no label occurs, or a photograph stands in two
    /// splits.</exception>
    internal static LabelTable Of(
        string source,
        IReadOnlyList<NamedRow> rows,
        IReadOnlyList<string>? classNames,
        bool mayBeIndices = false
    )
    {
        string[] named = [.. rows.SelectMany(row => row.Labels).Where(name => !IsNoClass(name)).Distinct()];
        IReadOnlyList<string> list = classNames ?? [.. named.Order(NaturalOrder.Instance)];
        if (list.Count == 0)
            throw new DataSetException($"{source}: expected labels, found none in its {rows.Count} rows. Name at least one class.");
        var (names, note) = ClassList.WithoutBackground(list, $"classes for {source}");
        if (names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new DataSetException(
                $"{source}: expected class names that differ in more than case, found "
                    + $"{string.Join(" and ", twice.Select(name => $"'{name}'"))}. Write a class always alike."
            );
        var classes = names.Index().ToDictionary(item => item.Item, item => item.Index, StringComparer.OrdinalIgnoreCase);
        bool byIndex =
            mayBeIndices
            && classNames is not null
            && named.Length > 0
            && named.All(label => IndexOf(label) < list.Count && !classes.ContainsKey(label));
        var merged = new Dictionary<string, LabelRow>();
        foreach (var row in rows)
        {
            int[] labels =
            [
                .. row
                    .Labels.Select(label => byIndex && IndexOf(label) is { } index ? list[index] : label)
                    .Where(name => !IsNoClass(name))
                    .Select(name => classes.TryGetValue(name, out int label) ? label : throw Unknown(row, name)),
            ];
            if (!merged.TryGetValue(row.Image, out var before))
                merged.Add(row.Image, new LabelRow(row.Image, [.. labels.Distinct().Order()], row.Split, row.Where));
            else if (before.Split is not null && row.Split is not null && before.Split != row.Split)
                throw new DataSetException(
                    $"{row.Where}: expected one split for '{row.Image}', found {before.Split} and {row.Split} ({before.Where})."
                );
            else
                merged[row.Image] = before with { Labels = [.. before.Labels.Union(labels).Order()], Split = before.Split ?? row.Split };
        }
        List<string> notes = [.. NoClasses(rows), .. classNames is null ? Numbers(names) : []];
        if (note is not null)
            notes.Insert(0, $"{note}");
        if (merged.Count < rows.Count)
            notes.Add($"{rows.Count} rows are of {merged.Count} photographs: labels of one photograph were put together");
        return new LabelTable(source, names, [.. merged.Values]) { Notes = notes };

        DataSetException Unknown(NamedRow row, string name) =>
            new(
                $"{row.Where}: expected one of the classes {string.Join(", ", names)}, found '{name}'. "
                    + $"{NearNames.Question(names, name)}Add it to the classes, or correct it."
            );
    }

    /// <summary>The value of a name in masks: 0 for the background, 255 for what is not counted, c + 1 for class c.</summary>
    /// <exception cref="InvalidOperationException">It is none of them, nor did a row have it as a label.</exception>
    internal byte MaskValueOf(string name) =>
        ClassList.IsIgnored(name) ? LabelMap.Ignore
        : IsNoClass(name) ? (byte)0
        : (byte)(ClassNames.Index().First(item => item.Item.Equals(name, StringComparison.OrdinalIgnoreCase)).Index + 1);

    /// <summary>Nothing, a word for nothing, or a name of the background: no class of its own.</summary>
    internal static bool IsNoClass(string name) =>
        name.Trim().ToLowerInvariant() is "" or "[]" or "n/a" || ClassList.IsBackground(name) || ClassList.IsIgnored(name);

    /// <summary>That names are no class, for a note.</summary>
    internal static string NoClassNote(string what, IEnumerable<string> names) =>
        $"{what} {string.Join(", ", names.Select(name => $"'{name.Trim()}'"))}, which is no class of its own: background alone";

    /// <summary>What is dropped without being nothing: somebody may have a class that is called so.</summary>
    private static IEnumerable<string> NoClasses(IReadOnlyList<NamedRow> rows)
    {
        string[][] dropped = [.. rows.Select(row => row.Labels.Where(name => IsNoClass(name) && name.Any(char.IsLetter)).ToArray())];
        string[] names = [.. dropped.SelectMany(labels => labels).Distinct().Order(StringComparer.Ordinal)];
        return names.Length == 0 ? [] : [NoClassNote($"{dropped.Count(labels => labels.Length > 0)} rows are labelled", names)];
    }

    /// <summary>That 0 is a class where all are called by numbers: many mean the background by it.</summary>
    private static IEnumerable<string> Numbers(IReadOnlyList<string> names) =>
        names.Contains("0") && names.All(name => IndexOf(name) is not null)
            ? [$"classes are called by numbers ({LabelSearch.First(names)}), and 0 is one of them: where it means the background, give the "
                + "names of all, the background's first"]
            : [];

    private static int? IndexOf(string label) =>
        int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : null;
}

/// <summary>What is known about one photograph.</summary>
/// <param name="Image">Its path or name as it stands in the file: with or without folder and extension.</param>
/// <param name="Labels">Zero-based class indices, ascending.</param>
/// <param name="Split">What it is for; null where nothing is said.</param>
/// <param name="Where">File and line, for messages.</param>
public sealed record LabelRow(string Image, IReadOnlyList<int> Labels, SplitKind? Split, string Where)
{
    /// <summary>Draws the class mask (0, c + 1, 255) where the file holds one, such as COCO's polygons; null where it does not.</summary>
    internal Func<LabelMap>? Mask { get; init; }
}

/// <summary>What a photograph is for.</summary>
public enum SplitKind
{
    /// <summary>To learn from.</summary>
    Train,

    /// <summary>To look how it goes, and to choose a threshold on where it has a mask.</summary>
    Validation,

    /// <summary>Held out.</summary>
    Test,
}

/// <summary>A row before its labels are numbered.</summary>
internal sealed record NamedRow(string Image, IReadOnlyList<string> Labels, SplitKind? Split, string Where);
