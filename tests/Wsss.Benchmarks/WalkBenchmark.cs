using Wsss.Data;
using Wsss.Refinement;

namespace Wsss.Benchmarks;

/// <summary>The random walk of one 500×375 photograph at stride 4, 2⁸ steps.</summary>
internal static class WalkBenchmark
{
    private const int Width = 125, Height = 94, Steps = 256;

    public static Measurement Against(string reference, Action referenceWork, int maps, int threads)
    {
        var random = SeededRandom.For(1);
        float[] boundary = [.. Enumerable.Range(0, Width * Height).Select(_ => (float)(0.3 * random.NextDouble()))];
        float[] scores = [.. Enumerable.Range(0, maps * Width * Height).Select(_ => (float)random.NextDouble())];
        return Measurement.Of(
            $"random walk, {Width}×{Height} nodes, 2⁸ steps, {maps} maps, {threads} thread(s)",
            () => TransitionMatrix.FromBoundary(boundary, Width, Height).Walk(scores, maps, Steps, threads), reference, referenceWork);
    }
}
