using System.Text.Json;
using System.Text.RegularExpressions;

namespace Wsss.Notebooks.Charting.Pictures;

/// <summary>Members of JSON that may be missing or of another kind, which counts as missing.</summary>
internal static partial class JsonReading
{
    public static JsonElement? Find(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement found) ? found : null;

    public static string? Text(this JsonElement json, string name) =>
        json.Find(name) is { ValueKind: JsonValueKind.String } found ? found.GetString() : null;

    public static double? Number(this JsonElement json, string name) => json.Find(name) is { } found ? AsNumber(found) : null;

    public static bool? Flag(this JsonElement json, string name) =>
        json.Find(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } found ? found.GetBoolean() : null;

    public static IEnumerable<JsonElement> Items(this JsonElement json, string name) =>
        json.Find(name) is { ValueKind: JsonValueKind.Array } found ? found.EnumerateArray() : [];

    /// <summary>An array of nothing but numbers.</summary>
    public static double[]? Numbers(this JsonElement json, string name)
    {
        double?[] values = [.. json.Items(name).Select(AsNumber)];
        return values.Length > 0 && values.All(value => value is not null) ? [.. values.Select(value => value!.Value)] : null;
    }

    /// <summary>A number; null for what is none, or too large for one.</summary>
    public static double? AsNumber(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && double.IsFinite(number) ? number : null;

    /// <summary>plotly.js takes a title as an object or as text.</summary>
    public static string TitleText(this JsonElement json) => Plain(json.Find("title")?.Text("text") ?? json.Text("title") ?? "");

    /// <summary>Text without plotly.js's tags; a break becomes a line's end.</summary>
    public static string Plain(string text) =>
        System.Net.WebUtility.HtmlDecode(Tag().Replace(Break().Replace(text, "\n"), ""));

    [GeneratedRegex("<br ?/?>")]
    private static partial Regex Break();

    [GeneratedRegex("</?(b|i|u|s|em|strong|sub|sup|span|a)( [^>]*)?>")]
    private static partial Regex Tag();
}
