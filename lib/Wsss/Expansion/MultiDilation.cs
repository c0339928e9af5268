using Wsss.Graphs;
using Wsss.Models;
using Wsss.Registry;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Expansion;

/// <summary>
/// Multi-dilated convolution (Wei et al., <i>Revisiting Dilated Convolution</i>, CVPR 2018): parallel branches look at the
/// same features with growing dilation, so that the evidence of the telling part spreads to its surroundings.
/// </summary>
/// <remarks>
/// H = H₀ + (1/n) Σ_{i=1…n} H_i, where H₀ is the map of the undilated branch and H_i that of dilation d_i. Averaging the
/// dilated maps cancels what a single large dilation sees falsely; H₀ keeps the telling part. Each branch has its own
/// classification loss, and the prediction is the mean of the branches' logits. Here the undilated branch is the plain
/// head itself, so that rates {1} are exactly the plain head; a dilated branch is a 3×3 convolution with dilation d_i and
/// ReLU before its own head, over all channels of the features or over fewer (<see cref="ReducedChannels"/>). Maps that the heads have
/// fused are joined like H.
/// </remarks>
[Registered("dilated branches spread the evidence (MDC, CVPR 2018)", Order = 10)]
public sealed record MultiDilation : Technique, IHeadDesign
{
    /// <summary>The published rates: on maps of 12 × 12 places, too, smaller ones are worse.</summary>
    [Suggested(DataKind.DrawnScenes)]
    public static MultiDilation ForShortTrainings { get; } = new();

    /// <summary>
    /// One dilated branch, over fewer channels: on maps of 15 × 15 places wider ones look past the object, and three 3×3 convolutions over
    /// the 1,280 channels of MobileNetV2 cost many times what the network does.
    /// </summary>
    [Suggested(DataKind.Photographs)]
    public static MultiDilation ForPhotographs { get; } = new() { Rates = [1, 2], ReducedChannels = 256 };

    /// <summary>Dilation rates; the first is 1, the undilated branch.</summary>
    public IReadOnlyList<int> Rates { get; init; } = [1, 3, 6, 9];

    /// <summary>
    /// Channels to which one 1×1 convolution with ReLU reduces the features before the dilated branches; 0 for none. The undilated branch
    /// reads the features as they are.
    /// </summary>
    public int ReducedChannels { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Rates.Count == 0 || Rates[0] != 1 || Rates.Any(rate => rate < 1) || Rates.Distinct().Count() != Rates.Count)
            throw new RecipeException($"{Name}: expected different rates ≥ 1 that begin with 1; found [{string.Join(", ", Rates)}].");
        if (ReducedChannels < 0)
            throw new RecipeException($"{Name}: expected reducedChannels of 1 or more, or 0 for all of them; found {ReducedChannels}.");
    }

    /// <inheritdoc/>
    public ClassifierHead BuildHead(HeadSpec spec, Func<HeadSpec, ClassifierHead> inner) =>
        new MultiDilationHead(spec, inner, this);

    private sealed class MultiDilationHead : ClassifierHead
    {
        private readonly ClassifierHead _undilated;
        private readonly nn.Module<Tensor, Tensor>? _reduction;
        private readonly List<(nn.Module<Tensor, Tensor> Block, ClassifierHead Head)> _dilated = [];

        public MultiDilationHead(HeadSpec spec, Func<HeadSpec, ClassifierHead> inner, MultiDilation options)
            : base(nameof(MultiDilation))
        {
            _undilated = inner(spec);
            register_module("branch1", _undilated);
            if (options.Rates.Count == 1) return;

            var dilated = spec;
            if (options.ReducedChannels > 0)
            {
                dilated = spec with { Channels = options.ReducedChannels };
                _reduction = Block(spec.Channels, dilated.Channels, 1);
                register_module("reduction", _reduction);
            }
            foreach (int rate in options.Rates.Skip(1))
            {
                var block = Block(dilated.Channels, dilated.Channels, 3, rate);
                var head = inner(dilated);
                register_module($"block{rate}", block);
                register_module($"branch{rate}", head);
                _dilated.Add((block, head));
            }
        }

        private static nn.Module<Tensor, Tensor> Block(int input, int output, int kernel, int dilation = 1)
        {
            var conv = LayerFactory.ConvWithBias(input, output, kernel, dilation);
            nn.init.kaiming_normal_(conv.weight!, nonlinearity: nn.init.NonlinearityType.ReLU);
            nn.init.zeros_(conv.bias!);
            return nn.Sequential(("conv", conv), ("relu", nn.ReLU()));
        }

        public override HeadOutput forward(Activation features, Tensor? labels)
        {
            var undilated = _undilated.call(features, labels);
            if (_dilated.Count == 0)
                return undilated;
            var reduced = _reduction?.call(features.Grid) ?? features.Grid;
            var outputs = _dilated
                .Select(branch => branch.Head.call(features with { Grid = branch.Block.call(reduced) }, labels))
                .ToArray();

            // [N, C, h, w]
            Tensor Join(Func<HeadOutput, Tensor> of) => of(undilated) + outputs.Select(of).Aggregate((a, b) => a + b) / outputs.Length;
            Tensor logits = outputs.Aggregate(undilated.Logits, (sum, output) => sum + output.Logits) / (outputs.Length + 1); // [N, C]
            return new HeadOutput(
                Join(output => output.Maps),
                logits,
                [.. undilated.Branches, .. outputs.SelectMany(output => output.Branches)]
            )
            {
                Fused = undilated.Fused is null ? null : Join(output => output.Fused!),
            };
        }

        internal override HeadValues Write(OnnxGraph graph, ActivationValues features)
        {
            var undilated = _undilated.Write(graph, features);
            if (_dilated.Count == 0)
                return undilated;
            var reduced = _reduction is null ? features.Grid : graph.Run(_reduction, features.Grid);
            var outputs = _dilated
                .Select(branch => branch.Head.Write(graph, features with { Grid = graph.Run(branch.Block, reduced) }))
                .ToArray();

            Value SumOf(Func<HeadValues, Value> of) => outputs.Select(of).Aggregate(graph.Add);
            Value Times(Value x, double factor) => graph.Multiply(x, graph.Scalar(factor));
            return new HeadValues(
                graph.Add(undilated.Maps, Times(SumOf(output => output.Maps), 1.0 / outputs.Length)),
                Times(graph.Add(undilated.Logits, SumOf(output => output.Logits)), 1.0 / (outputs.Length + 1))
            );
        }
    }
}
