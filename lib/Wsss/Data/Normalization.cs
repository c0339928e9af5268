using static TorchSharp.torch;

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

    /// <summary>The picture that a network's input shows.</summary>
    /// <param name="input">[3, H, W] float32, normalised; stays the caller's.</param>
    public static RgbImage ToImage(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor mean = tensor(Mean.ToArray()).view(3, 1, 1), std = tensor(Std.ToArray()).view(3, 1, 1);
        Tensor bytes = ((input.cpu() * std + mean) * 255).round().clamp(0, 255).to(uint8).permute(1, 2, 0).contiguous();
        return new RgbImage((int)input.shape[2], (int)input.shape[1], bytes.data<byte>().ToArray());
    }
}
