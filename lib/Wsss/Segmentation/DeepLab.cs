using System.Text.Json.Serialization;
using TorchSharp.Modules;
using Wsss.Graphs;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Segmentation;

/// <summary>Size of DeepLab's head.</summary>
/// <param name="Width">Channels of each branch and of their projection.</param>
/// <param name="Reach">
/// Input pixels between two taps of the least dilated branch; the others take twice and three times as many. 96 is the
/// paper's (rates 6, 12, 18 at stride 16 and 12, 24, 36 at stride 8, for crops of 513 pixels).
/// </param>
/// <param name="Dropout">Share of the projection's values that are dropped in training.</param>
/// <param name="Decoder">
/// Channels that the backbone's fine features are reduced to before they join the head's: DeepLabv3+ (Chen et al., ECCV 2018, with 48).
/// 0, the default: DeepLabv3, which has no decoder.
/// </param>
public sealed record DeepLabOptions(
    int Width = 256, int Reach = 96, double Dropout = 0.5,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Decoder = 0)
{
    /// <summary>For images of about 96 pixels and <see cref="MenagerieNet"/>: rates 2, 4, 6 at stride 8.</summary>
    public static DeepLabOptions Small { get; } = new(Width: 64, Reach: 16, Dropout: 0.1);
}

/// <summary>
/// DeepLabv3 (Chen et al., <i>Rethinking Atrous Convolution for Semantic Image Segmentation</i>, 2017): a backbone, atrous
/// spatial pyramid pooling, a 1×1 classifier; with <see cref="DeepLabOptions.Decoder"/> DeepLabv3+, whose classifier sees the pyramid's
/// features joined by finer ones. Its state dict has the prefixes <c>backbone.</c>, <c>aspp.</c>, <c>decoder.</c> and <c>classifier.</c>;
/// disposing it disposes the backbone.
/// </summary>
public sealed class DeepLab : nn.Module<Tensor, Tensor>
{
    private readonly Backbone _backbone;
    private readonly Aspp _aspp;
    private readonly Decoder? _decoder;
    private readonly Conv2d _classifier;

    /// <summary>Puts a head with random weights on a backbone, which from now on belongs to the network.</summary>
    /// <param name="backbone">Images → features.</param>
    /// <param name="classes">C, without the background.</param>
    /// <param name="options">Size of the head.</param>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public DeepLab(Backbone backbone, int classes, DeepLabOptions options)
        : base(nameof(DeepLab))
    {
        if (classes < 1)
            throw new RecipeException($"Expected at least one class, found {classes}.");
        if (options.Width < 1)
            throw new RecipeException($"Expected DeepLab's width to be positive, found {options.Width}.");
        if (options.Dropout is not (>= 0 and < 1))
            throw new RecipeException($"Expected DeepLab's dropout in 0 … 1 (without 1), found {options.Dropout}.");
        if (options.Decoder < 0)
            throw new RecipeException($"Expected a decoder of 0 or more channels, found {options.Decoder}.");
        if (options.Reach < 1 || options.Reach % backbone.OutputStride != 0)
        {
            throw new RecipeException(
                $"Expected DeepLab's reach to be a multiple of the backbone's output stride {backbone.OutputStride}, found {options.Reach}."
            );
        }
        _backbone = backbone;
        // First, as it may refuse the backbone.
        if (options.Decoder > 0) _decoder = new Decoder(backbone, options.Decoder, options.Width);
        _aspp = new Aspp(backbone.Channels, options, options.Reach / backbone.OutputStride);
        _classifier = LayerFactory.ConvWithBias(options.Width, classes + 1, 1);
        register_module("backbone", _backbone);
        register_module("aspp", _aspp);
        if (_decoder is not null) register_module("decoder", _decoder);
        register_module("classifier", _classifier);
    }

    /// <summary>The feature extractor.</summary>
    public Backbone Backbone => _backbone;

    /// <summary>Scores each pixel.</summary>
    /// <param name="images">[N, 3, H, W] float32, normalised by <see cref="Data.Normalization"/>.</param>
    /// <returns>[N, C + 1, H, W] logits; channel 0 is the background.</returns>
    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        long height = images.shape[2], width = images.shape[3];
        if (_decoder is null)
        {
            Tensor features = _backbone.call(images);
            Tensor logits = Cast(() => _classifier.call(_aspp.call(features)));                               // [N, C + 1, h, w]
            return CellSampling.AtPixels(logits, _backbone.Cells(height, width), height, width).MoveToOuterDisposeScope();
        }
        int fine = _decoder.Layer + 1;
        Activation early = _backbone.Run(new Activation(images), 0, fine);
        Activation late = _backbone.Run(early, fine, _backbone.Layers.Count);
        Tensor coarse = Cast(() => _aspp.call(late.Grid));                                                    // [N, width, h, w]
        CellGeometry cells = _backbone.CellsOf(_decoder.Layer, height, width);
        Tensor spread = CellSampling.At(
            coarse, _backbone.Cells(height, width), cells, early.Grid.shape[2], early.Grid.shape[3]);
        Tensor finer = Cast(() => _classifier.call(_decoder.call(spread, early.Grid)));                       // [N, C + 1, h', w']
        return CellSampling.AtPixels(finer, cells, height, width).MoveToOuterDisposeScope();

        // Between cells and pixels, numbers are float32.
        Tensor Cast(Func<Tensor> work)
        {
            using var casts = Autocast.Of(_backbone.Precision, images.device_type);
            return work().to(float32);
        }
    }

    /// <summary>Writes the network into a graph of its own.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="images">[N, 3, H, W], normalised.</param>
    /// <returns>[N, C + 1, H, W].</returns>
    internal Value Write(OnnxGraph graph, Value images)
    {
        if (_decoder is null)
        {
            Value logits = graph.Run(_classifier, graph.Run(_aspp, _backbone.Write(graph, images).Grid));
            return _backbone.WriteAtPixels(graph, logits, images);
        }
        int fine = _decoder.Layer + 1;
        ActivationValues early = _backbone.Write(graph, new ActivationValues(images), 0, fine);
        Value coarse = graph.Run(_aspp, _backbone.Write(graph, early, fine, _backbone.Layers.Count).Grid);
        Value spread = graph.AtPixels(coarse, _backbone.OutputStride / _decoder.Stride, early.Grid);
        return graph.AtPixels(graph.Run(_classifier, _decoder.Write(graph, spread, early.Grid)), _decoder.Stride, images);
    }

    /// <summary>Does nothing: components are registered by hand; TorchSharp would add them again by the names of the fields.</summary>
    protected override void RegisterComponents()
    {
    }
}

/// <summary>Atrous spatial pyramid pooling: [N, K, h, w] → [N, width, h, w].</summary>
internal sealed class Aspp : nn.Module<Tensor, Tensor>, IGraphModule
{
    private readonly Sequential[] _branches;
    private readonly Conv2d _poolConv;
    private readonly BatchNorm2d _poolNorm;
    private readonly Sequential _project;

    public Aspp(int channels, DeepLabOptions options, int rate) : base(nameof(Aspp))
    {
        int width = options.Width;
        _branches =
        [
            ConvBnRelu(channels, width, 1, 1), ConvBnRelu(channels, width, 3, rate),
            ConvBnRelu(channels, width, 3, 2 * rate), ConvBnRelu(channels, width, 3, 3 * rate),
        ];
        _poolConv = LayerFactory.Conv(channels, width, 1);
        _poolNorm = nn.BatchNorm2d(width);
        _project = LayerFactory.Numbered(ConvBnRelu((_branches.Length + 1) * width, width, 1, 1), nn.Dropout(options.Dropout));
        for (int i = 0; i < _branches.Length; i++) register_module($"branch{i}", _branches[i]);
        register_module("pool_conv", _poolConv);
        register_module("pool_norm", _poolNorm);
        register_module("project", _project);
    }

    public override Tensor forward(Tensor features)
    {
        using var scope = NewDisposeScope();
        long n = features.shape[0], h = features.shape[2], w = features.shape[3];
        Tensor pooled = _poolConv.call(features.mean([2, 3], keepdim: true));     // [N, width, 1, 1]
        // A pooled map has one value per image: the statistics of a batch of one would turn each into 0 (PyTorch refuses
        // it). Such a batch is normalised by the running statistics, as in evaluation.
        pooled = n > 1
            ? _poolNorm.call(pooled)
            : nn.functional.batch_norm(
                pooled, _poolNorm.running_mean!, _poolNorm.running_var!, _poolNorm.weight, _poolNorm.bias, training: false);
        pooled = pooled.relu_().expand(n, pooled.shape[1], h, w);
        Tensor[] maps = [.. _branches.Select(branch => branch.call(features)), pooled];
        return _project.call(cat(maps, 1)).MoveToOuterDisposeScope();
    }

    public Value Write(OnnxGraph graph, Value x)
    {
        Value pooled = graph.Reduce("ReduceMean", x, keep: true, 2, 3);
        pooled = graph.Relu(graph.Run(_poolNorm, graph.Run(_poolConv, pooled)));
        pooled = graph.Expand(pooled, graph.Concat(0, graph.Row(1, 1), graph.Extents(x, 2, 4)));          // [N, width, h, w]
        return graph.Run(_project, graph.Concat(1, [.. _branches.Select(branch => graph.Run(branch, x)), pooled]));
    }

    protected override void RegisterComponents()
    {
    }

    internal static Sequential ConvBnRelu(int input, int output, int kernel, int dilation) =>
        LayerFactory.Numbered(
            LayerFactory.Conv(input, output, kernel, dilation: dilation), nn.BatchNorm2d(output), nn.ReLU(inplace: true));
}
