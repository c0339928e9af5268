using Wsss.Storage;

namespace Wsss.Data.Labels;

/// <summary>Labels that were looked for in a folder of photographs, wherever people keep them there.</summary>
/// <param name="Table">Those that are taken; null where there are none.</param>
/// <param name="Notes">What was not taken, and why; a line each.</param>
internal sealed record LabelSearch(LabelTable? Table, IReadOnlyList<string> Notes)
{
    private const int NamesShown = 3;

    // Files that stand beside photographs and list none.
    private static readonly string[] NotLists =
    [
        "classes.txt", "readme.txt", "requirements.txt", "license.txt", "notes.txt", "data.txt", "credits.txt", "attribution.txt",
        "attributions.txt",
    ];

    /// <summary>Whether something in a folder has the form of labels; cheap, and never an error.</summary>
    /// <param name="root">The folder.</param>
    public static bool MayFind(string root) => Places(root).Any();

    /// <summary>The labels in a folder, as <see cref="In"/> finds them; its notes are those of the table.</summary>
    /// <inheritdoc cref="In"/>
    /// <exception cref="DataSetException">There are none, or they are broken; the message says what is there.</exception>
    public static LabelTable Require(string root, IReadOnlyList<string>? classNames)
    {
        // Where nothing is to be chosen, photographs need not be looked at.
        if (Places(root).ToArray() is [var (only, _)] && only == root)
            return LabelFormat.ReadAny(root, classNames);
        var files = PhotographFiles.Of(root);
        var found = In(root, files, classNames);
        return found.Table is { } table ? table with { Notes = [.. table.Notes, .. found.Notes] } : throw found.NotFound(root, files);
    }

    /// <summary>
    /// What says it is labels counts more than names of folders, which may be sorted by anything, and these more than a list that may be of
    /// something else, such as of whom photographs are; of several, the one that names the most photographs.
    /// </summary>
    /// <param name="root">The folder.</param>
    /// <param name="files">The photographs below it.</param>
    /// <param name="classNames">The classes in order; null for those that the labels name.</param>
    public static LabelSearch In(string root, PhotographFiles files, IReadOnlyList<string>? classNames)
    {
        var (read, notes) = (new List<Candidate>(), new List<string>());
        foreach (var (place, format) in Places(root))
        {
            try
            {
                var table = LabelFormat.ReadAny(place, classNames);
                int known = table.Rows.Count(row => files.One(row.Image) is not null);
                if (known > 0)
                    read.Add(new Candidate(table, format is FolderLabels, known));
                else
                {
                    string names = First([.. table.Rows.Select(row => $"'{row.Image}'")]),
                        photographs = First([.. files.All.Select(path => $"'{Path.GetRelativePath(root, path)}'")]);
                    notes.Add($"'{place}' was read: none of its {table.Rows.Count} names ({names}) is a photograph ({photographs})");
                }
            }
            catch (DataSetException error)
            {
                notes.Add($"not taken as labels: {error.Message}");
            }
        }
        if (read.OrderBy(item => item.Rank).ThenByDescending(item => item.Known).ToArray() is not [var best, .. var others])
            return new LabelSearch(null, notes);
        // Somebody has written labels: a class that all photographs have is not meant instead.
        if (best.Rank == Candidate.Last && notes.Count > 0)
            return new LabelSearch(null, notes);
        // The one folder that holds all photographs says nothing of them.
        notes.AddRange(others.Where(other => !SaysTheSame(best.Table, other.Table) && other.Rank < Candidate.Last).Select(best.Instead));
        return new LabelSearch(best.Table, notes);
    }

    /// <summary>That nothing was found, with what was read meanwhile.</summary>
    public DataSetException NotFound(string folder, PhotographFiles files) =>
        new(
            $"Expected labels for the {files.All.Count} photographs in '{folder}': a table, JSON, COCO, YOLO or XML in it, or one folder "
                + $"per class; found {string.Join(", ", Directory.EnumerateFileSystemEntries(folder).Take(8).Select(Path.GetFileName))}. "
                + string.Concat(Notes.Select(note => $"{char.ToUpperInvariant(note[0])}{note[1..].TrimEnd('.')}. "))
                + (Notes.Count == 0 ? "Say where the labels are." : "Correct them, or say where others are.")
        );

    /// <summary>The first of some names, for a message.</summary>
    internal static string First(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(NamesShown)) + (names.Count > NamesShown ? ", …" : "");

    /// <summary>
    /// What has a form of labels, with the form, files before the folder itself; what systems hide beside them and what commands have made
    /// is passed over.
    /// </summary>
    private static IEnumerable<(string Place, LabelFormat Format)> Places(string root)
    {
        string annotations = Path.Combine(root, "annotations");
        var made = OwnFiles.MadeIn(root);
        string[] places =
        [
            .. Directory.EnumerateFiles(root).Order(NaturalOrder.Instance),
            .. Directory.Exists(annotations) ? Directory.EnumerateFiles(annotations) : [],
        ];
        return places
            .Where(place => Path.GetFileName(place) is var name && name[0] != '.' && !made.Contains(name)
                && !NotLists.Contains(name.ToLowerInvariant()))
            .Append(root)
            .Select(place => (Place: place, Format: LabelFormat.Find(place)!))
            .Where(found => found.Format is not null);
    }

    /// <summary>Whether two tables are of the same photographs and labels, as YOLO's are by its folder and by its data.yaml.</summary>
    private static bool SaysTheSame(LabelTable one, LabelTable other) =>
        one.ClassNames.SequenceEqual(other.ClassNames)
        && one.Rows.Count == other.Rows.Count
        && one.Rows.Zip(other.Rows, (a, b) => a.Image == b.Image && a.Labels.SequenceEqual(b.Labels)).All(same => same);

    /// <summary>What was read at one place.</summary>
    private sealed record Candidate(LabelTable Table, bool Folders, int Known)
    {
        private const int Labels = 0, SomeList = 2;

        /// <summary>The rank of a folder that holds all photographs.</summary>
        public const int Last = 3;

        /// <summary>How far it counts, the least first.</summary>
        public int Rank => Folders ? Table.ClassNames.Count > 1 ? 1 : Last : Table.LooksLikeLabels ? Labels : SomeList;

        /// <summary>Why another one is not taken.</summary>
        public string Instead(Candidate other)
        {
            string what = other.Folders ? $"names of folders ({First(other.Table.ClassNames)})" : $"labels in '{other.Table.Source}'",
                why =
                    other.Folders ? ", as a list of labels counts more than they"
                    : other.Rank == SomeList ? ", as no column says that they are labels and few of them are of several photographs"
                    : "";
            return $"{what} were not taken{why}: '{Table.Source}' names {Known} photographs, {(other.Folders ? "they" : "it")} "
                + $"{other.Known}";
        }
    }
}
