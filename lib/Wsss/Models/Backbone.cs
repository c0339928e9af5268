using Wsss.Graphs;
using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>What a backbone has made of a batch of images at one of its layers.</summary>
/// <param name="Grid">[N, K, h, w] float32: a feature vector at each place; the images themselves before the first layer.</param>
/// <param name="ClassTokens">[N, C, K] float32: a transformer's tokens of the classes; null for a network without them.</param>
public sealed record Activation(Tensor Grid, Tensor? ClassTokens = null) : IDisposable
{
    /// <summary>
    /// How the network came here, where a part of the head asks for it by <see cref="ClassifierHead.LooksBack"/>; else null.
    /// </summary>
    public Trail? Trail { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Grid.Dispose();
        ClassTokens?.Dispose();
    }

    /// <summary>Hands the tensors to the scope outside the current one.</summary>
    internal Activation MoveToOuterDisposeScope()
    {
        Grid.MoveToOuterDisposeScope();
        ClassTokens?.MoveToOuterDisposeScope();
        return this;
    }
}

/// <summary>What a network has seen and made before its last stage. Belongs to the forward pass that made it.</summary>
/// <param name="Images">[N, 3, H, W] float32, the network's input.</param>
/// <param name="Stages">The grid [N, K, h, w] at each of <see cref="Backbone.StageEnds"/> but the last, fine first.</param>
/// <param name="StageCells">Where their cells lie in the images.</param>
/// <param name="Cells">Where those of the output lie.</param>
public sealed record Trail(Tensor Images, IReadOnlyList<Tensor> Stages, IReadOnlyList<CellGeometry> StageCells, CellGeometry Cells);

/// <summary>
/// A feature extractor as an ordered list of named layers, so that its graph can be cut at any of them. Its forward gives
/// the grid of the last layer, [N, K, h, w].
/// </summary>
public abstract class Backbone(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>Names of the layers in the order in which an image passes through them, as in the parameters' names.</summary>
    public abstract IReadOnlyList<string> Layers { get; }

    /// <summary>Names of the layers that end a resolution stage, coarse last (ResNet: <c>layer1.…</c> to <c>layer4.…</c>).</summary>
    public abstract IReadOnlyList<string> StageEnds { get; }

    /// <summary>Channels at each of <see cref="StageEnds"/>.</summary>
    public abstract IReadOnlyList<int> StageChannels { get; }

    /// <summary>Channels of the output.</summary>
    public abstract int Channels { get; }

    /// <summary>Input pixels per output pixel: 8, 16 or 32.</summary>
    public abstract int OutputStride { get; }

    /// <summary>Where the cells of a layer's grid lie in the images that the network is given.</summary>
    /// <param name="layer">Its place in <see cref="Layers"/>.</param>
    /// <param name="height">Height of the images in pixels.</param>
    /// <param name="width">Width of the images in pixels.</param>
    public abstract CellGeometry CellsOf(int layer, long height, long width);

    /// <summary>Where the cells of the output lie.</summary>
    /// <inheritdoc cref="CellsOf"/>
    public CellGeometry Cells(long height, long width) => CellsOf(Layers.Count - 1, height, width);

    /// <summary>In which numbers its layers, and a <see cref="Segmentation.DeepLab"/> on it, convolve and multiply.</summary>
    public Precision Precision { get; internal set; }

    /// <summary>Number C of the class tokens that an activation has after the first layer; 0 for a network without them.</summary>
    public virtual int ClassTokens => 0;

    /// <summary>
    /// Beginnings of the keys that weight files published for this network have for the classifier above it, such as <c>fc.</c>: they are
    /// left out where the network alone is loaded.
    /// </summary>
    public virtual IReadOnlyList<string> HeadKeys => [];

    /// <inheritdoc/>
    public override Tensor forward(Tensor images)
    {
        Activation features = Run(new Activation(images), 0, Layers.Count);
        features.ClassTokens?.Dispose();
        return features.Grid;
    }

    /// <summary>Runs the layers <paramref name="first"/> … <paramref name="end"/> − 1; intermediate results are released.</summary>
    /// <param name="x">Input of layer <paramref name="first"/>; stays the caller's.</param>
    /// <param name="first">Index of the first layer to run.</param>
    /// <param name="end">Index after the last layer to run.</param>
    /// <returns>The last layer's output; <paramref name="x"/> itself when the range is empty.</returns>
    public Activation Run(Activation x, int first, int end)
    {
        using var scope = NewDisposeScope();
        using var casts = Autocast.Of(Precision, x.Grid.device_type);
        Activation current = x;
        for (int i = first; i < end; i++)
        {
            Activation next = RunLayer(i, current);
            if (!ReferenceEquals(current, x) && !ReferenceEquals(current, next)) current.Dispose();
            current = next;
        }
        if (ReferenceEquals(current, x)) return x;
        return Exact(current).MoveToOuterDisposeScope();
    }

    /// <summary>What reads activations, cuts and heads, computes with float32.</summary>
    private protected Activation Exact(Activation x) => Precision == Precision.Float32
        ? x : new Activation(x.Grid.to(float32), x.ClassTokens?.to(float32));

    /// <summary>Runs the stages one after the other and keeps what each gives.</summary>
    /// <param name="images">[N, 3, H, W] float32; stays the caller's.</param>
    /// <returns>The activation at each of <see cref="StageEnds"/>, in the current dispose scope.</returns>
    public IReadOnlyList<Activation> RunStages(Tensor images)
    {
        var stages = new List<Activation>();
        var x = new Activation(images);
        int first = 0;
        foreach (string stage in StageEnds)
        {
            int end = IndexOf(stage) + 1;
            x = Run(x, first, end);
            stages.Add(x);
            first = end;
        }
        return stages;
    }

    /// <summary>Index of a layer by its name.</summary>
    /// <exception cref="RecipeException">No such layer; the message lists those that there are.</exception>
    public int IndexOf(string layer)
    {
        for (int i = 0; i < Layers.Count; i++)
            if (Layers[i] == layer) return i;
        throw new RecipeException($"{GetName()} has no layer '{layer}'. It has: {string.Join(", ", Layers)}.");
    }

    /// <summary>What a weight file's tensor becomes for this network where it cannot be taken as it is.</summary>
    /// <param name="key">The network's key.</param>
    /// <param name="read">The file's tensor for a key of the network, in the current dispose scope; null where the file has none.</param>
    /// <returns>A tensor of the network's shape, in the current dispose scope; null to take the file's, if it fits.</returns>
    internal virtual Tensor? Adapt(string key, Func<string, Tensor?> read) => null;

    /// <summary>Writes the whole network into a graph.</summary>
    /// <param name="graph">The graph of a network that this one is a part of.</param>
    /// <param name="images">[N, 3, H, W], normalised.</param>
    internal ActivationValues Write(OnnxGraph graph, Value images) => Write(graph, new ActivationValues(images), 0, Layers.Count);

    /// <summary>
    /// Writes the layers <paramref name="first"/> … <paramref name="end"/> − 1 into a graph, as <see cref="Run"/> runs them.
    /// </summary>
    internal ActivationValues Write(OnnxGraph graph, ActivationValues x, int first, int end) =>
        Enumerable.Range(first, end - first).Aggregate(x, (x, layer) => WriteLayer(graph, layer, x));

    /// <summary>Writes one layer into a graph, as <see cref="RunLayer"/> runs it.</summary>
    /// <exception cref="ExportException">The network does not say how.</exception>
    internal virtual ActivationValues WriteLayer(OnnxGraph graph, int index, ActivationValues x) =>
        throw new ExportException(
            $"Expected a backbone that can be written as ONNX, found {GetName()}. Derive it from {nameof(ConvolutionalBackbone)}, or "
                + "write it as safetensors."
        );

    /// <summary>Writes into a graph how a grid at the places of the output is read at the pixels of the images.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="grid">[N, C, h, w].</param>
    /// <param name="images">[N, 3, H, W].</param>
    /// <returns>[N, C, H, W].</returns>
    internal virtual Value WriteAtPixels(OnnxGraph graph, Value grid, Value images) => graph.AtPixels(grid, OutputStride, images);

    /// <summary>Runs one layer.</summary>
    /// <param name="index">Its place in <see cref="Layers"/>.</param>
    /// <param name="x">Its input, which it leaves alone.</param>
    protected abstract Activation RunLayer(int index, Activation x);

    /// <summary>Does nothing: components are registered by hand; TorchSharp would add them again by the names of the fields.</summary>
    protected override void RegisterComponents()
    {
    }
}

/// <summary>
/// A convolutional backbone: each layer is a module from grid to grid. All kernels are odd and padded alike on both sides, so
/// that cell i of stride s lies at pixel s·i, whatever the size of the images.
/// </summary>
public abstract class ConvolutionalBackbone(string name) : Backbone(name)
{
    private readonly List<string> _layers = [];
    private readonly List<nn.Module<Tensor, Tensor>> _modules = [];
    private readonly List<int> _strides = [];
    private readonly List<string> _stageEnds = [];
    private readonly List<int> _stageChannels = [];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Layers => _layers;

    /// <inheritdoc/>
    public override IReadOnlyList<string> StageEnds => _stageEnds;

    /// <inheritdoc/>
    public override IReadOnlyList<int> StageChannels => _stageChannels;

    /// <summary>Appends a layer; its module must be registered as well, alone or as part of another.</summary>
    /// <param name="name">Name as in torchvision's parameter names, such as <c>layer4.1</c> or <c>features.13</c>.</param>
    /// <param name="module">[N, K, h, w] → [N, K', h', w'], with odd kernels padded alike on both sides.</param>
    /// <param name="stride">Cells of its input per cell of its output.</param>
    protected void AddLayer(string name, nn.Module<Tensor, Tensor> module, int stride = 1)
    {
        _layers.Add(name);
        _modules.Add(module);
        _strides.Add(stride * (_strides.Count == 0 ? 1 : _strides[^1]));
    }

    /// <inheritdoc/>
    public override CellGeometry CellsOf(int layer, long height, long width) => CellGeometry.Strided(_strides[layer]);

    /// <inheritdoc/>
    internal override ActivationValues WriteLayer(OnnxGraph graph, int index, ActivationValues x) =>
        new(graph.Run(_modules[index], x.Grid));

    /// <summary>Says that the last layer added so far ends a stage, and how many channels it gives.</summary>
    protected void EndStage(int channels)
    {
        _stageEnds.Add(_layers[^1]);
        _stageChannels.Add(channels);
    }

    /// <inheritdoc/>
    protected override Activation RunLayer(int index, Activation x)
    {
        Tensor y = _modules[index].call(x.Grid);
        return ReferenceEquals(y, x.Grid) ? x : new Activation(y);
    }
}
