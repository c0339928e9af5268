using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>Logits as scores in 0…1.</summary>
internal static class ClassScores
{
    /// <summary>Scores of images, row by row.</summary>
    /// <param name="logits">[N, C], of finite or infinite numbers.</param>
    /// <param name="oneClassPerImage">True for softmax over the classes, false for a sigmoid of each.</param>
    /// <param name="images">What the N images are called in an error.</param>
    /// <returns>N·C numbers.</returns>
    /// <exception cref="TorchException">A score is NaN.</exception>
    public static float[] Of(Tensor logits, bool oneClassPerImage, IReadOnlyList<string> images)
    {
        using var scope = NewDisposeScope();
        float[] scores = (oneClassPerImage ? logits.softmax(1) : logits.sigmoid()).cpu().contiguous().data<float>().ToArray();
        int wrong = Array.FindIndex(scores, float.IsNaN), classes = scores.Length / images.Count;
        if (wrong < 0) return scores;
        throw new TorchException(
            $"Expected the classifier's scores in 0…1, found NaN for class {wrong % classes} of '{images[wrong / classes]}'. " +
            "Its weights are finite but too large for this input, or its training diverged: train it anew with a lower learning rate.");
    }
}
