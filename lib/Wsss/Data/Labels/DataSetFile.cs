using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.EventEmitters;

namespace Wsss.Data.Labels;

/// <summary>Writes a data set as the file that <see cref="DataSet.Load"/> reads, for people to look at and change.</summary>
public static class DataSetFile
{
    /// <summary>Writes the file; paths below its folder are relative to it, so that both can move together.</summary>
    /// <param name="path">The file.</param>
    /// <param name="data">The data set; its paths are full.</param>
    /// <param name="comment">Lines above it; null for none.</param>
    public static void Write(string path, DataSet data, string? comment = null)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var options = JsonNode.Parse(WsssJson.Write(data))!;
        string yaml = new SerializerBuilder()
            .WithQuotingNecessaryStrings(quoteYaml1_1Strings: true)
            .WithEventEmitter(next => new TextQuoter(next))
            .Build()
            .Serialize(Plain(options, folder)!);
        string head = comment is null ? "" : string.Concat(comment.Split('\n').Select(line => $"# {line}\n"));
        AtomicFile.WriteText(path, head + yaml);
    }

    /// <summary>Values that a YAML writer knows, without what is null.</summary>
    private static object? Plain(JsonNode? node, string folder) =>
        node switch
        {
            JsonObject members => members
                .Where(member => member.Value is not null)
                .ToDictionary(member => member.Key, member => Plain(member.Value, folder)),
            JsonArray items => items.Select(item => Plain(item, folder)).ToArray(),
            JsonValue value when value.GetValueKind() == JsonValueKind.String => Relative(value.GetValue<string>(), folder),
            JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValue<bool>(),
            JsonValue value => value.TryGetValue(out int whole) ? whole : value.GetValue<double>(),
            _ => null,
        };

    private static string Relative(string text, string folder) =>
        Path.IsPathRooted(text) && (File.Exists(text) || Directory.Exists(text))
            ? Path.GetRelativePath(folder, text).Replace('\\', '/')
            : text;

    /// <summary>Quotes what <see cref="WsssYaml"/> would read as something else than text: a class may be called 007 or .5.</summary>
    private sealed class TextQuoter(IEventEmitter next) : ChainedEventEmitter(next)
    {
        public override void Emit(ScalarEventInfo eventInfo, IEmitter emitter)
        {
            if (eventInfo.Source.Value is string text && !YamlTree.IsText(text))
                eventInfo.Style = ScalarStyle.DoubleQuoted;
            base.Emit(eventInfo, emitter);
        }
    }
}
