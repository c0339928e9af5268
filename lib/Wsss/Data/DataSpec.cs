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

    /// <summary>Opens the data set.</summary>
    /// <exception cref="DataSetException">The folder is missing, empty or broken; the message says where.</exception>
    public DataSplits Open() => Folder is null ? Menagerie.Splits(Scale, Seed) : VocDataset.Splits(Folder, Seed);
}
