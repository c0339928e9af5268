namespace Wsss.Data;

/// <summary>
/// How long and at what size networks are trained on a data set, unless told otherwise: what its default experiment is made of. The
/// defaults here suit some hundred photographs on a CPU.
/// </summary>
public sealed record DataDefaults
{
    /// <summary>The backbone; null where one must be given.</summary>
    public string? Backbone { get; init; }

    /// <summary>Side of the training crops in pixels.</summary>
    public int CropSize { get; init; } = 225;

    /// <summary>Smallest part of an image's area that the classifier's crops have.</summary>
    public double ClassifierMinScale { get; init; } = 0.4;

    /// <summary>The same for the segmentation network.</summary>
    public double SegmenterMinScale { get; init; } = 0.25;

    /// <summary>Images per training step.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Passes of the classifier over the training images.</summary>
    public int ClassifierEpochs { get; init; } = 5;

    /// <summary>Passes of the segmentation network.</summary>
    public int SegmenterEpochs { get; init; } = 14;

    /// <summary>What the moving average of its weights keeps at each step: <see cref="Wsss.Training.NetworkRecipe.Averaging"/>.</summary>
    public double SegmenterAveraging { get; init; } = 0.97;

    /// <summary>Fewest steps of either network: few photographs are looked at more often.</summary>
    public int LeastSteps { get; init; } = 100;

    /// <summary>Learning rate of the classifier's backbone, and what the head's is as a multiple of it.</summary>
    public (double Rate, double HeadFactor) ClassifierLearning { get; init; } = (1e-4, 10);

    /// <summary>The same for the segmentation network, whose head is random.</summary>
    public (double Rate, double HeadFactor) SegmenterLearning { get; init; } = (2e-4, 10);

    /// <summary>Channels of the segmentation head.</summary>
    public int HeadWidth { get; init; } = 64;

    /// <summary>Input pixels between two taps of the segmentation head's least dilated branch.</summary>
    public int HeadReach { get; init; } = 48;

    /// <summary>Sizes of the input at which maps are read: photographs' objects differ in size.</summary>
    public IReadOnlyList<double> MapScales { get; init; } = [0.5, 1, 1.5];

    /// <summary>
    /// Sizes of the input at which the segmentation network looks: where crops are made smaller or larger in training, those at which it
    /// has seen most objects.
    /// </summary>
    public IReadOnlyList<double> SegmenterScales { get; init; } = [0.6, 0.8];
}
