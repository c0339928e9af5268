using Wsss.Data;
using Wsss.Localization;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Figures;

/// <summary>Some images as a training step sees them, and a way to look at what it computes for them.</summary>
/// <remarks>Its tensors belong to the dispose scope in which it was made.</remarks>
public sealed class StepView
{
    private readonly IReadOnlyList<Sample> _samples;

    /// <param name="samples">Images of one size, each with a label.</param>
    /// <param name="network">Whose grids are looked at.</param>
    /// <param name="device">Where it lies.</param>
    /// <exception cref="DataSetException">There are no images, or not all are of one size and labelled.</exception>
    public StepView(IReadOnlyList<Sample> samples, Classifier network, Device device)
    {
        bool oneSize = samples.DistinctBy(sample => (sample.Image.Width, sample.Image.Height)).Count() == 1;
        if (!oneSize || samples.Any(sample => sample.Labels.Count == 0))
        {
            throw new DataSetException(
                $"Expected images of one size, each with a label, found {string.Join(", ", samples.Select(Described))}."
            );
        }
        _samples = samples;
        Tensor[] images = [.. samples.Select(sample => Loader.ImageTensor(sample.Image, device))];
        Images = cat(images);
        float[] labels =
        [
            .. samples.SelectMany(sample => Enumerable.Range(0, network.ClassNames.Count).Select(c => sample.Labels.Contains(c) ? 1f : 0f)),
        ];
        Labels = tensor(labels, [samples.Count, network.ClassNames.Count]).SentTo(device);
        Cells = network.Backbone.Cells(Images.shape[2], Images.shape[3]);

        static string Described(Sample sample) =>
            $"{sample.Id} of {sample.Image.Width}×{sample.Image.Height} and {sample.Labels.Count} labels";
    }

    /// <summary>[N, 3, H, W] float32, normalised.</summary>
    public Tensor Images { get; }

    /// <summary>[N, C] float32, 1 for the classes that are there.</summary>
    public Tensor Labels { get; }

    /// <summary>Where the cells of the network's grid lie in the images.</summary>
    public CellGeometry Cells { get; }

    /// <summary>One channel of a grid as a map of each image, to show beside the images.</summary>
    /// <param name="grid">[N, K, h, w], not negative; stays the caller's.</param>
    /// <param name="channel">The channel of a sample; null for that of its first class.</param>
    /// <param name="cells">Where the cells lie; null for <see cref="Cells"/>.</param>
    public IReadOnlyList<LocalizationMaps> Maps(Tensor grid, Func<Sample, int>? channel = null, CellGeometry? cells = null) =>
    [
        .. _samples.Select((sample, i) => LocalizationMaps.FromTensor(sample.Id, sample.Image.Width, sample.Image.Height, [0],
            grid[i].narrow(0, channel?.Invoke(sample) ?? sample.Labels[0], 1).to(float32), cells ?? Cells)),
    ];
}
