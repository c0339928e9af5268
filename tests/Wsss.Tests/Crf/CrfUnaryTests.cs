using Wsss.Crf;
using Wsss.Tests.Models;

namespace Wsss.Tests.Crf;

public sealed class CrfUnaryTests
{
    [Fact]
    public void Probabilities_become_minus_their_logarithm_and_are_clipped()
    {
        float[] unary = CrfUnary.FromProbabilities([1, 0.5f, 0, -1, 2, float.NaN]);
        Assert.Equal(
            [0, 0.693147f, 11.512925f, 11.512925f, 0, float.NaN],
            unary,
            (a, b) => float.IsNaN(a) ? float.IsNaN(b) : Math.Abs(a - b) < 1e-5
        );
    }

    [Fact]
    public void Probabilities_agree_with_the_reference()
    {
        using var probabilities = ParityFiles.Npy("crf_probs");
        using var unary = ParityFiles.Npy("crf_unary");
        Assert.Equal(
            unary.data<float>().ToArray(),
            CrfUnary.FromProbabilities(probabilities.data<float>().ToArray()),
            (a, b) => Math.Abs(a - b) < 1e-5
        );
    }

    [Fact]
    public void Labels_are_trusted_with_the_confidence()
    {
        float[] unary = CrfUnary.FromLabels([0, 2, CrfUnary.Unknown], 3, 0.7);
        float right = -MathF.Log(0.7f), wrong = -MathF.Log(0.15f), unknown = MathF.Log(3);
        Assert.Equal([right, wrong, unknown, wrong, wrong, unknown, wrong, right, unknown], unary, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([-MathF.Log(0.7f)], CrfUnary.FromLabels([0], 1, 0.7), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void What_lies_outside_its_range_is_refused()
    {
        byte[] map = [0, 0, 0, 3];
        Assert.Contains("found 3 at pixel 3", Assert.Throws<ArgumentException>(() => CrfUnary.FromLabels(map, 3, 0.7)).Message);
        Assert.Throws<ArgumentException>(() => CrfUnary.FromLabels(map, 0, 0.7));
        Assert.Throws<ArgumentException>(() => CrfUnary.FromLabels(map, 256, 0.7));
        Assert.Throws<ArgumentException>(() => CrfUnary.FromLabels(map, 4, 1));
        Assert.Throws<ArgumentException>(() => CrfUnary.FromLabels(map, 4, double.NaN));
    }
}
