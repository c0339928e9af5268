using System.Runtime.InteropServices;
using Wsss.Data;
using static TorchSharp.torch;

namespace Wsss.Saliency;

/// <summary>
/// Any salient-object network as TorchScript: traced or scripted, it takes [1, 3, 224, 224] float32 with ImageNet's
/// normalisation and gives one map in 0…1, [1, 224, 224] with any further dimensions of 1. Images are resized to that square
/// whatever their aspect ratio, as such networks are trained, and the map is resized back.
/// </summary>
internal sealed class ScriptedSaliency : SaliencySource
{
    private const int Side = 224;

    private readonly jit.ScriptModule<Tensor, Tensor> _network;
    private readonly Device _device;
    private readonly string _path;

    /// <exception cref="WeightFileException">libtorch cannot read the file.</exception>
    public ScriptedSaliency(string path, Device device)
    {
        TorchRuntime.EnsureLoaded();
        (_path, _device) = (path, device);
        InputFile.Require(path, InputKind.Weights);
        // TorchSharp makes a tensor for every parameter of every part of the network whenever it visits them; none is the network's own.
        using var scope = NewDisposeScope();
        try
        {
            _network = jit.load<Tensor, Tensor>(path, device.type, device.index);
        }
        catch (ExternalException error)
        {
            throw new WeightFileException(
                $"{path}: expected a TorchScript network (torch.jit.trace or torch.jit.script, then save); libtorch cannot read it: "
                    + $"{FirstLine(error)}",
                error
            );
        }
        _network.eval();
    }

    public override LabelMap Of(string id, RgbImage image)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        return Resampler.Resize(ToBytes(Run(Loader.ImageTensor(Resampler.Resize(image, Side, Side), _device))), image.Width, image.Height);
    }

    public override void Dispose()
    {
        using var scope = NewDisposeScope();
        _network.Dispose();
        base.Dispose();
    }

    private Tensor Run(Tensor input)
    {
        Tensor map;
        try
        {
            map = _network.call(input);
        }
        catch (Exception error) when (error is ExternalException or InvalidCastException)
        {
            throw new WeightFileException(
                $"{_path}: expected a network that takes [1, 3, {Side}, {Side}] and gives one tensor; {FirstLine(error)}",
                error
            );
        }
        if (map.numel() != Side * Side)
            throw new WeightFileException($"{_path}: expected one map of {Side}×{Side}, found [{string.Join(", ", map.shape)}].");
        var (least, most) = (map.min().item<float>(), map.max().item<float>());
        if (!(least >= 0 && most <= 1))
            throw new WeightFileException($"{_path}: expected a map in 0…1, found {least}…{most}. Trace the network with its sigmoid.");
        return map.reshape(Side, Side);
    }

    private static string FirstLine(Exception error) => error.Message.Split('\n')[0].Trim();
}
