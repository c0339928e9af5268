using System.Globalization;
using Wsss.Registry;

namespace Wsss.Data;

/// <summary>Lists of class names as people write them, and finding a class in one.</summary>
/// <remarks>A name may list synonyms, as ImageNet's do: <c>tench, Tinca tinca</c>.</remarks>
internal static class ClassList
{
    private const int Suggestions = 6;

    /// <summary>
    /// Reads a file of class names: one per line, also behind line numbers or WordNet's (<c>n01440764 tench</c>); or a list or a
    /// dict from index to name as JSON, Python or YAML.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataSetException">The file cannot be read, or is no such list.</exception>
    public static IReadOnlyList<string> Read(string path) => ClassNameFile.Read(path);

    /// <summary>The first of a name's synonyms.</summary>
    public static string ShortName(string name) => Synonyms(name)[0];

    /// <summary>
    /// Reads the class names of a network. Names of the background at the front are left out if there are too many.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="count">Number of classes that the network has.</param>
    /// <exception cref="DataSetException">The file cannot be read or has another number of names.</exception>
    public static IReadOnlyList<string> Read(string path, int count)
    {
        IReadOnlyList<string> names = ClassNameFile.Read(path);
        int found = names.Count;
        while (names.Count > count && (IsBackground(names[0]) || IsIgnored(names[0])))
            names = [.. names.Skip(1)];
        return names.Count == count
            ? names
            : throw new DataSetException(
                $"Expected {count} class names, as the network has {count} classes; found {found} in '{path}'. Give the list that "
                    + "belongs to the weights."
            );
    }

    /// <summary>The class that a text means: a name or one of its synonyms, in any case, or a zero-based index.</summary>
    /// <param name="names">Names of the C classes.</param>
    /// <param name="text">What was typed.</param>
    /// <returns>Its zero-based index.</returns>
    /// <exception cref="DataSetException">No such class, or several; the message lists those that come near.</exception>
    public static int Find(IReadOnlyList<string> names, string text)
    {
        string wanted = text.Trim();
        int[] exact = Matches(names, name => Same(name, wanted));
        int[] found = exact.Length > 0 ? exact : Matches(names, name => Synonyms(name).Any(synonym => Same(synonym, wanted)));
        if (found.Length == 1)
            return found[0];
        if (found.Length > 1)
            throw new DataSetException($"Expected one class for '{text}', found several: {List(names, found)}. Give the index.");
        if (int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
        {
            return index < names.Count
                ? index
                : throw new DataSetException($"Expected a class index of 0…{names.Count - 1}, found {index}.");
        }
        throw new DataSetException(
            $"Expected a class that the network knows, found '{text}'. {NearNames.Question(names.SelectMany(Synonyms), wanted)}"
                + $"{Nearest(names, wanted)}"
        );
    }

    /// <summary>
    /// Whether a name is one of those that people give the background, such as <c>background</c>, <c>Background</c>, <c>_background_</c>,
    /// <c>__background__</c> and <c>bg</c>, or a word for no class, such as <c>none</c>, <c>NaN</c> and <c>null</c>: its letters count, not
    /// their case nor the signs between them.
    /// </summary>
    public static bool IsBackground(string name) => Letters(ShortName(name)) is "background" or "bg" or "none" or "null" or "nan";

    /// <summary>
    /// Whether a name stands for the pixels that are not counted, such as labelme's <c>__ignore__</c> and VOC's <c>void</c>.
    /// </summary>
    internal static bool IsIgnored(string name) => Letters(name) is "ignore" or "void";

    /// <summary>The classes of the mask values 1, 2, … in a list that people write, and a note where some of it is none of them.</summary>
    /// <remarks>
    /// A background in front (labelme writes its <c>__ignore__</c> before it) is the mask value 0 and left out; so is VOC's <c>void</c> at
    /// the end.
    /// </remarks>
    /// <param name="list">The list in order.</param>
    /// <param name="where">Where it stands, for the message.</param>
    /// <exception cref="DataSetException">There is no class, or the background or void stands behind one.</exception>
    internal static (IReadOnlyList<string> Names, DataFinding? Note) WithoutBackground(IReadOnlyList<string> list, string where)
    {
        int start = list.Count > 0 && IsIgnored(list[0]) ? 1 : 0;
        if (start < list.Count && IsBackground(list[start]))
            start++;
        int end = list.Count > start && IsIgnored(list[^1]) ? list.Count - 1 : list.Count;
        string[] names = [.. list.Take(start..end)],
            left = [.. list.Take(start), .. list.Skip(end)];
        string? wrong =
            names.Length == 0 ? "no class"
            : names.FirstOrDefault(name => IsBackground(name) || IsIgnored(name)) is { } inside ? $"'{inside}' behind other classes"
            : null;
        if (wrong is not null)
        {
            throw new DataSetException(
                $"{where}: expected the classes of the mask values 1, 2, … without the background, found {wrong}. Correct the list."
            );
        }
        return (
            names,
            left.Length == 0
                ? null
                : new DataFinding(
                    FindingSeverity.Note,
                    where,
                    $"{string.Join(", ", left.Select(line => $"'{line}'"))} left out: no class of its own (background is the mask value "
                        + "0).",
                    $"The mask value 1 is read as '{names[0]}'."
                )
        );
    }

    private static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static string Nearest(IReadOnlyList<string> names, string wanted)
    {
        if (names.Count <= Suggestions) return $"It knows {List(names, Enumerable.Range(0, names.Count))}.";
        var near = Enumerable.Range(0, names.Count)
            .Select(c => (Class: c, Distance: Synonyms(names[c]).Min(synonym => NearNames.Distance(synonym, wanted))))
            .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Class).Take(Suggestions);
        return $"Near: {List(names, near.Select(candidate => candidate.Class))}.";
    }

    private static int[] Matches(IReadOnlyList<string> names, Func<string, bool> matches) =>
        [.. Enumerable.Range(0, names.Count).Where(c => matches(names[c]))];

    private static bool Same(string a, string b) => a.Replace('_', ' ').Equals(b.Replace('_', ' '), StringComparison.OrdinalIgnoreCase);

    private static string[] Synonyms(string name) => name.Split(',', StringSplitOptions.TrimEntries);

    private static string List(IReadOnlyList<string> names, IEnumerable<int> classes) =>
        string.Join(", ", classes.Select(c => $"{ShortName(names[c])} ({c})"));
}
