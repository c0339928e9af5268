using Wsss.Data;
using Wsss.Models;
using Wsss.Registry;
using Wsss.Storage;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Wsss.Regions;

/// <summary>
/// Masks of a network that names no classes, such as one distilled from the Segment Anything Model, as TorchScript: traced or scripted in
/// Python, nothing of which runs here.
/// </summary>
/// <remarks>
/// It takes [1, 3, S, S] float32 with ImageNet's normalisation, the image resized to that square whatever its aspect ratio, and gives
/// masks in 0…1, [N, h, w] or [1, N, h, w], floating point or boolean, of any number and size. Each is resized to the image (bilinear);
/// where it is above ½ is a region. Masks may overlap; one without such a pixel is none.
/// </remarks>
[Registered("masks of a network, as TorchScript: [1, 3, S, S] to [N, h, w] in 0…1", Name = "network", Order = 4)]
public sealed record RegionNetwork : RegionSource
{
    /// <summary>The file, as <c>torch.jit.save</c> writes it.</summary>
    [CountedByContent]
    public string Path { get; init; } = "regions.pt";

    /// <summary>S: pixels along each side of the square that the network takes, at least 1.</summary>
    public int Side { get; init; } = 512;

    /// <summary>Says nothing of the file: what was trained with its regions is used without it. <see cref="Key"/> needs it.</summary>
    /// <exception cref="RecipeException">The side is below 1.</exception>
    public override void Validate()
    {
        if (Side < 1) throw new RecipeException($"Region network: expected a side of at least 1 pixel, found {Side}.");
    }

    /// <inheritdoc/>
    /// <exception cref="InputFileException">There is no such file.</exception>
    public override string Key()
    {
        InputFile.Require(Path, InputKind.Weights);
        return ArtifactStore.Key([$"region network/1, level {Level}, side {Side}", FileHash.Compute(Path)]);
    }

    /// <inheritdoc/>
    /// <exception cref="InputFileException">There is no such file.</exception>
    /// <exception cref="WeightFileException">It is no network.</exception>
    public override RegionFinder Open(Device device)
    {
        var network = new ScriptedNetwork(Path, device);
        return new RegionFinder((_, image) => Find(network, image, device), network);
    }

    private List<Region> Find(ScriptedNetwork network, RgbImage image, Device device)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        Tensor masks = network.Run(Loader.ImageTensor(Resampler.Resize(image, Side, Side), device)).to(float32);
        if (masks.dim() == 4 && masks.shape[0] == 1) masks = masks.squeeze(0);                   // [N, h, w]
        if (masks.dim() != 3) throw network.Unlike("masks [N, h, w] or [1, N, h, w]", $"[{string.Join(", ", masks.shape)}]");
        var regions = new List<Region>();
        if (masks.numel() == 0) return regions;
        var (least, most) = (masks.min().item<float>(), masks.max().item<float>());
        if (!(least >= 0 && most <= 1))
            throw network.Unlike("masks in 0…1 (trace the network with its sigmoid)", $"{least}…{most}");
        for (long n = 0; n < masks.shape[0]; n++)
        {
            using var each = NewDisposeScope();
            Tensor mask = interpolate(masks[n].unsqueeze(0).unsqueeze(0), [image.Height, image.Width],
                mode: InterpolationMode.Bilinear, align_corners: false);
            int[] pixels = [.. mask.flatten().gt(0.5).nonzero().to(int32).cpu().contiguous().data<int>()];
            if (pixels.Length > 0) regions.Add(new Region(pixels, Level));
        }
        return regions;
    }
}
