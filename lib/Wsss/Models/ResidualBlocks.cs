using TorchSharp.Modules;
using Wsss.Graphs;
using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>How one residual block differs from the next.</summary>
/// <param name="Input">Channels in.</param>
/// <param name="Width">Channels of the 3×3 convolutions.</param>
/// <param name="Stride">Stride of the block.</param>
/// <param name="FirstDilation">Dilation of the 3×3 convolution that has the stride, or had it before dilation took its place.</param>
/// <param name="Dilation">Dilation of a 3×3 convolution after that one.</param>
internal readonly record struct BlockShape(int Input, int Width, int Stride, int FirstDilation, int Dilation);

/// <summary>y = ReLU(x' + F(x)), where x' is x, or a strided 1×1 convolution of it where the shape changes.</summary>
internal abstract class ResidualBlock : nn.Module<Tensor, Tensor>, IGraphModule
{
    private readonly Sequential? _downsample;

    protected ResidualBlock(string name, BlockShape shape, int output) : base(name)
    {
        if (shape.Stride == 1 && shape.Input == output) return;
        _downsample = LayerFactory.Numbered(LayerFactory.Conv(shape.Input, output, 1, shape.Stride), nn.BatchNorm2d(output));
        register_module("downsample", _downsample);
    }

    // All components are registered by torchvision's names; TorchSharp would add them again by the names of the fields.
    protected override void RegisterComponents()
    {
    }

    /// <summary>F(x): a fresh tensor of the output's shape.</summary>
    protected abstract Tensor Residual(Tensor x);

    /// <summary>F(x) in a graph.</summary>
    protected abstract Value Residual(OnnxGraph graph, Value x);

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        Tensor residual = Residual(x);
        Tensor shortcut = _downsample is null ? x : _downsample.call(x);
        return residual.add_(shortcut).relu_().MoveToOuterDisposeScope();
    }

    public Value Write(OnnxGraph graph, Value x) =>
        graph.Relu(graph.Add(Residual(graph, x), _downsample is null ? x : graph.Run(_downsample, x)));
}

/// <summary>Two 3×3 convolutions (ResNet-18 and -34).</summary>
internal sealed class BasicBlock : ResidualBlock
{
    private readonly Conv2d _conv1, _conv2;
    private readonly BatchNorm2d _bn1, _bn2;

    public BasicBlock(BlockShape shape) : base(nameof(BasicBlock), shape, shape.Width)
    {
        // torchvision refuses a dilated basic block. This is the rule that keeps the strided network's values.
        _conv1 = LayerFactory.Conv(shape.Input, shape.Width, 3, shape.Stride, shape.FirstDilation);
        _bn1 = nn.BatchNorm2d(shape.Width);
        _conv2 = LayerFactory.Conv(shape.Width, shape.Width, 3, 1, shape.Dilation);
        _bn2 = nn.BatchNorm2d(shape.Width);
        register_module("conv1", _conv1);
        register_module("bn1", _bn1);
        register_module("conv2", _conv2);
        register_module("bn2", _bn2);
    }

    protected override Tensor Residual(Tensor x) => _bn2.call(_conv2.call(_bn1.call(_conv1.call(x)).relu_()));

    protected override Value Residual(OnnxGraph graph, Value x)
    {
        Value y = graph.Relu(graph.Run(_bn1, graph.Run(_conv1, x)));
        return graph.Run(_bn2, graph.Run(_conv2, y));
    }
}

/// <summary>1×1 down, 3×3 with the stride, 1×1 up to four times the width (ResNet-50 and -101, version 1.5).</summary>
internal sealed class Bottleneck : ResidualBlock
{
    /// <summary>Channels out per channel of width.</summary>
    public const int Expansion = 4;

    private readonly Conv2d _conv1, _conv2, _conv3;
    private readonly BatchNorm2d _bn1, _bn2, _bn3;

    public Bottleneck(BlockShape shape) : base(nameof(Bottleneck), shape, shape.Width * Expansion)
    {
        _conv1 = LayerFactory.Conv(shape.Input, shape.Width, 1);
        _bn1 = nn.BatchNorm2d(shape.Width);
        _conv2 = LayerFactory.Conv(shape.Width, shape.Width, 3, shape.Stride, shape.FirstDilation);
        _bn2 = nn.BatchNorm2d(shape.Width);
        _conv3 = LayerFactory.Conv(shape.Width, shape.Width * Expansion, 1);
        _bn3 = nn.BatchNorm2d(shape.Width * Expansion);
        register_module("conv1", _conv1);
        register_module("bn1", _bn1);
        register_module("conv2", _conv2);
        register_module("bn2", _bn2);
        register_module("conv3", _conv3);
        register_module("bn3", _bn3);
    }

    protected override Tensor Residual(Tensor x)
    {
        Tensor y = _bn1.call(_conv1.call(x)).relu_();
        y = _bn2.call(_conv2.call(y)).relu_();
        return _bn3.call(_conv3.call(y));
    }

    protected override Value Residual(OnnxGraph graph, Value x)
    {
        Value y = graph.Relu(graph.Run(_bn1, graph.Run(_conv1, x)));
        y = graph.Relu(graph.Run(_bn2, graph.Run(_conv2, y)));
        return graph.Run(_bn3, graph.Run(_conv3, y));
    }
}
