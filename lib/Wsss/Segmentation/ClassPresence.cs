using Wsss.Data;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Segmentation;

/// <summary>The classes that a classifier sees in an image as a whole.</summary>
/// <param name="network">The classifier, in evaluation mode, on <paramref name="device"/>; whose it is stays as it was.</param>
/// <param name="least">The probability from which on a class is seen, 0…1.</param>
/// <param name="device">Where to compute.</param>
internal sealed class ClassPresence(Classifier network, double least, Device device)
{
    /// <summary>The classes that are seen, 0…C − 1, in their order.</summary>
    /// <param name="image">The image.</param>
    /// <param name="name">What it is called in an error.</param>
    /// <exception cref="TorchException">A score is NaN.</exception>
    public IReadOnlyList<int> Of(RgbImage image, string name)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var logits = network.call(Loader.ImageTensor(image, device), null).Logits;                // [1, C]
        float[] scores = ClassScores.Of(logits, oneClassPerImage: false, [name]);
        return [.. Enumerable.Range(0, scores.Length).Where(c => scores[c] >= least)];
    }
}
