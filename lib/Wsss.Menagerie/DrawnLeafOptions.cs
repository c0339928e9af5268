namespace Wsss.Menagerie;

/// <summary>What decides how leaves are drawn.</summary>
public sealed record DrawnLeafOptions
{
    /// <summary>Width and height in pixels, 64 … 256; a picture's composition does not depend on it.</summary>
    public int Size { get; init; } = 96;

    /// <summary>Another seed gives other leaves of the same kind.</summary>
    public long Seed { get; init; }
}
