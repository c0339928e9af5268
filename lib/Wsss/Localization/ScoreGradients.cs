using static TorchSharp.torch;

namespace Wsss.Localization;

/// <summary>The gradient of a class's score, without which there is no map: libtorch would end the process where there is none.</summary>
internal static class ScoreGradients
{
    /// <summary>∂score/∂input.</summary>
    /// <param name="score">A scalar.</param>
    /// <param name="input">What the score was computed from, a leaf with <c>requires_grad</c>; what it has as gradient is lost.</param>
    /// <param name="last">Whether the graph is not needed any more.</param>
    /// <exception cref="RecipeException">The score does not hang on the input by differentiable operations.</exception>
    public static Tensor Of(Tensor score, Tensor input, bool last)
    {
        // Not autograd.grad, whose error for what is not used no managed code can catch.
        if (score.requires_grad) score.backward(retain_graph: !last, inputs: [input]);
        Tensor gradients = input.grad ?? throw new RecipeException(
            "Expected scores that hang on the layer whose maps are read, by operations that can be differentiated; found that they do "
                + "not. Choose an earlier layer, or look whether the network or the target is cut from its features.");
        Tensor own = gradients.clone();
        gradients.zero_();
        return own;
    }
}
