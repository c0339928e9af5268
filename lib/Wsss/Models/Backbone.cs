using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>One step of a backbone: torchvision's module name and the module.</summary>
/// <param name="Name">Name as in torchvision's parameter names, such as <c>layer4.1</c> or <c>features.13</c>.</param>
/// <param name="Module">[N, C, H, W] → [N, C', H', W'].</param>
public sealed record NamedLayer(string Name, nn.Module<Tensor, Tensor> Module);

/// <summary>
/// A convolutional feature extractor as an ordered list of named layers, so that a graph can be cut at any of them.
/// </summary>
public abstract class Backbone(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>The layers in the order in which an image passes through them; forward is their composition.</summary>
    public abstract IReadOnlyList<NamedLayer> Layers { get; }

    /// <summary>Names of the layers that end a resolution stage, coarse last (ResNet: <c>layer1.…</c> to <c>layer4.…</c>).</summary>
    public abstract IReadOnlyList<string> StageEnds { get; }

    /// <summary>Channels of the output.</summary>
    public abstract int Channels { get; }

    /// <summary>Input pixels per output pixel: 8, 16 or 32.</summary>
    public abstract int OutputStride { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor images) => Run(images, 0, Layers.Count);

    /// <summary>Runs the layers <paramref name="first"/> … <paramref name="end"/> − 1; intermediate results are released.</summary>
    /// <param name="x">Input of layer <paramref name="first"/>, [N, C, H, W] float32; stays the caller's.</param>
    /// <param name="first">Index of the first layer to run.</param>
    /// <param name="end">Index after the last layer to run.</param>
    /// <returns>The last layer's output; <paramref name="x"/> itself when the range is empty.</returns>
    public Tensor Run(Tensor x, int first, int end)
    {
        using var scope = NewDisposeScope();
        Tensor current = x;
        for (int i = first; i < end; i++)
        {
            Tensor next = Layers[i].Module.call(current);
            if (!ReferenceEquals(current, x) && !ReferenceEquals(current, next)) current.Dispose();
            current = next;
        }
        return ReferenceEquals(current, x) ? x : current.MoveToOuterDisposeScope();
    }

    /// <summary>Does nothing: components are registered by hand; TorchSharp would add them again by the names of the fields.</summary>
    protected override void RegisterComponents()
    {
    }

    /// <summary>Index of a layer by its name.</summary>
    /// <exception cref="ArgumentException">No such layer; the message lists those that there are.</exception>
    public int IndexOf(string layer)
    {
        for (int i = 0; i < Layers.Count; i++)
            if (Layers[i].Name == layer) return i;
        throw new ArgumentException($"{GetName()} has no layer '{layer}'. It has: {string.Join(", ", Layers.Select(l => l.Name))}.");
    }
}
