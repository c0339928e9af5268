using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Wsss.Registry;

namespace Wsss.Data;

/// <summary>Names a data set and opens it: a folder in some layout, or scenes that a program draws. A record of its options.</summary>
[Family("data set")]
public abstract record DataSet
{
    /// <summary>Seed of what is random about it, such as the choice of validation images.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where its files lie; null for data without files.</summary>
    [JsonIgnore]
    public virtual string? Folder => null;

    /// <summary>What kind of pictures it holds.</summary>
    [JsonIgnore]
    public virtual DataKind Kind => DataKind.Photographs;

    /// <summary>How long and at what size networks are trained on it, unless told otherwise.</summary>
    [JsonIgnore]
    public virtual DataDefaults Defaults => new();

    /// <summary>Opens the data set.</summary>
    /// <exception cref="DataSetException">The folder is missing, empty or broken; the message says where.</exception>
    public abstract DataSplits Open();

    /// <summary>The splits that can be opened, without what is broken in them.</summary>
    /// <param name="findings">Receives an error for each thing that is broken, with its file.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="DataSetException">There is no such data set.</exception>
    public virtual IReadOnlyList<IMaskedSource> OpenWhole(ConcurrentQueue<DataFinding> findings, CancellationToken cancellation)
    {
        var data = Open();
        return [data.Train, data.Validation, data.Test];
    }

    /// <summary>The same with the paths of its options taken from a folder, such as that of the file in which they stand.</summary>
    /// <param name="folder">In full.</param>
    public virtual DataSet RelativeTo(string folder) => this;

    /// <summary>The data set that lies at a path; null if what lies there has another layout.</summary>
    /// <param name="path">A folder or a file, in full.</param>
    protected virtual DataSet? At(string path) => null;

    /// <summary>The same at a scale, for data that can be made smaller.</summary>
    /// <param name="scale">Such as <c>smoke</c>.</param>
    /// <exception cref="DataSetException">There is no such scale.</exception>
    protected virtual DataSet AtScale(string scale) => this;

    /// <summary>Reads what a person types: a data set by its name, or a path.</summary>
    /// <param name="text">
    /// Such as <c>menagerie</c>, <c>voc:folder=VOC2012</c>, the path of a folder in any layout that is known, or of a file that
    /// <see cref="Load"/> reads.
    /// </param>
    /// <param name="scale">
    /// For data that can be made smaller, where the text or the file does not fix it; null for its own. Others are used whole.
    /// </param>
    /// <param name="seed">Seed of what is random about it, where the text or the file does not fix it.</param>
    /// <exception cref="WsssException">No such data set, or another scale.</exception>
    public static DataSet Parse(string text, string? scale = null, int seed = 1)
    {
        string path = Path.GetFullPath(text);
        DataSet data;
        string[] given = [];
        var member = Family.Of<DataSet>().TryFind(text.Split(':')[0]);
        // A name alone of data that lie in a folder says less than a folder that is called so.
        bool isFolder = member is { Published: DataSet { Folder: not null } } && !text.Contains(':', StringComparison.Ordinal)
            && Directory.Exists(path);
        if (member is not null && !isFolder)
        {
            data = Family.Parse<DataSet>(text, $"data set {text}").RelativeTo(Directory.GetCurrentDirectory());
            given = OptionsIn(JsonValue.Create(text));
        }
        else if (FileAt(path) is { } file)
        {
            string content = InputFile.ReadText(file, InputKind.Document);
            data = Read(content, file);
            given = OptionsIn(WsssYaml.ToJson(content, file));
        }
        else
            data = Find(path);
        if (scale is not null && !given.Contains("scale", StringComparer.OrdinalIgnoreCase)) data = data.AtScale(scale);
        return given.Contains(nameof(Seed), StringComparer.OrdinalIgnoreCase) ? data : data with { Seed = seed };
    }

    /// <summary>The names of the options that a data set is written with.</summary>
    private static string[] OptionsIn(JsonNode? written) => written switch
    {
        JsonValue value when value.TryGetValue(out string? text) => [.. ShortForm.Read(text).Options.Select(option => option.Key)],
        JsonObject named => [.. named.Select(member => member.Value).OfType<JsonObject>().SelectMany(own => own).Select(own => own.Key)],
        _ => [],
    };

    /// <summary>
    /// Reads a data set that was written as YAML or JSON, such as <c>photographs: {folder: pictures, labels: labels.csv}</c>.
    /// </summary>
    /// <param name="path">The file; paths in it are relative to its folder.</param>
    /// <exception cref="WsssException">There is no such file, or it is no data set.</exception>
    public static DataSet Load(string path) =>
        File.Exists(path)
            ? Read(InputFile.ReadText(path, InputKind.Document), path)
            : throw new WsssException($"Expected a data set as YAML at '{path}', found no such file.");

    private static DataSet Read(string content, string path) =>
        WsssYaml.Read<DataSet>(content, path).RelativeTo(Path.GetDirectoryName(Path.GetFullPath(path))!);

    /// <summary>A data set's file at a path, or in the folder there; null for none.</summary>
    private static string? FileAt(string path) =>
        File.Exists(path) && Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml" or ".json" ? path
        : Path.Combine(path, PhotographFolder.FileName) is var inside && File.Exists(inside) ? inside : null;

    private static DataSet Find(string path) =>
        Family.Of<DataSet>().Members.Select(member => ((DataSet)member.Published).At(path)).FirstOrDefault(found => found is not null)
        ?? PhotographFolder.WithLabelsIn(path)
        ?? throw (Directory.Exists(path)
            ? new DataSetException(
                $"Expected a data set in '{path}': photographs in a folder for each class, YOLO's or PASCAL VOC's layout, or a file "
                    + $"{PhotographFolder.FileName} that says where labels are; found none of them.")
            {
                Remedy = Remedy.DescribeData,
            }
            : File.Exists(path) ? new DataSetException(
                $"Expected a data set as a file in YAML or JSON, or a folder with one, found '{path}', which is none. Give the folder of "
                    + "the photographs, or a file that says where they and their labels are.")
            {
                Remedy = Remedy.DescribeData,
            }
            : new DataSetException(
                $"Expected a data set ({string.Join(", ", Family.Of<DataSet>().Names)}), or a folder or file with one, found nothing at "
                    + $"'{path}'. Check the path."));
}
