using static TorchSharp.torch;

namespace Wsss.Refinement;

/// <summary><see cref="TransitionMatrix"/> as tensors that stay on a device for all steps: a step is one sum over each pixel's
/// neighbours.</summary>
/// <remarks>On a CPU, <see cref="TransitionMatrix"/> is the faster one. Both agree within rounding.</remarks>
internal static class TensorWalk
{
    /// <summary>Takes maps through a number of steps.</summary>
    /// <param name="boundary">[H, W] float32: how likely a pixel is a boundary, 0…1.</param>
    /// <param name="maps">[K, H, W] float32, on the same device.</param>
    /// <param name="steps">Steps n.</param>
    /// <param name="radius">Pixels closer than this exchange scores, at least 2.</param>
    /// <param name="beta">Exponent β, above 0.</param>
    /// <returns>[K, H, W], the caller's to dispose of.</returns>
    public static Tensor Walk(Tensor boundary, Tensor maps, int steps, int radius, double beta)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var transitions = Transitions(boundary, radius, beta);                          // [P, P]
        var scores = maps.flatten(1).t().contiguous();                                        // [P, K]
        for (int step = 0; step < steps; step++)
        {
            var next = transitions.Times(scores);
            scores.Dispose();
            scores = next;
        }
        return scores.t().reshape(maps.shape).contiguous().MoveToOuterDisposeScope();
    }

    // Each pixel's neighbours, itself first, and its column of T; what lies outside of the grid is the pixel itself with weight 0.
    private static SparseMatrix Transitions(Tensor boundary, int radius, double beta)
    {
        var (height, width) = (boundary.shape[0], boundary.shape[1]);
        var own = arange(height * width, int64, boundary.device).reshape(height, width);
        List<Tensor> neighbours = [own], affinities = [ones_like(boundary)];
        foreach (var (dy, dx, path) in PairPaths.Within(radius))
        {
            var (rows, columns) = (height - dy, width - Math.Abs(dx));
            long left = Math.Max(0, -dx);
            var (there, back, at, whereBack) = (own.clone(), own.clone(), zeros_like(boundary), zeros_like(boundary));
            if (rows > 0 && columns > 0)
            {
                // The pixels whose partner lies in the grid, and all pixels on the way to it.
                Tensor On(Tensor grid, int y, int x) => grid.narrow(0, y, rows).narrow(1, left + x, columns);
                var highest = path.Select(step => On(boundary, step.Dy, step.Dx)).Aggregate(maximum);
                var affinity = (1 - highest).pow(beta);
                On(at, 0, 0).copy_(affinity);
                On(whereBack, dy, dx).copy_(affinity);
                On(there, 0, 0).copy_(On(own, dy, dx));
                On(back, dy, dx).copy_(On(own, 0, 0));
            }
            neighbours.AddRange([there, back]);
            affinities.AddRange([at, whereBack]);
        }
        Tensor[] allNeighbours = [.. neighbours], allAffinities = [.. affinities];
        var weights = stack(allAffinities, 2).flatten(0, 1);                                  // [P, neighbours]
        // In double: an error of one float32 rounding would grow over hundreds of steps.
        var sums = weights.to(float64).sum(1, keepdim: true);
        return new(stack(allNeighbours, 2).flatten(0, 1).contiguous(), (weights.to(float64) / sums).to(float32).contiguous());
    }
}
