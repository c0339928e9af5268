using TorchSharp.Modules;
using Wsss.Data;
using Wsss.Graphs;
using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>
/// MobileNetV2 (Sandler et al., CVPR 2018) at width 1 without its classifier: 3×H×W images become 1280 maps;
/// 2.2 M parameters. Names and initialisation are torchvision's (<c>features.0</c> … <c>features.18</c>).
/// </summary>
/// <remarks>
/// An output stride of 16 or 8 replaces the last strides by dilation with <see cref="ResNet"/>'s rule.
/// </remarks>
internal sealed class MobileNetV2 : ConvolutionalBackbone
{
    // Expansion t, channels c, repetitions n, stride s: table 2 of the paper.
    private static readonly (int T, int C, int N, int S)[] Stages =
        [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    /// <summary>The classifier's layer in torchvision's files.</summary>
    internal const string PublishedHead = "classifier.1";

    /// <summary>Creates the network with kaiming-normal weights.</summary>
    /// <param name="name">Its name in messages.</param>
    /// <param name="outputStride">8, 16 or 32 input pixels per output pixel.</param>
    internal MobileNetV2(string name, int outputStride) : base(name)
    {
        OutputStride = outputStride;
        List<nn.Module<Tensor, Tensor>> features = [];
        void Append(nn.Module<Tensor, Tensor> block, int step)
        {
            AddLayer($"features.{features.Count}", block, step);
            features.Add(block);
        }
        Append(InvertedResidual.ConvBnRelu6(3, 32, 3, stride: 2), 2);
        int channels = 32, stride = 2, dilation = 1;
        foreach ((int t, int c, int n, int s) in Stages)
        {
            int first = s, firstDilation = dilation;
            if (stride * s > outputStride) (dilation, first) = (dilation * s, 1);
            stride *= first;
            if (s == 2) EndStage(channels);
            for (int block = 0; block < n; block++)
            {
                (int own, int ownDilation) = block == 0 ? (first, firstDilation) : (1, dilation);
                Append(new InvertedResidual(channels, c, t, own, ownDilation), own);
                channels = c;
            }
        }
        Append(InvertedResidual.ConvBnRelu6(channels, Channels, 1), 1);
        EndStage(Channels);
        register_module("features", LayerFactory.Numbered([.. features]));
    }

    /// <inheritdoc/>
    public override int Channels => 1280;

    /// <inheritdoc/>
    public override int OutputStride { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> HeadKeys => [$"{PublishedHead}."];
}

[Registered("MobileNetV2: 1280 channels, 2.2 M parameters, a few times faster than a ResNet", Name = "mobilenet_v2", Order = 3)]
internal sealed class MobileNetV2Design : BackboneDesign
{
    public override IReadOnlyList<int> Strides => [32, 16, 8];

    public override IReadOnlyList<Download> Published { get; } =
        [PublishedWeights.Torchvision("mobilenet_v2-b0353104.pth", "ImageNet weights")];

    public override string HeadLayer => MobileNetV2.PublishedHead;

    protected override Backbone Build(int outputStride, int classTokens) => new MobileNetV2(Name, outputStride);
}

/// <summary>1×1 expansion, 3×3 per channel, linear 1×1 projection; added to the input where the shape stays.</summary>
internal sealed class InvertedResidual : nn.Module<Tensor, Tensor>, IGraphModule
{
    private readonly Sequential _conv;
    private readonly bool _addsInput;

    public InvertedResidual(int input, int output, int expansion, int stride, int dilation) : base(nameof(InvertedResidual))
    {
        int hidden = input * expansion;
        List<nn.Module<Tensor, Tensor>> modules = [];
        if (expansion != 1) modules.Add(ConvBnRelu6(input, hidden, 1));
        modules.Add(ConvBnRelu6(hidden, hidden, 3, stride, dilation, groups: hidden));
        modules.Add(LayerFactory.Conv(hidden, output, 1));
        modules.Add(nn.BatchNorm2d(output));
        _conv = LayerFactory.Numbered([.. modules]);
        _addsInput = stride == 1 && input == output;
        register_module("conv", _conv);
    }

    // See ResidualBlock.
    protected override void RegisterComponents()
    {
    }

    public override Tensor forward(Tensor x)
    {
        Tensor y = _conv.call(x);
        return _addsInput ? y.add_(x) : y;
    }

    public Value Write(OnnxGraph graph, Value x)
    {
        Value y = graph.Run(_conv, x);
        return _addsInput ? graph.Add(y, x) : y;
    }

    public static Sequential ConvBnRelu6(int input, int output, int kernel, int stride = 1, int dilation = 1, int groups = 1) =>
        LayerFactory.Numbered(
            LayerFactory.Conv(input, output, kernel, stride, dilation, groups), nn.BatchNorm2d(output), nn.ReLU6(inplace: true));
}
