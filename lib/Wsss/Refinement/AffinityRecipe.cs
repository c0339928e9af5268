using Wsss.Training;

namespace Wsss.Refinement;

/// <summary>
/// How the boundary branch of <see cref="AffinityNetwork"/> is trained on seeds. The backbone's weights are the trained
/// classifier's and stay frozen; the branch learns at the head's rate.
/// </summary>
internal sealed record AffinityRecipe : NetworkRecipe
{
    /// <summary>Three passes, as IRN.</summary>
    public AffinityRecipe()
    {
        Epochs = 3;
        Optimizer = new OptimizerSpec { LearningRate = 1e-3, HeadFactor = 5 };
    }

    /// <summary>Pairs closer than this many places of the grid are taught; IRN takes 10 with crops of 512 pixels.</summary>
    public int Radius { get; init; } = 5;

    internal override string Kind => "affinity";

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        if (Radius < 2) throw new RecipeException($"Expected an affinity radius of at least 2, found {Radius}.");
    }
}
