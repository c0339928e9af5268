namespace Wsss.Data;

/// <summary>One image with what is known about it. Weak supervision may look at <see cref="Labels"/> and <see cref="Saliency"/> only.</summary>
/// <param name="Id">Name of the image, unique in its data set (for VOC the file name without extension).</param>
/// <param name="Image">The pixels.</param>
/// <param name="Labels">Zero-based indices of the classes present, ascending.</param>
public sealed record Sample(string Id, RgbImage Image, IReadOnlyList<int> Labels)
{
    /// <summary>Class mask of the image's size: 0 background, c + 1 for class c, 255 ignore; null where there is none.</summary>
    public LabelMap? Mask { get; init; }

    /// <summary>How much each pixel looks like an object of any kind, of the image's size, 255 for 1; null where nothing says so.</summary>
    public LabelMap? Saliency { get; init; }

    /// <summary>What only drawn scenes know about themselves; null for photographs.</summary>
    public SceneTruth? Truth { get; init; }
}

/// <summary>Truths of a drawn scene beyond its class mask; all of the image's size.</summary>
/// <param name="Parts">0 no target object, 1 the telling part (head, sail, …), 2 the rest of a target object.</param>
/// <param name="Objectness">1 on any object (target class or distractor), 0 elsewhere.</param>
/// <param name="Context">1 on scenery that co-occurs with a class (water, rails), outside objects; 0 elsewhere.</param>
public sealed record SceneTruth(LabelMap Parts, LabelMap Objectness, LabelMap Context)
{
    /// <summary>Value of the telling part in <see cref="Parts"/>.</summary>
    public const byte Head = 1;

    /// <summary>Value of the rest of an object in <see cref="Parts"/>.</summary>
    public const byte Body = 2;
}
