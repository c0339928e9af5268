namespace Wsss.Data;

/// <summary>What a plane's values mean, and so how it is resized with its image.</summary>
public enum PlaneKind
{
    /// <summary>0…255 for 0…1, such as saliency: filtered as the image is. [N, H, W] float32 in 0…1 in a batch.</summary>
    Soft,

    /// <summary>
    /// Labels, such as classes or regions; <see cref="LabelMap.Ignore"/> is none: the nearest pixel. [N, H, W] int64 in a batch.
    /// </summary>
    Labels,
}

/// <summary>A value for each pixel that comes with an image beside its labels.</summary>
/// <param name="Values">Of the image's size.</param>
/// <param name="Kind">What the values mean.</param>
public sealed record Plane(LabelMap Values, PlaneKind Kind);
