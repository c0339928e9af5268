using System.Text.Json;
using Wsss.Registry;

namespace Wsss.Data.Labels;

/// <summary>
/// JSON: an object from photographs to their labels, <c>{"1.jpg": ["cat", "dog"]}</c> or <c>{"1.jpg": {"cat": 1, "dog": 0}}</c>; or a list
/// of objects with a photograph and labels each, <c>[{"image": "1.jpg", "labels": ["cat"], "split": "train"}]</c>, also one per line.
/// </summary>
[Registered("JSON (.json, .jsonl): photographs and their labels, as an object or a list of objects", Name = "json", Order = 30)]
internal sealed record JsonLabels : LabelFormat
{
    private const int MaxDepth = 16;

    private const string SplitName = "split";

    private static readonly string[] ImageNames =
    [
        "image",
        "file_name",
        "filename",
        "file",
        "path",
        "image_path",
        "img",
        "photo",
        "name",
        "id",
        "image_id",
    ];

    private static readonly string[] LabelNames =
    [
        "labels",
        "label",
        "classes",
        "class",
        "tags",
        "tag",
        "categories",
        "category",
        "choice",
        "choices",
        "targets",
        // What Label Studio calls those of regions.
        "rectanglelabels",
        "polygonlabels",
        "brushlabels",
        "ellipselabels",
        "keypointlabels",
    ];

    /// <inheritdoc/>
    public override bool Fits(string path) => File.Exists(path) && EndsIn(path, ".json", ".jsonl", ".ndjson");

    /// <inheritdoc/>
    public override LabelTable Read(string path, IReadOnlyList<string>? classNames)
    {
        try
        {
            if (EndsIn(path, ".jsonl", ".ndjson"))
            {
                var items = InputFile.ReadLines(path, InputKind.List).Index().Where(line => line.Item.Trim().Length > 0)
                    .Select(line => FromObject(Parse(line.Item), $"{path}, line {line.Index + 1}"));
                return LabelTable.Of(path, [.. items], classNames, mayBeIndices: true);
            }
            var root = Parse(InputFile.ReadText(path, InputKind.List));
            return LabelTable.Of(path, [.. Rows(root, path)], classNames, mayBeIndices: true) with
            {
                // A text for each photograph may be its title as well.
                IsGuessed = classNames is null && root.ValueKind == JsonValueKind.Object
                    && root.EnumerateObject().All(item => item.Value.ValueKind == JsonValueKind.String),
            };
        }
        // InvalidOperationException is what System.Text.Json raises for text that is not valid Unicode.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new DataSetException($"{path}: expected JSON; {error.Message}", error);
        }
    }

    /// <summary>The labels in a text that is a JSON object or list; null for any other text.</summary>
    /// <param name="text">Such as <c>{"choices": ["cat", "dog"]}</c>.</param>
    /// <param name="where">Where it stands, for the message.</param>
    /// <exception cref="DataSetException">It holds no labels.</exception>
    internal static string[]? NamesIn(string text, string where)
    {
        if (text.Length < 2 || (text[0], text[^1]) is not (('{', '}') or ('[', ']')))
            return null;
        try
        {
            return [.. Names(Parse(text), where)];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static IEnumerable<NamedRow> Rows(JsonElement root, string path) => root.ValueKind switch
    {
        JsonValueKind.Array => root.EnumerateArray().Index().Select(item => FromObject(item.Item, $"{path}, item {item.Index + 1}")),
        JsonValueKind.Object => root.EnumerateObject().Select(item => FromPair(item, $"{path}, '{item.Name}'")),
        _ => throw new DataSetException($"{path}: expected an object from photographs to labels, or a list, found {root.ValueKind}."),
    };

    /// <summary>{"1.jpg": labels}, or {"1.jpg": {"labels": …, "split": …}}.</summary>
    private static NamedRow FromPair(JsonProperty item, string where) =>
        item.Value.ValueKind == JsonValueKind.Object && Find(item.Value, LabelNames) is { } labels
            ? new NamedRow(item.Name, [.. Names(labels, where)], SplitOf(item.Value, where), where)
            : new NamedRow(item.Name, [.. Names(item.Value, where)], null, where);

    private static NamedRow FromObject(JsonElement item, string where)
    {
        if (item.ValueKind != JsonValueKind.Object || Find(item, ImageNames) is not { ValueKind: JsonValueKind.String } image)
            throw new DataSetException(
                $"{where}: expected an object with a photograph under {string.Join(", ", ImageNames.Take(4))}, found {Shown(item)}."
            );
        if (Find(item, LabelNames) is not { } labels)
            throw new DataSetException($"{where}: expected labels under {string.Join(", ", LabelNames.Take(4))}, found {Shown(item)}.");
        return new NamedRow(image.GetString()!, [.. Names(labels, where)], SplitOf(item, where), where);
    }

    private static SplitKind? SplitOf(JsonElement item, string where)
    {
        if (item.TryGetProperty(SplitName, out var split) && split.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            throw new DataSetException($"{where}: expected the split as a word, found {Shown(split)}. Correct it, or leave it out.");
        return Find(item, [SplitName, "set", "subset"]) is { ValueKind: JsonValueKind.String } word
            ? SplitWords.Read(word.GetString()!, where)
            : null;
    }

    /// <summary>A name, a list of names or numbers, or an object from names to 0 and 1.</summary>
    private static IEnumerable<string> Names(JsonElement value, string where) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => [],
            JsonValueKind.String => LabelCell.Names(value.GetString()!, where),
            JsonValueKind.Number => [value.GetRawText()],
            JsonValueKind.Array => value
                .EnumerateArray()
                .SelectMany(item => item.ValueKind == JsonValueKind.String ? [item.GetString()!.Trim()] : Names(item, where)),
            JsonValueKind.Object when Find(value, LabelNames) is { } inner => Names(inner, where),
            JsonValueKind.Object => value.EnumerateObject().Where(pair => IsYes(pair.Value, where)).Select(pair => pair.Name),
            _ => throw new DataSetException($"{where}: expected labels, found {Shown(value)}."),
        };

    private static bool IsYes(JsonElement value, string where) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False or JsonValueKind.Null => false,
        JsonValueKind.Number when value.GetDouble() is 0 or 1 => value.GetDouble() == 1,
        _ => throw new DataSetException($"{where}: expected 0 or 1 for each class, found {Shown(value)}."),
    };

    private static JsonElement? Find(JsonElement item, IEnumerable<string> names)
    {
        foreach (string name in names) if (item.TryGetProperty(name, out var value)) return value;
        return null;
    }

    private static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowTrailingCommas = true });
        return document.RootElement.Clone();
    }

    private static string Shown(JsonElement item) => item.GetRawText() is { Length: > 80 } text ? text[..80] + "…" : item.GetRawText();
}
