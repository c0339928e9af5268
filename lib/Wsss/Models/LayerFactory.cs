using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>Pieces that the backbones share.</summary>
internal static class LayerFactory
{
    /// <summary>A convolution without bias whose padding keeps the size at stride 1, initialised as torchvision does.</summary>
    public static Conv2d Conv(int input, int output, int kernel, int stride = 1, int dilation = 1, int groups = 1)
    {
        Conv2d conv = nn.Conv2d(
            input, output, kernel, stride: stride, padding: dilation * (kernel - 1) / 2, dilation: dilation,
            groups: groups, bias: false);
        nn.init.kaiming_normal_(conv.weight!, mode: nn.init.FanInOut.FanOut, nonlinearity: nn.init.NonlinearityType.ReLU);
        return conv;
    }

    /// <summary>A convolution with bias whose padding keeps the size, initialised as PyTorch does by default.</summary>
    public static Conv2d ConvWithBias(int input, int output, int kernel, int dilation = 1)
    {
        // TorchSharp leaves a tensor of the bias's initialisation behind; the parameters belong to no scope.
        using var scope = NewDisposeScope();
        return nn.Conv2d(input, output, kernel, padding: dilation * (kernel - 1) / 2, dilation: dilation);
    }

    /// <summary>
    /// Group normalisation that begins as the identity, as PyTorch's does; TorchSharp leaves its parameters uninitialised.
    /// </summary>
    public static GroupNorm GroupNorm(int groups, int channels)
    {
        GroupNorm norm = nn.GroupNorm(groups, channels);
        nn.init.ones_(norm.weight!);
        nn.init.zeros_(norm.bias!);
        return norm;
    }

    /// <summary>A sequence whose modules are named 0, 1, 2, …, as PyTorch names them.</summary>
    public static Sequential Numbered(params nn.Module<Tensor, Tensor>[] modules) =>
        nn.Sequential(modules.Select((module, index) => ($"{index}", module)));
}
