using TorchSharp.Modules;
using Wsss.Graphs;
using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>
/// A head with one more map, of the background: a 1×1 convolution, as <see cref="GapHead"/> has for a class. Classification does
/// not see it; losses that judge the softmax over classes and background teach it.
/// </summary>
internal sealed class BackgroundHead : ClassifierHead
{
    private readonly ClassifierHead _inner;
    private readonly Conv2d _background;

    private BackgroundHead(int channels, ClassifierHead inner) : base(nameof(BackgroundHead))
    {
        _inner = inner;
        _background = nn.Conv2d(channels, 1, 1, bias: false);
        nn.init.normal_(_background.weight!, 0, 0.01);
        register_module("inner", _inner);
        register_module("background", _background);
    }

    /// <summary>A head with a map of the background: the given one if it has it already, as several losses may share it.</summary>
    /// <param name="channels">Channels K of the features.</param>
    /// <param name="inner">The head of the classes.</param>
    public static ClassifierHead Around(int channels, ClassifierHead inner) =>
        inner.modules().Append(inner).OfType<BackgroundHead>().Any() ? inner : new BackgroundHead(channels, inner);

    /// <inheritdoc/>
    public override HeadOutput forward(Activation features, Tensor? labels) =>
        _inner.call(features, labels) with { Background = _background.call(features.Grid) };                  // [N, 1, h, w]

    internal override HeadValues Write(OnnxGraph graph, ActivationValues features) =>
        _inner.Write(graph, features) with { Background = graph.Run(_background, features.Grid) };
}
