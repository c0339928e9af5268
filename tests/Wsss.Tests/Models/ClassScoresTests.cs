using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Models;

public sealed class ClassScoresTests
{
    [Fact]
    public void Scores_are_sigmoids_or_a_softmax()
    {
        using var logits = tensor(new float[] { 0, MathF.Log(3), MathF.Log(3), 0 }, [2, 2]);
        Assert.Equal([0.5f, 0.75f, 0.75f, 0.5f], ClassScores.Of(logits, oneClassPerImage: false, ["a", "b"]), Close);
        Assert.Equal([0.25f, 0.75f, 0.75f, 0.25f], ClassScores.Of(logits, oneClassPerImage: true, ["a", "b"]), Close);
    }

    [Fact]
    public void Infinite_logits_are_scores_and_NaN_is_an_error_that_names_image_and_class()
    {
        using var logits = tensor(new[] { float.PositiveInfinity, float.NegativeInfinity, 0, float.NaN }, [2, 2]);
        using var first = logits[TensorIndex.Slice(0, 1)];
        Assert.Equal([1f, 0f], ClassScores.Of(first, oneClassPerImage: false, ["a"]));
        var error = Assert.Throws<TorchException>(() => ClassScores.Of(logits, oneClassPerImage: false, ["a", "b"]));
        Assert.Contains("found NaN for class 1 of 'b'", error.Message);
    }

    private static bool Close(float expected, float actual) => MathF.Abs(expected - actual) < 1e-6f;
}
