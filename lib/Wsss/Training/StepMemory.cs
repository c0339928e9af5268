using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Wsss.Training;

/// <summary>
/// What a training step keeps in memory, counted and not measured, so that the same recipe always gets the same answer: the features
/// that a pass leaves for its gradients grow with the images that pass at once, the weights and what is kept of them do not.
/// </summary>
/// <param name="Fixed">Bytes that do not depend on the images.</param>
/// <param name="PerImage">Bytes for each image that passes at once.</param>
internal sealed record StepMemory(long Fixed, long PerImage)
{
    // Measured steps take at most a hundredth more than these give (benchmarks, step-memory). What a loss keeps that no layer gives is not
    // seen: region contrast's features at full size, the affinities of equivariance with a weight of its second loss.
    private const double Gradients = 1.3;  // the features, and the gradients of the layers that a backward pass is at
    private const int Copies = 4;          // weights, their gradients and momentum, and the form in which convolutions want them
    private const long Library = 128_000_000;

    /// <summary>Bytes that a step takes in which so many images pass at once.</summary>
    public long For(int images) => Fixed + images * PerImage;

    /// <summary>Counts what the layers of a network give in one pass; the network stays as it was.</summary>
    /// <param name="network">The network.</param>
    /// <param name="recipe">How it is trained.</param>
    /// <param name="pass">Computes the losses of some images of the training's size, as a step does.</param>
    /// <param name="images">How many images these are.</param>
    public static StepMemory Of(nn.Module network, NetworkRecipe recipe, Action pass, int images)
    {
        long given = 0;
        List<Action> removals = [];
        var layers = network.modules()
            .Where(module => !module.children().Any())
            .OfType<nn.Module<Tensor, Tensor>>();
        // Between a transformer's layers lies what is none: attention, GELU, sums.
        foreach (var layer in layers)
            Hook(layer, (input, output) => BytesOf(output) + (layer is Linear or LayerNorm ? BytesOf(input) : 0));
        // Scores of each pixel, and their softmax.
        if (network is nn.Module<Tensor, Tensor> whole && network.children().Any()) Hook(whole, (_, output) => 2 * BytesOf(output));
        // In evaluation, as batch normalisation would remember the images.
        bool training = network.training;
        network.eval();
        try
        {
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            pass();
        }
        finally
        {
            foreach (var remove in removals) remove();
            network.train(training);
        }
        int kept = Copies + (recipe.Averaging > 0 ? 1 : 0) + (recipe.Patience > 0 ? 1 : 0);
        return new StepMemory(kept * network.parameters().Sum(BytesOf) + Library, (long)(Gradients * given / images));

        void Hook(nn.Module<Tensor, Tensor> layer, Func<Tensor, Tensor, long> bytes) =>
            removals.Add(layer.register_forward_hook((_, input, output) =>
            {
                given += bytes(input, output);
                return output;
            }).remove);
    }

    private static long BytesOf(Tensor tensor) => tensor.numel() * tensor.element_size();
}
