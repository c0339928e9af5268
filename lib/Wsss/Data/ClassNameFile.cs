using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Wsss.Data.Labels;

namespace Wsss.Data;

/// <summary>
/// Reads files of class names as they are passed around: one name per line, also numbered, quoted or behind WordNet's
/// numbers (<c>n01440764 tench, Tinca tinca</c>); a list or a dict from index to name as JSON, Python or YAML; one line with commas; a
/// table with a header that has a column of names; TensorFlow's label maps (<c>item { id: 1 name: 'tench' }</c>).
/// </summary>
internal static partial class ClassNameFile
{
    // Under what a list lies in a larger file: YOLO's and Hugging Face's configurations, COCO's annotations.
    private static readonly string[] Wrappers =
    [
        "names", "id2label", "classes", "class_names", "labels", "categories",
        "idx_to_class", "class_to_idx",
    ];

    private static readonly string[] NameColumns = ["name", "class", "class_name", "classname", "label", "category", "display_name"];

    private static readonly string[] NumberColumns = ["id", "index", "idx", "class_id", "label_id", "category_id", "number", "value"];

    private static readonly JsonDocumentOptions Lenient =
        new() { AllowDuplicateProperties = false, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>The names in the order of the classes.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataSetException">It cannot be read, or is no such list.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        string text = TextOf(path).Trim();
        string body = Assignment().Replace(text, "", 1).Trim().TrimEnd(';');
        bool structured = body.Length > 0 && (body[0] is '[' or '{' || (body[0] == '(' && body[^1] == ')')) || Block().IsMatch(text);
        string[] names = (DictLines(text, path) ?? LabelMapItems(text, path) ?? Column(text, path)) is { } read ? read : structured
            ? StructuredNames(body.Length > 0 && body[0] is '[' or '{' or '(' ? body : text, path)
            : Lines(text);
        return Unnumbered([.. names.Select(name => name.Trim()).Where(name => name.Length > 0)]);
    }

    /// <summary>The names of a list, or of a dict from 0, 1, … to name, in the order of the classes.</summary>
    /// <param name="names">As it stands under <c>names</c> in YOLO's configurations.</param>
    /// <param name="path">The file, for the message.</param>
    /// <exception cref="DataSetException">It is neither, or an index is missing.</exception>
    public static IReadOnlyList<string> FromZero(JsonNode names, string path) => [.. NamesOf(names, path, mostFirst: 0)];

    private static string[] StructuredNames(string text, string path)
    {
        try
        {
            return [.. NamesOf(Parse(text, path), path)];
        }
        // What System.Text.Json raises for text that is not valid Unicode.
        catch (InvalidOperationException error)
        {
            throw Wrong(path, error.Message, error);
        }
    }

    private static string TextOf(string path)
    {
        try
        {
            return InputFile.ReadText(path, InputKind.Document);
        }
        catch (InputFileException error)
        {
            throw new DataSetException(error.Message, error);
        }
    }

    private static string[] Lines(string text)
    {
        string[] lines = [.. text.Split('\n', '\r').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];
        // Several lines with commas are names with synonyms.
        if (lines is [var only] && only.Contains(',') && !NumberedName().IsMatch(only) && !SynsetName().IsMatch(only))
            lines = only.Split(',', StringSplitOptions.TrimEntries);
        Match[] quoted = [.. lines.Select(line => QuotedLine().Match(line))];
        return quoted.All(match => match.Success) ? [.. quoted.Select(match => match.Groups[2].Value)] : lines;
    }

    /// <summary>
    /// A dict with an entry per line, whose names may hold the quotes that they stand in: <c>319: 'devil's needle',</c>; null for none.
    /// </summary>
    private static string[]? DictLines(string text, string path)
    {
        Match[] entries =
        [
            .. text.Split('\n', '\r')
                .Select(line => line.Trim())
                .Where(line => line is not ("" or "{" or "}"))
                .Select(line => DictLine().Match(line)),
        ];
        return entries.Length > 1 && entries.All(entry => entry.Success)
            ?
            [
                .. InOrder(
                    entries.Select(entry =>
                        (IndexOf(entry.Groups[1].Value)!.Value, entry.Groups[3].Value.Replace(@"\'", "'", StringComparison.Ordinal))
                    ),
                    path
                ),
            ]
            : null;
    }

    /// <summary>TensorFlow's label map; null for something else.</summary>
    private static string[]? LabelMapItems(string text, string path)
    {
        Match[] items = LabelMapItem().Matches(text).ToArray();
        if (items.Length == 0) return null;
        return [.. InOrder(items.Select(item => (Number(item.Value), Name(item.Value))), path)];

        int Number(string item) => LabelMapId().Match(item) is { Success: true } id && IndexOf(id.Groups[1].Value) is { } number ? number
            : throw Wrong(path, $"an item without id: {item}");

        // What people read stands in display_name where it is there.
        string Name(string item) => LabelMapName().Matches(item).MaxBy(name => name.Groups[1].Length)?.Groups[3].Value
            ?? throw Wrong(path, $"an item without name: {item}");
    }

    /// <summary>The column of names of a table with a header, by the column of numbers if there is one; null for something else.</summary>
    private static string[]? Column(string text, string path)
    {
        string table = text.TrimStart('\uFEFF');
        string header = table.Split('\n', '\r')[0];
        // Only a header that names a column of names makes a table: other texts with commas may hold single quotes, and lines of any
        // length.
        if (",;\t".FirstOrDefault(header.Contains) is not (var delimiter and not '\0'))
            return null;
        if (!header.Split(delimiter).Any(cell => IsOneOf(cell.Trim().Trim('"'), NameColumns)))
            return null;
        string[][] rows =
        [
            .. DelimitedText.Read(table, $"{delimiter}", path).Select(row => row.Cells.Select(cell => cell.Trim()).ToArray()),
        ];
        if (rows.Length < 2)
            return null;
        int name = Find(NameColumns),
            number = Find(NumberColumns);
        if (name < 0 || rows.Any(row => row.Length != rows[0].Length))
            return null;
        if (number < 0 || rows.Skip(1).Any(row => IndexOf(row[number]) is null))
            return [.. rows.Skip(1).Select(row => row[name])];
        return [.. InOrder(rows.Skip(1).Select(row => (IndexOf(row[number])!.Value, row[name])), path)];

        int Find(string[] words) => Array.FindIndex(rows[0], cell => IsOneOf(cell, words));

        static bool IsOneOf(string cell, string[] words) => words.Contains(cell.ToLowerInvariant().Replace(' ', '_'));
    }

    private static JsonNode? Parse(string text, string path)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Lenient);
        }
        catch (JsonException)
        {
            // A dict or list of Python is YAML, but for a tuple's parentheses and how a quote stands within quotes.
            string yaml = text[0] == '(' ? $"[{text[1..^1]}]" : text;
            try
            {
                return WsssYaml.ToJson(yaml.Replace(@"\'", "''", StringComparison.Ordinal), path);
            }
            catch (WsssException error)
            {
                throw Wrong(path, error.Message, error);
            }
        }
    }

    private static IEnumerable<string> NamesOf(JsonNode? node, string path, int mostFirst = 1)
    {
        if (node is JsonArray list) return list.Select(item => NameOf(item, path));
        if (node is not JsonObject dict) throw Wrong(path, "another value");
        KeyValuePair<string, JsonNode?>[] items = [.. dict];
        if (Wrappers.FirstOrDefault(name => items.Any(item => item.Key == name && item.Value is JsonArray or JsonObject)) is { } wrapper)
            return NamesOf(items.First(item => item.Key == wrapper).Value, path, mostFirst);
        if (items.All(item => IndexOf(item.Key) is not null))
            return InOrder(items.Select(item => (IndexOf(item.Key)!.Value, NameOf(item.Value, path))), path, mostFirst);
        if (items.All(item => IndexOf($"{item.Value}") is not null))
            return InOrder(items.Select(item => (IndexOf($"{item.Value}")!.Value, item.Key)), path, mostFirst);
        throw Wrong(path, $"the keys {string.Join(", ", items.Take(5).Select(item => item.Key))}");
    }

    // ImageNet's ["n01440764", "tench"] ends with the name; COCO's categories have it beside their id.
    private static string NameOf(JsonNode? node, string path) => node switch
    {
        JsonValue value => value.ToString(),
        JsonArray { Count: > 0 } parts => NameOf(parts[^1], path),
        JsonObject item when (item["name"] ?? item["label"]) is JsonValue name => name.ToString(),
        _ => throw Wrong(path, $"{node?.ToJsonString() ?? "null"} for a name"),
    };

    /// <summary>The names by their indices, which count from 0, or from 1 where that is the most that they may begin with.</summary>
    private static IEnumerable<string> InOrder(IEnumerable<(int Index, string Name)> items, string path, int mostFirst = 1)
    {
        (int Index, string Name)[] sorted = [.. items.OrderBy(item => item.Index)];
        int first = sorted.Length > 0 ? Math.Min(sorted[0].Index, mostFirst) : 0;
        for (int i = 0; i < sorted.Length; i++)
            if (sorted[i].Index != i + first) throw Wrong(path, $"index {sorted[i].Index} where {i + first} should be");
        return sorted.Select(item => item.Name);
    }

    // The same mark in front of every name is no part of it.
    private static string[] Unnumbered(string[] names)
    {
        if (Groups(names, SynsetName()) is { } words) names = [.. words.Select(word => word.Groups[1].Value)];
        if (Groups(names, NumberedName()) is not { } numbered) return names;
        int?[] numbers = [.. numbered.Select(match => IndexOf(match.Groups[1].Value))];
        bool isOrder = numbers.Order().SequenceEqual(Enumerable.Range(numbers.Min() == 1 ? 1 : 0, numbers.Length).Select(i => (int?)i));
        // Numbers that count nothing belong to the names: 3 stars, 4 roses.
        return isOrder ? [.. numbered.OrderBy(match => IndexOf(match.Groups[1].Value)).Select(match => match.Groups[2].Value)] : names;
    }

    private static Match[]? Groups(string[] names, Regex form)
    {
        Match[] matches = [.. names.Select(name => form.Match(name))];
        return matches.Length > 0 && matches.All(match => match.Success) ? matches : null;
    }

    private static int? IndexOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : null;

    private static DataSetException Wrong(string path, string found, Exception? inner = null) => new(
        $"Expected class names in '{path}': one per line, or a list or a dict from index to name as JSON, Python or YAML; " +
        $"found {found.TrimEnd('.')}.", inner);

    [GeneratedRegex(@"^\w+\s*=\s*(?=[\[{(])")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"^(names|id2label|classes|class_names)\s*:", RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^(['""])(.*)\1,?$")]
    private static partial Regex QuotedLine();

    [GeneratedRegex(@"^\{?\s*([0-9]{1,9})\s*:\s*(['""])(.*)\2(?>\s*),?(?>\s*)\}?$")]
    private static partial Regex DictLine();

    [GeneratedRegex(@"\bitem\s*\{[^{}]*\}")]
    private static partial Regex LabelMapItem();

    [GeneratedRegex(@"\bid\s*:\s*([0-9]{1,9})")]
    private static partial Regex LabelMapId();

    [GeneratedRegex(@"\b(name|display_name)\s*:\s*(['""])(.*?)\2")]
    private static partial Regex LabelMapName();

    [GeneratedRegex(@"^n[0-9]{8}[\s:,]+(.+)$")]
    private static partial Regex SynsetName();

    [GeneratedRegex(@"^([0-9]+)[\s:.,;]+(.+)$")]
    private static partial Regex NumberedName();
}
