using System.Globalization;
using System.Text.RegularExpressions;
using Wsss.Registry;

namespace Wsss.Data;

/// <summary>Lists of class names as people write them, and finding a class in one.</summary>
/// <remarks>A name may list synonyms, as ImageNet's do: <c>tench, Tinca tinca</c>.</remarks>
public static partial class ClassList
{
    private const int Suggestions = 6;

    /// <summary>Reads a text file with one name per line.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataSetException">The file cannot be read.</exception>
    public static IReadOnlyList<string> Read(string path) => [.. VocLayout.ReadLines(path)];

    /// <summary>The first of a name's synonyms.</summary>
    public static string ShortName(string name) => Synonyms(name)[0];

    /// <summary>
    /// Reads a text file with one name per line. Line numbers in front of all names are left out, and so is a first line
    /// <c>background</c> if there is one name too many.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="count">Number of classes that the network has.</param>
    /// <exception cref="DataSetException">The file cannot be read or has another number of names.</exception>
    public static IReadOnlyList<string> Read(string path, int count)
    {
        string[] lines;
        try
        {
            lines = [.. File.ReadAllLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataSetException($"Expected a list of class names that can be read: '{path}'. {error.Message}", error);
        }
        Match[] numbered = [.. lines.Select(line => NumberedLine().Match(line))];
        if (numbered.All(match => match.Success)) lines = [.. numbered.Select(match => match.Groups[1].Value)];
        if (lines.Length == count + 1 && lines[0].Equals("background", StringComparison.OrdinalIgnoreCase)) lines = lines[1..];
        if (lines.Length != count)
        {
            throw new DataSetException(
                $"Expected {count} class names, one per line, as the network has {count} classes; found {lines.Length} in '{path}'. " +
                "Give the list that belongs to the weights.");
        }
        return lines;
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
        if (found.Length == 1) return found[0];
        if (found.Length > 1)
            throw new DataSetException($"Expected one class for '{text}', found several: {List(names, found)}. Give the index.");
        if (int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
        {
            return index < names.Count ? index
                : throw new DataSetException($"Expected a class index of 0…{names.Count - 1}, found {index}.");
        }
        throw new DataSetException($"Expected a class that the network knows, found '{text}'. {Nearest(names, wanted)}");
    }

    /// <summary>
    /// Whether a name is one of those that people give the background, such as <c>background</c>, <c>Background</c>, <c>_background_</c>,
    /// <c>__background__</c> and <c>bg</c>: its letters count, not their case nor the signs between them.
    /// </summary>
    public static bool IsBackground(string name) => Letters(name) is "background" or "bg";

    /// <summary>Whether a name stands for the pixels that are not counted, such as labelme's <c>__ignore__</c> and VOC's <c>void</c>.</summary>
    internal static bool IsIgnored(string name) => Letters(name) is "ignore" or "void";

    /// <summary>Lines without the numbers in front of them, where all have one and they count up from 0 or 1.</summary>
    internal static string[] WithoutNumbers(string[] lines)
    {
        Match[] numbered = [.. lines.Select(line => NumberedLine().Match(line))];
        int[] numbers = [.. numbered.Select(match => match.Success && int.TryParse(match.Value.AsSpan(0, match.Groups[1].Index).TrimEnd(" \t:.,;"), out int n) ? n : -1)];
        bool counted = numbers is [0 or 1, ..] && numbers.Index().All(line => line.Item == numbers[0] + line.Index);
        return counted ? [.. numbered.Select(match => match.Groups[1].Value)] : lines;
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

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private static string[] Synonyms(string name) => name.Split(',', StringSplitOptions.TrimEntries);

    private static string List(IReadOnlyList<string> names, IEnumerable<int> classes) =>
        string.Join(", ", classes.Select(c => $"{ShortName(names[c])} ({c})"));

    [GeneratedRegex(@"^\d+[\s:.,;]+(.+)$")]
    private static partial Regex NumberedLine();
}
