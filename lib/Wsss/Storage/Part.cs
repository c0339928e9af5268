using System.Text.Json.Nodes;

namespace Wsss.Storage;

/// <summary>An image of a part.</summary>
/// <param name="Number">Its number among the whole run's images, from 0.</param>
/// <param name="Id">Its name.</param>
internal sealed record PartImage(int Number, string Id);

/// <summary>What the folder of a part of a run says about itself, in <c>part.json</c>.</summary>
internal sealed record Part
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "part.json";

    /// <summary>What the run makes, such as <c>maps</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Hash of all that decides the run's folder; parts of one run have the same.</summary>
    public required string Run { get; init; }

    /// <summary>Which part it is, such as <c>2/4</c>.</summary>
    public required string Shard { get; init; }

    /// <summary>Number of images of the whole run.</summary>
    public required int Of { get; init; }

    /// <summary>The part's images, in the run's order.</summary>
    public required IReadOnlyList<PartImage> Images { get; init; }

    /// <summary>What else it takes to put parts together; its form depends on <see cref="Kind"/>.</summary>
    public required JsonNode Notes { get; init; }

    /// <summary>Whether all of it is done.</summary>
    public bool Finished { get; init; }

    /// <summary>The part of a folder; null where it is none.</summary>
    /// <exception cref="WsssException">The file is broken.</exception>
    public static Part? Find(string folder)
    {
        string path = Path.Combine(folder, FileName);
        return File.Exists(path) ? WsssJson.Read<Part>(InputFile.ReadText(path, InputKind.List), path) : null;
    }

    /// <summary>Writes the file.</summary>
    public void Write(string folder) => AtomicFile.WriteText(Path.Combine(folder, FileName), WsssJson.Write(this));

    /// <summary>The notes, read.</summary>
    /// <exception cref="WsssException">They are something else.</exception>
    public T Read<T>(string folder) => WsssJson.Read<T>(Notes.ToJsonString(), Path.Combine(folder, FileName));
}
