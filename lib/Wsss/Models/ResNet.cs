using Wsss.Data;
using Wsss.Registry;
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
internal sealed class ResNet : ConvolutionalBackbone
{
    /// <summary>The classifier's layer in torchvision's files.</summary>
    internal const string PublishedHead = "fc";

    /// <summary>Creates the network with kaiming-normal weights.</summary>
    /// <param name="name">Its name in messages.</param>
    /// <param name="blocks">Residual blocks of each of the four stages.</param>
    /// <param name="bottleneck">Whether the blocks are bottlenecks, of four times the width.</param>
    /// <param name="outputStride">8, 16 or 32 input pixels per output pixel.</param>
    internal ResNet(string name, int[] blocks, bool bottleneck, int outputStride) : base(name)
    {
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

    /// <inheritdoc/>
    public override IReadOnlyList<string> HeadKeys => [$"{PublishedHead}."];

    private void Add(string name, nn.Module<Tensor, Tensor> module, int stride = 1)
    {
        register_module(name, module);
        AddLayer(name, module, stride);
    }
}

/// <summary>A ResNet of some depth.</summary>
/// <param name="blocks">Residual blocks of each of the four stages.</param>
/// <param name="bottleneck">Whether the blocks are bottlenecks.</param>
/// <param name="files">torchvision's weight files.</param>
internal abstract class ResNetDesign(int[] blocks, bool bottleneck, params Download[] files) : BackboneDesign
{
    public override IReadOnlyList<int> Strides => [32, 16, 8];

    public override IReadOnlyList<Download> Published => files;

    public override string HeadLayer => ResNet.PublishedHead;

    protected override Backbone Build(int outputStride, int classTokens) => new ResNet(Name, blocks, bottleneck, outputStride);
}

[Registered("ResNet of 18 layers: 512 channels, 11.2 M parameters", Name = "resnet18", Order = 4)]
internal sealed class ResNet18() : ResNetDesign(
    [2, 2, 2, 2], bottleneck: false, PublishedWeights.Torchvision("resnet18-f37072fd.pth", "ImageNet weights"));

[Registered("ResNet of 34 layers: 512 channels, 21.3 M parameters", Name = "resnet34", Order = 5)]
internal sealed class ResNet34() : ResNetDesign(
    [3, 4, 6, 3], bottleneck: false, PublishedWeights.Torchvision("resnet34-b627a593.pth", "ImageNet weights"));

[Registered("ResNet of 50 layers: 2048 channels, 23.5 M parameters", Name = "resnet50", Order = 6)]
internal sealed class ResNet50() : ResNetDesign(
    [3, 4, 6, 3], bottleneck: true,
    PublishedWeights.Torchvision("resnet50-0676ba61.pth", "ImageNet weights (torchvision's IMAGENET1K_V1)"),
    PublishedWeights.Torchvision("resnet50-11ad3fa6.pth", "ImageNet weights (torchvision's IMAGENET1K_V2)"));

[Registered("ResNet of 101 layers: 2048 channels, 42.5 M parameters", Name = "resnet101", Order = 7)]
internal sealed class ResNet101() : ResNetDesign(
    [3, 4, 23, 3], bottleneck: true, PublishedWeights.Torchvision("resnet101-63fe2227.pth", "ImageNet weights"));
