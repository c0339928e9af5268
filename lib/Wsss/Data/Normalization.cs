namespace Wsss.Data;

/// <summary>
/// The channel statistics that every network here expects: ImageNet's, as torchvision's weights do.
/// x = (v/255 − mean) / std per channel.
/// </summary>
public static class Normalization
{
    /// <summary>Mean of R, G, B in 0…1.</summary>
    public static ReadOnlySpan<float> Mean => [0.485f, 0.456f, 0.406f];

    /// <summary>Standard deviation of R, G, B in 0…1.</summary>
    public static ReadOnlySpan<float> Std => [0.229f, 0.224f, 0.225f];
}
