using Wsss.Data;
using Wsss.Registry;

namespace Wsss.Menagerie;

/// <summary>The drawn leaves as a data set.</summary>
[Registered("built-in drawn leaves with small symptoms: a second domain, where saliency finds the leaf", Name = "drawn-leaves", Order = 2)]
public sealed record DrawnLeavesData : DrawnData
{
    /// <inheritdoc/>
    public override DataSplits Open() => DrawnLeaves.Splits(Scale, Seed);
}
