using Wsss.Data;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Saliency;

/// <summary>
/// Any salient-object network as TorchScript: it takes [1, 3, 224, 224] float32 with ImageNet's normalisation and gives one map in 0…1,
/// [1, 224, 224] with any further dimensions of 1. Images are resized to that square whatever their aspect ratio, as such networks are
/// trained, and the map is resized back.
/// </summary>
internal sealed class ScriptedSaliency(string path, Device device) : SaliencySource
{
    private const int Side = 224;

    private readonly ScriptedNetwork _network = new(path, device);

    public override LabelMap Of(string id, RgbImage image)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        Tensor map = _network.Run(Loader.ImageTensor(Resampler.Resize(image, Side, Side), device));
        if (map.numel() != Side * Side)
            throw _network.Unlike($"one map of {Side}×{Side}", $"[{string.Join(", ", map.shape)}]");
        var (least, most) = (map.min().item<float>(), map.max().item<float>());
        if (!(least >= 0 && most <= 1))
            throw _network.Unlike("a map in 0…1 (trace the network with its sigmoid)", $"{least}…{most}");
        return Resampler.Resize(ToBytes(map.reshape(Side, Side)), image.Width, image.Height);
    }

    public override void Dispose()
    {
        _network.Dispose();
        base.Dispose();
    }
}
