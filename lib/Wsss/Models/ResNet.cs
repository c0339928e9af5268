using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>
/// ResNet (He et al., <i>Deep Residual Learning for Image Recognition</i>, CVPR 2016) without its classifier: 3×H×W
/// images become maps of 512 (18, 34) or 2048 (50, 101) channels.
/// </summary>
/// <remarks>
/// Names of modules and parameters, initialisation and dilation are torchvision's, so that its weight files load. An
/// output stride of 16 or 8 replaces the strides of the last one or two stages by dilation; the convolution that loses
/// its stride keeps the dilation of the stage before (torchvision's <c>replace_stride_with_dilation</c>), so that the
/// strided network's values reappear at each second or fourth position. torchvision refuses dilation for 18 and 34.
/// </remarks>
public sealed class ResNet : ConvolutionalBackbone
{
    private ResNet(string name, int[] blocks, bool bottleneck, int outputStride) : base(name)
    {
        LayerFactory.CheckOutputStride(name, outputStride, 8, 16, 32);
        OutputStride = outputStride;
        Add("conv1", LayerFactory.Conv(3, 64, 7, stride: 2), stride: 2);
        Add("bn1", nn.BatchNorm2d(64));
        Add("relu", nn.ReLU());
        Add("maxpool", nn.MaxPool2d(3, 2, 1), stride: 2);
        int channels = 64, stride = 4, dilation = 1;
        for (int stage = 0; stage < blocks.Length; stage++)
        {
            int first = stage == 0 ? 1 : 2, firstDilation = dilation;
            if (stride * first > outputStride) (dilation, first) = (dilation * first, 1);
            stride *= first;
            int width = 64 << stage;
            var modules = new nn.Module<Tensor, Tensor>[blocks[stage]];
            for (int block = 0; block < modules.Length; block++)
            {
                BlockShape shape = block == 0
                    ? new(channels, width, first, firstDilation, dilation)
                    : new(channels, width, 1, dilation, dilation);
                modules[block] = bottleneck ? new Bottleneck(shape) : new BasicBlock(shape);
                channels = bottleneck ? width * Bottleneck.Expansion : width;
                AddLayer($"layer{stage + 1}.{block}", modules[block], shape.Stride);
            }
            register_module($"layer{stage + 1}", LayerFactory.Numbered(modules));
            EndStage(channels);
        }
        Channels = channels;
    }

    /// <inheritdoc/>
    public override int Channels { get; }

    /// <inheritdoc/>
    public override int OutputStride { get; }

    /// <summary>ResNet-18: 512 channels, 11.2 M parameters.</summary>
    /// <param name="outputStride">8, 16 or 32 input pixels per output pixel.</param>
    /// <exception cref="RecipeException">Another output stride.</exception>
    public static ResNet ResNet18(int outputStride) => new("resnet18", [2, 2, 2, 2], bottleneck: false, outputStride);

    /// <summary>ResNet-34: 512 channels, 21.3 M parameters.</summary>
    /// <inheritdoc cref="ResNet18"/>
    public static ResNet ResNet34(int outputStride) => new("resnet34", [3, 4, 6, 3], bottleneck: false, outputStride);

    /// <summary>ResNet-50: 2048 channels, 23.5 M parameters.</summary>
    /// <inheritdoc cref="ResNet18"/>
    public static ResNet ResNet50(int outputStride) => new("resnet50", [3, 4, 6, 3], bottleneck: true, outputStride);

    /// <summary>ResNet-101: 2048 channels, 42.5 M parameters.</summary>
    /// <inheritdoc cref="ResNet18"/>
    public static ResNet ResNet101(int outputStride) => new("resnet101", [3, 4, 23, 3], bottleneck: true, outputStride);

    private void Add(string name, nn.Module<Tensor, Tensor> module, int stride = 1)
    {
        register_module(name, module);
        AddLayer(name, module, stride);
    }
}
