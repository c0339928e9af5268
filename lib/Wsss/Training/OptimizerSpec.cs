using Wsss.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace Wsss.Training;

/// <summary>The optimisers of the field.</summary>
public enum OptimizerKind
{
    /// <summary>Adam with decoupled weight decay (Loshchilov &amp; Hutter, ICLR 2019).</summary>
    AdamW,

    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,
}

/// <summary>
/// How parameters follow the gradient. The learning rate falls by the poly schedule of DeepLab:
/// lr(t) = lr₀ · (1 − t/T)^0.9 with t steps of T done.
/// </summary>
public sealed record OptimizerSpec
{
    /// <summary>Exponent of the poly schedule.</summary>
    public const double PolyPower = 0.9;

    /// <summary>Which optimiser.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.AdamW;

    /// <summary>Initial learning rate lr₀ of the backbone.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>The head's learning rate as a multiple of the backbone's (10 in nearly every paper).</summary>
    public double HeadFactor { get; init; } = 10;

    /// <summary>Weight decay.</summary>
    public double WeightDecay { get; init; } = 1e-2;

    /// <summary>Momentum of <see cref="OptimizerKind.Sgd"/>; AdamW does not use it.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>The factor on all learning rates after <paramref name="step"/> of <paramref name="totalSteps"/> steps.</summary>
    public static double Poly(int step, int totalSteps) => Math.Pow(1 - (double)step / totalSteps, PolyPower);

    /// <summary>Creates the optimiser with two parameter groups: the backbone's and everything else (the head).</summary>
    /// <param name="backbone">The pre-trained part of <paramref name="network"/>.</param>
    /// <param name="network">The whole network.</param>
    internal Optimizer Create(Backbone backbone, nn.Module network)
    {
        var pretrained = backbone.parameters().ToArray();
        var handles = pretrained.Select(p => p.Handle).ToHashSet();
        var head = network.parameters().Where(p => !handles.Contains(p.Handle)).ToArray();
        return Kind switch
        {
            OptimizerKind.AdamW => AdamW(
                [
                    new TorchSharp.Modules.AdamW.ParamGroup(pretrained, LearningRate, weight_decay: WeightDecay),
                    new TorchSharp.Modules.AdamW.ParamGroup(head, LearningRate * HeadFactor, weight_decay: WeightDecay),
                ], LearningRate, weight_decay: WeightDecay),
            OptimizerKind.Sgd => SGD(
                [
                    new TorchSharp.Modules.SGD.ParamGroup(pretrained, LearningRate, Momentum, weight_decay: WeightDecay),
                    new TorchSharp.Modules.SGD.ParamGroup(head, LearningRate * HeadFactor, Momentum, weight_decay: WeightDecay),
                ], LearningRate, Momentum, weight_decay: WeightDecay),
            _ => throw new RecipeException($"Unknown optimiser {Kind}."),
        };
    }

    /// <summary>Sets both groups' learning rates for a step.</summary>
    internal void Schedule(Optimizer optimizer, int step, int totalSteps)
    {
        double factor = Poly(step, totalSteps);
        var groups = optimizer.ParamGroups.ToArray();
        groups[0].LearningRate = LearningRate * factor;
        groups[1].LearningRate = LearningRate * HeadFactor * factor;
    }

    /// <summary>Checks the options.</summary>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    internal void Validate()
    {
        if (!(LearningRate > 0) || !(HeadFactor > 0))
            throw new RecipeException($"Expected a learning rate and a head factor above 0, found {LearningRate} and {HeadFactor}.");
        if (!(WeightDecay >= 0) || !(Momentum is >= 0 and < 1))
            throw new RecipeException($"Expected weight decay ≥ 0 and momentum in 0…1, found {WeightDecay} and {Momentum}.");
    }
}
