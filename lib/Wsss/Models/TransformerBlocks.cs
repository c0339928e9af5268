using TorchSharp.Modules;
using Wsss.Graphs;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Models;

/// <summary>The linear embedding of patches: [N, 3, H, W] → [N, K, H / patch, W / patch].</summary>
internal sealed class PatchEmbedding : nn.Module<Tensor, Tensor>, IGraphModule
{
    private readonly Conv2d _proj;

    public PatchEmbedding(int patch, int width) : base(nameof(PatchEmbedding))
    {
        using var scope = NewDisposeScope();
        _proj = nn.Conv2d(3, width, patch, stride: patch);
        register_module("proj", _proj);
    }

    public override Tensor forward(Tensor images) => _proj.call(images);

    public Value Write(OnnxGraph graph, Value x) => graph.Run(_proj, x);

    protected override void RegisterComponents()
    {
    }
}

/// <summary>
/// Patches embedded by convolutions and a linear layer (Xiao et al., <i>Early Convolutions Help Transformers See Better</i>,
/// NeurIPS 2021), which takes fewer steps to train than one large linear layer: a 3×3 convolution of stride 2, then for each
/// further halving of the resolution two residual blocks of twice the width, as in ViT's hybrid with a ResNet.
/// </summary>
internal sealed class ConvolutionalStem : nn.Module<Tensor, Tensor>, IGraphModule
{
    private readonly Sequential _convolutions;
    private readonly Conv2d _proj;

    public ConvolutionalStem(int patch, int width)
        : base(nameof(ConvolutionalStem))
    {
        var modules = new List<nn.Module<Tensor, Tensor>>();
        int channels = 3;
        for (int stride = 2; stride <= patch; stride *= 2)
        {
            int output = width * stride / patch;
            if (channels == 3)
                modules.AddRange([LayerFactory.Conv(channels, output, 3, stride: 2), nn.BatchNorm2d(output), nn.ReLU(inplace: true)]);
            else
                modules.AddRange([
                    new BasicBlock(new BlockShape(channels, output, 2, 1, 1)),
                    new BasicBlock(new BlockShape(output, output, 1, 1, 1)),
                ]);
            channels = output;
        }
        _convolutions = LayerFactory.Numbered([.. modules]);
        _proj = LayerFactory.ConvWithBias(channels, width, 1);
        register_module("convolutions", _convolutions);
        register_module("proj", _proj);
    }

    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        return _proj.call(_convolutions.call(images)).MoveToOuterDisposeScope();
    }

    public Value Write(OnnxGraph graph, Value x) => graph.Run(_proj, graph.Run(_convolutions, x));

    protected override void RegisterComponents()
    {
    }
}

/// <summary>
/// x + Attention(LN(x)), then x + MLP(LN(x)): [N, T, K] → [N, T, K]. Attention has several heads of K / heads features;
/// the MLP has 4·K hidden ones and GELU.
/// </summary>
internal sealed class TransformerBlock : nn.Module<Tensor, Tensor>, IGraphModule
{
    /// <summary>ε of every LayerNorm, ViT's.</summary>
    public const double NormEpsilon = 1e-6;

    private const int MlpRatio = 4;

    private readonly LayerNorm _norm1, _norm2;
    private readonly SelfAttention _attn;
    private readonly Mlp _mlp;

    public TransformerBlock(int width, int heads) : base(nameof(TransformerBlock))
    {
        _norm1 = nn.LayerNorm(width, NormEpsilon);
        _attn = new SelfAttention(width, heads);
        _norm2 = nn.LayerNorm(width, NormEpsilon);
        _mlp = new Mlp(width, MlpRatio * width);
        register_module("norm1", _norm1);
        register_module("attn", _attn);
        register_module("norm2", _norm2);
        register_module("mlp", _mlp);
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return Finish(x, _attn.call(_norm1.call(x))).MoveToOuterDisposeScope();
    }

    public Value Write(OnnxGraph graph, Value x)
    {
        Value attended = graph.Add(x, graph.Run(_attn, graph.Run(_norm1, x)));
        return graph.Add(attended, graph.Run(_mlp, graph.Run(_norm2, attended)));
    }

    /// <summary>What each token attends to, [N, heads, T, T]; rows sum to 1.</summary>
    public Tensor Attention(Tensor x)
    {
        using var scope = NewDisposeScope();
        return _attn.Weights(_norm1.call(x)).MoveToOuterDisposeScope();
    }

    /// <summary>What the block would give if each token attended as it is told; with <see cref="Attention"/>'s, what it gives.</summary>
    public Tensor Attend(Tensor x, Tensor attention)
    {
        using var scope = NewDisposeScope();
        return Finish(x, _attn.Attend(_norm1.call(x), attention)).MoveToOuterDisposeScope();
    }

    protected override void RegisterComponents()
    {
    }

    private Tensor Finish(Tensor x, Tensor attention)
    {
        Tensor attended = x + attention;
        return attended + _mlp.call(_norm2.call(attended));
    }

    internal static Linear Linear(int input, int output)
    {
        // TorchSharp leaves a tensor of the initialisation behind; the parameters belong to no scope.
        using var scope = NewDisposeScope();
        Linear layer = nn.Linear(input, output);
        // ViT's own initialisation; DeiT's deviation of .02 is made for widths of hundreds and starves a narrow network.
        nn.init.xavier_uniform_(layer.weight!);
        nn.init.zeros_(layer.bias!);
        return layer;
    }

    /// <summary>softmax(Q·Kᵀ / √d)·V per head, then a linear layer.</summary>
    private sealed class SelfAttention : nn.Module<Tensor, Tensor>, IGraphModule
    {
        private readonly int _heads;
        private readonly Linear _qkv, _proj;

        public SelfAttention(int width, int heads) : base(nameof(SelfAttention))
        {
            _heads = heads;
            _qkv = TransformerBlock.Linear(width, 3 * width);
            _proj = TransformerBlock.Linear(width, width);
            register_module("qkv", _qkv);
            register_module("proj", _proj);
        }

        public override Tensor forward(Tensor x)
        {
            var (q, k, v) = Project(x);
            return Join(F.scaled_dot_product_attention(q, k, v));
        }

        public Value Write(OnnxGraph graph, Value x)
        {
            long size = _proj.in_features / _heads;
            Value qkv = graph.Reshape(graph.Run(_qkv, x), 0, 0, 3, _heads, size);
            qkv = graph.Permute(qkv, 2, 0, 3, 1, 4);                                                     // [3, N, heads, T, d]
            Value q = graph.Select(qkv, 0, 0), k = graph.Select(qkv, 0, 1), v = graph.Select(qkv, 0, 2);
            Value products = graph.Multiply(graph.MatMul(q, graph.Permute(k, 0, 1, 3, 2)), graph.Scalar(1 / Math.Sqrt(size)));
            Value weights = graph.Node("Softmax", [products], OnnxGraph.Int("axis", 3));
            return graph.Run(_proj, graph.Reshape(graph.Permute(graph.MatMul(weights, v), 0, 2, 1, 3), 0, 0, size * _heads));
        }

        public Tensor Weights(Tensor x)
        {
            var (q, k, _) = Project(x);
            return (q.matmul(k.transpose(2, 3)) / Math.Sqrt(q.shape[3])).softmax(3);                     // [N, heads, T, T]
        }

        public Tensor Attend(Tensor x, Tensor attention) => Join(attention.matmul(Project(x).V));

        protected override void RegisterComponents()
        {
        }

        private Tensor Join(Tensor heads) => _proj.call(heads.transpose(1, 2).flatten(2));               // [N, T, K]

        // Each [N, heads, T, d].
        private (Tensor Q, Tensor K, Tensor V) Project(Tensor x)
        {
            long n = x.shape[0], t = x.shape[1], width = x.shape[2];
            Tensor qkv = _qkv.call(x).reshape(n, t, 3, _heads, width / _heads).permute(2, 0, 3, 1, 4);
            return (qkv[0], qkv[1], qkv[2]);
        }
    }

    private sealed class Mlp : nn.Module<Tensor, Tensor>, IGraphModule
    {
        private readonly Linear _fc1, _fc2;

        public Mlp(int width, int hidden) : base(nameof(Mlp))
        {
            _fc1 = TransformerBlock.Linear(width, hidden);
            _fc2 = TransformerBlock.Linear(hidden, width);
            register_module("fc1", _fc1);
            register_module("fc2", _fc2);
        }

        public override Tensor forward(Tensor x) => _fc2.call(F.gelu(_fc1.call(x)));

        public Value Write(OnnxGraph graph, Value x) => graph.Run(_fc2, graph.Gelu(graph.Run(_fc1, x)));

        protected override void RegisterComponents()
        {
        }
    }
}
