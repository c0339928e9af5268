using System.Text.Json.Serialization;
using Wsss.Registry;

namespace Wsss.Data;

/// <summary>Names a data set: the built-in drawn scenes, or a folder in PASCAL VOC layout.</summary>
public sealed record DataSpec
{
    /// <summary>A folder in PASCAL VOC layout; null for Menagerie.</summary>
    public string? Folder { get; init; }

    /// <summary>How many scenes Menagerie draws, and how large; folders are used whole.</summary>
    public MenagerieScale Scale { get; init; } = MenagerieScale.Quick;

    /// <summary>Seed of the drawing, or of the choice of validation images.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The name that stands for the built-in drawn scenes.</summary>
    public const string MenagerieName = "menagerie";

    /// <summary>Reads what a person types.</summary>
    /// <param name="data"><c>menagerie</c>, or a folder in PASCAL VOC layout.</param>
    /// <param name="scale"><c>smoke</c>, <c>quick</c> or <c>full</c>; folders are used whole.</param>
    /// <param name="seed">Seed of the drawing, or of the choice of validation images.</param>
    /// <exception cref="DataSetException">Another scale.</exception>
    public static DataSpec Parse(string data, string scale = "quick", int seed = 1) => new()
    {
        Folder = data == MenagerieName ? null : Path.GetFullPath(data),
        Scale = Enum.TryParse(scale, ignoreCase: true, out MenagerieScale parsed) && Enum.IsDefined(parsed) ? parsed
            : throw new DataSetException($"Expected the scale smoke, quick or full, found '{scale}'."),
        Seed = seed,
    };

    /// <summary>What kind of pictures it holds.</summary>
    [JsonIgnore]
    public DataKind Kind => Folder is null ? DataKind.DrawnScenes : DataKind.Photographs;

    /// <summary>Opens the data set.</summary>
    /// <exception cref="DataSetException">The folder is missing, empty or broken; the message says where.</exception>
    public DataSplits Open() => Folder is null ? Menagerie.Splits(Scale, Seed) : VocDataset.Splits(Folder, Seed);
}
