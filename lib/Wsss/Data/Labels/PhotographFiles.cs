using Wsss.Registry;
using Wsss.Storage;

namespace Wsss.Data.Labels;

/// <summary>The photographs below a folder, and how names in lists are found among them.</summary>
internal sealed class PhotographFiles
{
    /// <summary>Where commands write, contact sheets and overlays too, unless told otherwise.</summary>
    public const string OutputFolder = "out";

    private static readonly string[] MaskFolders =
        ["masks", "mask", "segmentationclass", "segmentationclassaug", "segmentationobject", "annotations", "labels", "gt", OutputFolder];

    // Folders that hold something else than the photographs of a class.
    private static readonly string[] KnownFolders = ["images", "jpegimages", "photos", "photographs", "imagesets", .. MaskFolders];

    private readonly string _root;
    private readonly Dictionary<string, List<string>> _byName = new(StringComparer.Ordinal);

    // What was written on a system that does not tell cases apart: IMG_1.JPG for img_1.jpg. Few folders need it.
    private readonly Lazy<Dictionary<string, List<string>>> _byNameInAnyCase;

    private PhotographFiles(string root, IReadOnlyList<(string Name, string Path)> photographs)
    {
        (_root, All) = (root, [.. photographs.Select(photograph => photograph.Path)]);
        _byNameInAnyCase = new(InAnyCase);
        foreach (var (name, path) in photographs)
        {
            // Every tail of the path, with the extension and without: lists keep any of them.
            foreach (string tail in Tails(ComposedNames.Compose(name)))
            {
                Add(tail, path);
                Add(WithoutExtension(tail), path);
            }
        }
    }

    /// <summary>All photographs, in natural order.</summary>
    public IReadOnlyList<string> All { get; }

    /// <summary>Looks what photographs lie below a folder; folders of masks and hidden ones are left out.</summary>
    public static PhotographFiles Of(string root) =>
        new(root, [.. Below(root, leaveOut: MaskFolders).Select(path => (Path.GetRelativePath(root, path).Replace('\\', '/'), path))]);

    /// <summary>Photographs that were found before.</summary>
    public static PhotographFiles Of(IReadOnlyList<Photograph> photographs) =>
        new(".", [.. photographs.Select(photograph => (photograph.File, photograph.Path))]);

    /// <summary>The photograph of a name as it stands in a list.</summary>
    /// <param name="name">With or without folder and extension.</param>
    /// <param name="where">Where it stands, for the message.</param>
    /// <exception cref="DataSetException">There is none, or there are several.</exception>
    public string Find(string name, string where)
    {
        var found = Matches(name);
        if (found.Count == 1)
            return found[0];
        if (found.Count > 1)
        {
            throw new DataSetException(
                $"{where}: expected one photograph '{name}', found {found.Count}: "
                    + $"{string.Join(", ", found.Take(3).Select(path => $"'{path}'"))}. Say more of its path."
            );
        }
        string near = NearNames.Question(All.Select(path => Path.GetFileName(path)), Path.GetFileName(Plain(name)));
        throw new DataSetException(
            $"{where}: expected a photograph '{name}' below '{_root}', found none among {All.Count}. {near}Add it, or take it "
                + "out of the list."
        );
    }

    /// <summary>The photograph that a name means; null where <see cref="Find"/> finds none, or several.</summary>
    /// <param name="name">With or without folder and extension.</param>
    public string? One(string name) => Matches(name) is [var path] ? path : null;

    /// <summary>Whether two names may be of one photograph: one of them is the end of the other.</summary>
    public static bool MayBeOne(string name, string other)
    {
        return Forms(name).Any(one => Forms(other).Any(two => Ends(one, two) || Ends(two, one)));

        static bool Ends(string one, string two) =>
            $"/{WithoutExtension(one)}".EndsWith($"/{WithoutExtension(two)}", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The photographs that a name may mean; those whose names differ in case only where no other is there.</summary>
    private IReadOnlyList<string> Matches(string name)
    {
        if (Path.IsPathRooted(name) && File.Exists(name)) return [Path.GetFullPath(name)];
        return Of(_byName) ?? Of(_byNameInAnyCase.Value) ?? [];

        IReadOnlyList<string>? Of(Dictionary<string, List<string>> byName) =>
            Forms(name).Select(form => Matches(form, byName)).FirstOrDefault(found => found.Count > 0);
    }

    private static IReadOnlyList<string> Matches(string name, Dictionary<string, List<string>> byName)
    {
        // From the whole name down to the file's: lists may begin with a folder that is not here.
        foreach (string tail in Tails(name))
        {
            foreach (string form in (ReadOnlySpan<string>)[tail, WithoutExtension(tail)])
            {
                if (!byName.TryGetValue(form, out var found)) continue;
                // Maps of something else may lie beside, as PNG: a name without extension means the photograph.
                return found.Count > 1 && found.Where(EndsInJpeg).ToList() is { Count: 1 } jpeg ? jpeg : found;
            }
        }
        return [];
    }

    /// <summary>A path, and what is left of it without its first folder, its first two, and so on.</summary>
    private static IEnumerable<string> Tails(string name)
    {
        for (string? tail = name; tail is not null; tail = tail.IndexOf('/') is var slash and >= 0 ? tail[(slash + 1)..] : null)
            yield return tail;
    }

    /// <summary>How a name in a list may name a file: as it stands, and where it is an address, by the path in it.</summary>
    private static IEnumerable<string> Forms(string name)
    {
        yield return Plain(name);
        int scheme = name.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 1)
            yield break;
        int end = name.IndexOfAny(['?', '#'], scheme);
        yield return Plain(Uri.UnescapeDataString(end < 0 ? name : name[..end]));
    }

    private static string Plain(string name) => ComposedNames.Compose(name.Trim().Replace('\\', '/')).TrimStart('.', '/');

    /// <summary>Whether a name ends as a photograph's does.</summary>
    public static bool HasExtension(string name) => Photographs.Extensions.Contains(Path.GetExtension(name.Trim()).ToLowerInvariant());

    /// <summary>Where a photograph's name ends at the beginning of a line; −1 where no extension shows it.</summary>
    public static int EndOfName(string line)
    {
        for (int i = 0; i <= line.Length; i++)
            if ((i == line.Length || char.IsWhiteSpace(line[i])) && HasExtension(line[..i])) return i;
        return -1;
    }

    /// <summary>Whether a folder of that name holds something else than the photographs of one class.</summary>
    public static bool IsKnownFolder(string name) => KnownFolders.Contains(name.ToLowerInvariant());

    /// <summary>
    /// The photographs in a folder itself, without what commands have made of them; macOS puts a hidden <c>._1.jpg</c>, which is none,
    /// beside each.
    /// </summary>
    public static IEnumerable<string> In(string folder)
    {
        var made = OwnFiles.MadeIn(folder);
        return Directory.EnumerateFiles(folder)
            .Where(path => Path.GetFileName(path) is var name && name[0] != '.' && HasExtension(name) && !made.Contains(name));
    }

    /// <summary>The photographs below a folder, in natural order.</summary>
    public static IEnumerable<string> Below(string folder, params IReadOnlyList<string> leaveOut) =>
    [
        .. In(folder).Order(NaturalOrder.Instance),
        .. Folders(folder)
            .Where(inner => !leaveOut.Contains(Path.GetFileName(inner).ToLowerInvariant()) && new DirectoryInfo(inner).LinkTarget is null)
            .SelectMany(inner => Below(inner, leaveOut)),
    ];

    /// <summary>
    /// The folders in a folder that may hold photographs, in natural order: no hidden ones, none that a command has made, and no link to
    /// what they lie in.
    /// </summary>
    public static IEnumerable<string> Folders(string folder)
    {
        var made = OwnFiles.MadeIn(folder);
        string above = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
        return Directory.GetDirectories(folder)
            .Order(NaturalOrder.Instance)
            .Where(inner => Path.GetFileName(inner) is var name && name[0] != '.' && !made.Contains(name) && !LeadsAbove(inner));

        bool LeadsAbove(string inner) =>
            new DirectoryInfo(inner) is { LinkTarget: not null } link
            && link.ResolveLinkTarget(returnFinalTarget: true) is { } target
            && above.StartsWith(Path.TrimEndingDirectorySeparator(target.FullName) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }

    /// <summary>The name without an extension of photographs: a dot in a name is no extension.</summary>
    public static string WithoutExtension(string name) => HasExtension(name) ? name[..^Path.GetExtension(name).Length] : name;

    private static bool EndsInJpeg(string path) => Path.GetExtension(path).ToLowerInvariant() is ".jpg" or ".jpeg";

    private void Add(string name, string path)
    {
        if (!_byName.TryGetValue(name, out var paths)) _byName.Add(name, paths = []);
        if (!paths.Contains(path)) paths.Add(path);
    }

    private Dictionary<string, List<string>> InAnyCase() => _byName
        .GroupBy(named => named.Key, named => named.Value, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(same => same.Key, same => same.SelectMany(paths => paths).Distinct().ToList(), StringComparer.OrdinalIgnoreCase);
}
