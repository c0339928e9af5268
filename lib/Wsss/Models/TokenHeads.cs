using Wsss.Graphs;
using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>
/// The heads of MCTformer-V2 (Xu et al., <i>Multi-class Token Transformer</i>, CVPR 2022): a head for the patches, which gives
/// the maps (PatchCAM), and beside it the class tokens, each of which is a branch of its own.
/// </summary>
/// <remarks>
/// The score of class c is the mean over the features of its token, y_c = (1/K) Σ_k t_ck, without any weights. Both parts are
/// trained with the classification loss, as published; the prediction here is the mean of their logits, where the published
/// code reports that of the tokens alone.
/// </remarks>
internal sealed class ClassTokenHead : ClassifierHead
{
    private readonly ClassifierHead _patches;

    /// <summary>Puts the tokens' scores beside a head, which from now on belongs to this one.</summary>
    /// <param name="patches">The head of the patch grid.</param>
    public ClassTokenHead(ClassifierHead patches) : base(nameof(ClassTokenHead))
    {
        _patches = patches;
        register_module("patches", _patches);
    }

    /// <inheritdoc/>
    /// <exception cref="RecipeException">The features do not have one token for each class.</exception>
    public override HeadOutput forward(Activation features, Tensor? labels)
    {
        HeadOutput patches = _patches.call(features, labels);
        long classes = patches.Logits.shape[1],
            tokens = features.ClassTokens?.shape[1] ?? 0;
        if (tokens != classes)
            throw new RecipeException(
                $"Expected a backbone with one token for each of the {classes} classes, found {tokens}. Create it with that number."
            );
        Tensor scores = features.ClassTokens!.mean([2]); // [N, C]
        return patches with { Logits = (patches.Logits + scores) / 2, Branches = [.. patches.Branches, scores] };
    }

    internal override HeadValues Write(OnnxGraph graph, ActivationValues features)
    {
        HeadValues patches = _patches.Write(graph, features);
        Value scores = graph.Mean(features.ClassTokens!.Value, 2);
        return patches with { Logits = graph.Multiply(graph.Add(patches.Logits, scores), graph.Scalar(0.5)) };
    }
}

/// <summary>
/// The head of timm's classifiers: a linear layer on the image's token; in the distilled form a second one on the second
/// token, and the mean of both. Its maps are the same weights applied to the patches, which no loss has taught to the
/// patches themselves.
/// </summary>
internal sealed class TokenHead : ClassifierHead
{
    private readonly TorchSharp.Modules.Linear[] _linear;

    /// <summary>Creates the head with random weights.</summary>
    /// <param name="channels">Features K of a token.</param>
    /// <param name="classes">Classes C.</param>
    /// <param name="tokens">1, or 2 for the distilled form: parameters <c>head.*</c> and <c>head_dist.*</c>.</param>
    public TokenHead(int channels, int classes, int tokens) : base(nameof(TokenHead))
    {
        _linear = [.. Enumerable.Range(0, tokens).Select(_ => TransformerBlock.Linear(channels, classes))];
        for (int i = 0; i < tokens; i++) register_module(i == 0 ? "head" : "head_dist", _linear[i]);
    }

    /// <inheritdoc/>
    /// <exception cref="RecipeException">The features do not have this head's number of tokens.</exception>
    public override HeadOutput forward(Activation features, Tensor? labels)
    {
        if (features.ClassTokens is not { } tokens || tokens.shape[1] != _linear.Length)
            throw new RecipeException(
                $"Expected a transformer with {_linear.Length} token(s), found {features.ClassTokens?.shape[1] ?? 0}."
            );
        Tensor[] logits = [.. _linear.Select((linear, i) => linear.call(tokens.select(1, i)))]; // each [N, C]
        Tensor patches = features.Grid.permute(0, 2, 3, 1); // [N, h, w, K]
        Tensor[] maps = [.. _linear.Select(linear => patches.matmul(linear.weight!.t()))]; // each [N, h, w, C]
        Tensor mean = stack(logits).mean([0]);
        return new HeadOutput(stack(maps).mean([0]).permute(0, 3, 1, 2), mean, [mean]);
    }

    internal override HeadValues Write(OnnxGraph graph, ActivationValues features)
    {
        Value patches = graph.Permute(features.Grid, 0, 2, 3, 1);                                          // [N, h, w, K]
        Value Map(TorchSharp.Modules.Linear linear) => graph.MatMul(patches, graph.Permute(graph.State(linear, "weight"), 1, 0));
        Value MeanOf(IEnumerable<Value> parts) => graph.Multiply(parts.Aggregate(graph.Add), graph.Scalar(1.0 / _linear.Length));
        Value logits = MeanOf(_linear.Select((linear, i) => graph.Run(linear, graph.Select(features.ClassTokens!.Value, 1, i))));
        return new HeadValues(graph.Permute(MeanOf(_linear.Select(Map)), 0, 3, 1, 2), logits);
    }
}
