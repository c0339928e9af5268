using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Wsss;

/// <summary>
/// Builds the value of one YAML document event by event. An alias stands for a copy of its value, and all copies count: a few lines can
/// ask for more than any memory, and a value may not be part of itself.
/// </summary>
internal sealed class YamlTree
{
    private const int MostCharacters = 1 << 22, MostValues = 100_000, MostDepth = 32;

    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, Branch> _anchors = [];
    private int _values;

    private YamlTree(string yaml) => _parser = new Parser(new StringReader(yaml));

    /// <summary>A value that an alias may stand for.</summary>
    /// <param name="Value">The value.</param>
    /// <param name="Count">Values in it, with itself.</param>
    /// <param name="Height">Levels of lists and named values in it.</param>
    private readonly record struct Branch(JsonNode? Value, int Count, int Height);

    /// <summary>Reads a text of one document.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="documents">How many documents there are; the value is that of the only one.</param>
    /// <exception cref="YamlException">It is no YAML, or too large or too deep.</exception>
    public static JsonNode? Read(string yaml, out int documents)
    {
        if (yaml.Length > MostCharacters) throw new YamlException($"Expected at most {MostCharacters} characters, found {yaml.Length}.");
        var tree = new YamlTree(yaml);
        try
        {
            return tree.ReadAll(out documents);
        }
        // YamlDotNet's scanner ends so on some texts that are no YAML.
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            var last = tree._parser.Current;
            throw new YamlException(last?.Start ?? Mark.Empty, last?.End ?? Mark.Empty, "What follows is no YAML.", error);
        }
    }

    /// <summary>Whether a scalar without quotes is read as text.</summary>
    public static bool IsText(string plain) => Plain(plain)?.GetValueKind() == JsonValueKind.String;

    private JsonNode? ReadAll(out int documents)
    {
        JsonNode? value = null;
        documents = 0;
        _parser.Consume<StreamStart>();
        while (!_parser.Accept<StreamEnd>(out _))
        {
            _parser.Consume<DocumentStart>();
            value = ReadValue(depth: 0).Value;
            _parser.Consume<DocumentEnd>();
            documents++;
        }
        return value;
    }

    private Branch ReadValue(int depth)
    {
        var start = Next();
        if (depth > MostDepth) throw Wrong(start, $"Expected lists and named values at most {MostDepth} deep.");
        if (start is AnchorAlias alias) return Copy(alias, depth);
        if (++_values > MostValues) throw TooMany(start);
        int before = _values;
        var (value, height) = start switch
        {
            MappingStart => ReadMapping(depth),
            SequenceStart => ReadSequence(depth),
            Scalar { Style: ScalarStyle.Plain } scalar => (Plain(scalar.Value), 0),
            Scalar quoted => (JsonValue.Create(quoted.Value), 0),
            _ => throw Wrong(start, "Expected a value, a list or named values."),
        };
        var branch = new Branch(value, _values - before + 1, height);
        if (start is NodeEvent { Anchor.IsEmpty: false } named) _anchors[named.Anchor] = branch;
        return branch;
    }

    private (JsonNode? Value, int Height) ReadMapping(int depth)
    {
        var values = new JsonObject();
        int height = 0;
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = Next();
            string name = (key as Scalar)?.Value ?? throw Wrong(key, "Expected a name before the colon.");
            var value = ReadValue(depth + 1);
            height = Math.Max(height, value.Height);
            if (!values.TryAdd(name, value.Value)) throw Wrong(key, $"Expected each name once, found '{PlainText.Shown(name)}' again.");
        }
        return (values, height + 1);
    }

    private (JsonNode? Value, int Height) ReadSequence(int depth)
    {
        var items = new JsonArray();
        int height = 0;
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            var item = ReadValue(depth + 1);
            height = Math.Max(height, item.Height);
            items.Add(item.Value);
        }
        return (items, height + 1);
    }

    private Branch Copy(AnchorAlias alias, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value, out var branch))
            throw Wrong(
                alias,
                $"Expected *{PlainText.Shown(alias.Value.Value)} to stand for a value that is complete before it, found none."
            );
        if (branch.Height + depth > MostDepth)
            throw Wrong(alias, $"Expected lists and named values at most {MostDepth} deep.");
        if ((_values += branch.Count) > MostValues)
            throw TooMany(alias);
        return branch with { Value = branch.Value?.DeepClone() };
    }

    private ParsingEvent Next() => _parser.Consume<ParsingEvent>();

    // The core schema of YAML 1.2, section 10.3, in JSON's spellings alone: True, NULL and 0x1F are text, as they may be names of classes.
    private static JsonNode? Plain(string plain) =>
        plain switch
        {
            "" or "~" or "null" => null,
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            _ when double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) =>
                Number(plain, number),
            _ => JsonValue.Create(plain),
        };

    // With the digits that it is written with where JSON knows them too, as it may be meant for a name; so may 007, which JSON knows not.
    private static JsonValue Number(string plain, double value)
    {
        ReadOnlySpan<char> digits = plain.AsSpan().TrimStart("+-");
        if (digits.Length > 1 && digits[0] == '0' && char.IsAsciiDigit(digits[1])) return JsonValue.Create(plain);
        try
        {
            return JsonNode.Parse(plain)!.AsValue();
        }
        catch (JsonException)
        {
            return JsonValue.Create(value);
        }
    }

    private static YamlException TooMany(ParsingEvent place) =>
        Wrong(place, $"Expected at most {MostValues} values, with those that aliases stand for.");

    private static YamlException Wrong(ParsingEvent place, string what) => new(place.Start, place.End, what);
}
