using Wsss.Data;
using Wsss.Registry;

namespace Wsss.Menagerie;

/// <summary>The drawn scenes as a data set.</summary>
[Registered("built-in drawn scenes, which know more of themselves than photographs", Name = "menagerie", Order = 1)]
public sealed record MenagerieData : DrawnData
{
    /// <inheritdoc/>
    public override DataSplits Open() => DrawnScenes.Splits(Scale, Seed);
}
