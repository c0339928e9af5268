using Wsss.Graphs;
using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>What a head says about a batch.</summary>
/// <param name="Maps">[N, C, h, w] unnormalised class activation maps, before ReLU; [N, C, 0, 0] for a head that has none.</param>
/// <param name="Logits">[N, C] the prediction, before the sigmoid.</param>
/// <param name="Branches">Logits [N, C] of each part that is trained with the classification loss; one for a plain head.</param>
public sealed record HeadOutput(Tensor Maps, Tensor Logits, IReadOnlyList<Tensor> Branches)
{
    /// <summary>
    /// [N, 1, h, w] map of the background, before the softmax over it and <see cref="Maps"/>; null for a head without one.
    /// </summary>
    public Tensor? Background { get; init; }

    /// <summary>[N, C, h, w] ≥ 0: maps that the head has refined; null for a head that does not.</summary>
    public Tensor? Refined { get; init; }

    /// <summary>
    /// [N, C, h, w] ≥ 0: what a head of several parts makes of their maps where <see cref="Maps"/> after ReLU is not it; else null.
    /// </summary>
    public Tensor? Fused { get; init; }

    /// <summary>
    /// What localization reads: the refined maps; without them the softmax over the classes and the background; without a
    /// background the fused maps; without those the maps after ReLU.
    /// </summary>
    /// <returns>[N, C, h, w] ≥ 0.</returns>
    /// <exception cref="RecipeException">The head has no maps.</exception>
    public Tensor Localization()
    {
        if (Maps.shape[2] == 0)
        {
            throw new RecipeException(
                "Expected a head with class activation maps, found one that gives scores alone. Read maps by gradients, such as gradcam.");
        }
        if (Refined is not null) return Refined;
        return Probabilities()?.narrow(1, 0, Maps.shape[1]) ?? Fused ?? Maps.relu();
    }

    /// <summary>P: the softmax over the classes and the background, which is the last channel.</summary>
    /// <returns>[N, C + 1, h, w] in 0…1; null for a head without a background.</returns>
    public Tensor? Probabilities()
    {
        if (Background is null) return null;
        Tensor[] all = [Maps, Background];
        return cat(all, 1).softmax(1);
    }

    /// <summary>All its tensors; one may occur twice.</summary>
    internal IEnumerable<Tensor> Tensors => new[] { Maps, Logits, Background, Refined, Fused }.OfType<Tensor>().Concat(Branches);
}

/// <summary>Turns features into maps and logits. Techniques wrap one head in another.</summary>
public abstract class ClassifierHead(string name) : nn.Module<Activation, Tensor?, HeadOutput>(name)
{
    /// <summary>
    /// Whether it reads <see cref="Activation.Trail"/>, which the classifier then collects, however deep it lies in other heads.
    /// </summary>
    public virtual bool LooksBack => false;

    /// <summary>Computes maps and logits.</summary>
    /// <param name="features">The backbone's output: a grid [N, K, h, w] float32, and class tokens [N, C, K] where it has them.</param>
    /// <param name="labels">[N, C] float32 during training, null at inference; for heads that look at the truth.</param>
    public abstract override HeadOutput forward(Activation features, Tensor? labels);

    /// <summary>Writes into a graph what the head does at inference; refined and fused maps are left out.</summary>
    /// <param name="graph">The graph of a network that the head is a part of.</param>
    /// <param name="features">The backbone's output.</param>
    /// <exception cref="ExportException">The head does not say how.</exception>
    internal virtual HeadValues Write(OnnxGraph graph, ActivationValues features) => throw new ExportException(
        $"Expected a head that can be written as ONNX, found {GetName()}. Write the network as safetensors.");

    /// <summary>Does nothing: components are registered by hand; TorchSharp would add them again by the names of the fields.</summary>
    protected override void RegisterComponents()
    {
    }
}

/// <summary>
/// The head of CAM (Zhou et al., CVPR 2016): a 1×1 convolution without bias gives the maps, their mean plus a bias the
/// logits: M_c = Σ_k w_kc A_k and s_c = GAP(M_c) + b_c, exactly.
/// </summary>
public sealed class GapHead : ClassifierHead
{
    private const string BiasName = "bias";

    private readonly TorchSharp.Modules.Conv2d _conv;

    /// <summary>Creates the head with weights drawn from N(0, .01²) and zero bias.</summary>
    /// <param name="channels">Channels K of the features.</param>
    /// <param name="classes">Classes C.</param>
    public GapHead(int channels, int classes) : base(nameof(GapHead))
    {
        _conv = nn.Conv2d(channels, classes, 1, bias: false);
        nn.init.normal_(_conv.weight!, 0, 0.01);
        register_module("conv", _conv);
        register_parameter(BiasName, nn.Parameter(zeros(classes)));
    }

    /// <summary>The class weights w, [C, K, 1, 1].</summary>
    public TorchSharp.Modules.Parameter Weight => _conv.weight!;

    /// <summary>The bias b, [C].</summary>
    // Read anew each time: a field would keep the old parameter when the network moves to a device.
    public TorchSharp.Modules.Parameter Bias => get_parameter(BiasName)!;

    /// <inheritdoc/>
    public override HeadOutput forward(Activation features, Tensor? labels)
    {
        Tensor maps = _conv.call(features.Grid);     // [N, C, h, w]
        Tensor logits = maps.mean([2, 3]) + Bias;   // [N, C]
        return new HeadOutput(maps, logits, [logits]);
    }

    internal override HeadValues Write(OnnxGraph graph, ActivationValues features)
    {
        Value maps = graph.Run(_conv, features.Grid);
        return new HeadValues(maps, graph.Add(graph.Mean(maps, 2, 3), graph.State(this, BiasName)));
    }
}
