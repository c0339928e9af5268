using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wsss.Registry;

/// <summary>
/// All types that derive from one base and are chosen among by name: techniques, extractors, refinements, data sets and so on. A member
/// joins by being defined, in this library, in an assembly <c>Wsss.*.dll</c> beside the program, or in a notebook's cell.
/// </summary>
/// <remarks>
/// Everywhere, in JSON, YAML and on the command line, a member is written in one of these forms; names need no case, blanks or hyphens:
/// <list type="bullet">
/// <item><c>crf</c>: the options that are suggested for the data at hand where there are any, else the published ones;</item>
/// <item><c>BoundaryLoss:published</c>, <c>walk:scale=2,steps=64</c>, <c>BoundaryLoss:published,ramp=0.5</c>: others by name;</item>
/// <item><c>{crf: {iterations: 5}}</c>: the same as an object, in which <c>preset: published</c> may stand too.</item>
/// </list>
/// </remarks>
internal sealed class Family
{
    /// <summary>The name of the options that the paper has.</summary>
    public const string PublishedPreset = "published";

    /// <summary>The name of the options that were chosen on validation for the data at hand.</summary>
    public const string SuggestedPreset = "suggested";

    private static readonly ConcurrentDictionary<Type, Family> Families = new();
    private static readonly Lazy<bool> Neighbours = new(LoadNeighbours);

    private readonly Type _base;
    private readonly ConcurrentDictionary<Assembly, FamilyMember[]> _byAssembly = new();

    private Family(Type family) => (_base, Noun) = (family, family.GetCustomAttribute<FamilyAttribute>()?.Noun
        ?? throw new ArgumentException($"Expected a type with [{nameof(FamilyAttribute)}], found {family}."));

    /// <summary>The family of a base type.</summary>
    public static Family Of<T>() => Of(typeof(T));

    /// <summary>What a member is called in messages, such as <c>technique</c>.</summary>
    public string Noun { get; }

    /// <summary>
    /// The members in the order of lists. Of several with one name the one defined last counts: a cell that is run again defines it anew.
    /// </summary>
    public IReadOnlyList<FamilyMember> Members
    {
        get
        {
            _ = Neighbours.Value;
            return
            [
                .. AppDomain.CurrentDomain.GetAssemblies()
                    .SelectMany(assembly => _byAssembly.GetOrAdd(assembly, added => [.. FamilyMember.In(added, _base)]))
                    .GroupBy(member => Plain(member.Name)).Select(group => group.Last())
                    .OrderBy(member => member.Order).ThenBy(member => member.Name, StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>Names of the members, in the order of lists.</summary>
    public IReadOnlyList<string> Names => [.. Members.Select(member => member.Name)];

    /// <summary>The name of a member with options.</summary>
    public static string NameOf(object member) =>
        member.GetType().GetCustomAttribute<RegisteredAttribute>(inherit: false)?.Name ?? member.GetType().Name;

    /// <summary>Which options a member has: <see cref="SuggestedPreset"/>, <see cref="PublishedPreset"/>, or <c>own options</c>.</summary>
    /// <param name="value">The member.</param>
    /// <param name="kind">The data at hand.</param>
    public string PresetOf(object value, DataKind? kind)
    {
        var member = Find(NameOf(value));
        string own = JsonSerializer.Serialize(value, value.GetType(), WsssJson.Options);
        bool Is(object? preset) => preset is not null && JsonSerializer.Serialize(preset, value.GetType(), WsssJson.Options) == own;
        return Is(member.Suggested(kind)) ? SuggestedPreset : Is(member.Published) ? PublishedPreset : "own options";
    }

    /// <summary>A member by its name.</summary>
    /// <exception cref="RecipeException">There is none; the message names the nearest and all.</exception>
    public FamilyMember Find(string name) => TryFind(name) ?? throw new RecipeException(Unknown(name));

    /// <summary>A member by its name, or null.</summary>
    public FamilyMember? TryFind(string name) => Members.FirstOrDefault(member => Plain(member.Name) == Plain(name));

    /// <summary>Reads one of the forms.</summary>
    /// <param name="text">What was typed or written.</param>
    /// <param name="source">Where it came from, for the error message.</param>
    /// <param name="kind">The data at hand; null where only published options are known.</param>
    /// <exception cref="WsssException">It is none of the forms, or no such member or option.</exception>
    public static T Parse<T>(string text, string source, DataKind? kind = null)
        where T : class =>
        text.TrimStart().StartsWith('{')
            ? WsssYaml.Read<T>(text, source, kind)
            : WsssJson.Read<T>(JsonSerializer.Serialize(text), source, kind);

    /// <summary>A line per member: its name and what it does.</summary>
    public string ToHelp()
    {
        var members = Members.Where(member => member.Summary.Length > 0).ToArray();
        int width = members.Max(member => member.Name.Length) + 2;
        return string.Join('\n', members.Select(member => $"{member.Name.PadRight(width)}{member.Summary}"));
    }

    internal static Family Of(Type family) => Families.GetOrAdd(family, type => new Family(type));

    /// <summary>Reads a member from JSON.</summary>
    /// <exception cref="JsonException">It is none of the forms, or no such member or option.</exception>
    internal object Read(JsonNode? node, DataKind? kind, JsonSerializerOptions json)
    {
        switch (node)
        {
            case JsonValue value when value.TryGetValue(out string? text):
                var (name, presets, given) = ShortForm.Read(text);
                return Create(name, presets, given, kind, json);
            case JsonObject { Count: 1 } named:
                (name, var options) = named.First();
                var own = options?.DeepClone() as JsonObject ?? (options is null ? [] : throw Misformed(node));
                string[] preset = own.Remove("preset", out JsonNode? chosen) ? [chosen?.ToString() ?? ""] : [];
                return Create(name, preset, own, kind, json);
            default:
                throw Misformed(node);
        }
    }

    /// <summary>A member with all of its options as JSON: <c>{name: {…}}</c>.</summary>
    internal JsonObject Write(object member, JsonSerializerOptions json) =>
        new() { [NameOf(member)] = JsonSerializer.SerializeToNode(member, member.GetType(), json) };

    private object Create(string name, IReadOnlyList<string> presets, JsonObject given, DataKind? kind, JsonSerializerOptions json)
    {
        var member = TryFind(name) ?? throw new JsonException(Unknown(name));
        object start = presets switch
        {
            [] => member.Suggested(kind) ?? member.Published,
            [PublishedPreset] => member.Published,
            [SuggestedPreset] => member.Suggested(kind)
                ?? throw new JsonException(
                    $"Expected suggested options of the {Noun} {member.Name} for {Words(kind)}, found none. Take {PublishedPreset}."
                ),
            _ => throw new JsonException(
                $"Expected {PublishedPreset}, {SuggestedPreset} or options as key=value behind '{member.Name}:', found "
                    + $"'{string.Join(',', presets)}'."
            ),
        };
        if (given.Count == 0)
            return start;
        var all = JsonSerializer.SerializeToNode(start, member.Type, json)!.AsObject();
        OptionMerge.Into(all, given, member.Type, $"The {Noun} {member.Name}");
        return all.Deserialize(member.Type, json)!;
    }

    private string Unknown(string name) =>
        $"Expected the {Noun} to be one of {string.Join(", ", Names)}; found '{name}'. {NearNames.Question(Names, name)}".TrimEnd();

    private JsonException Misformed(JsonNode? node) =>
        new(
            $"Expected a {Noun} as its name or as {{name: {{option: value}}}}, found {node?.ToJsonString() ?? "null"}. "
                + $"Names: {string.Join(", ", Names)}."
        );

    private static string Words(DataKind? kind) =>
        kind switch
        {
            null => "data of no known kind",
            DataKind.DrawnScenes => "drawn scenes",
            _ => "photographs",
        };

    private static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal)
        .Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();

    // An assembly that the program references is loaded when it is first used, which may be after it was asked for by name.
    private static bool LoadNeighbours()
    {
        foreach (string path in Directory.GetFiles(AppContext.BaseDirectory, "Wsss.*.dll"))
        {
            try { Assembly.Load(AssemblyName.GetAssemblyName(path)); }
            catch (Exception error) when (error is IOException or BadImageFormatException) { }
        }
        return true;
    }
}
