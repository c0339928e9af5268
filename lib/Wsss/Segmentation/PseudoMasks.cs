using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Localization;

namespace Wsss.Segmentation;

/// <summary>
/// Pseudo masks: class masks made from localization maps by <see cref="ThresholdRule"/> with one threshold for all images,
/// chosen on a validation split. They stand in for drawn masks when the segmentation network is trained.
/// </summary>
public static class PseudoMasks
{
    /// <summary>The one rule that picks the threshold for every method: the best mIoU on a small validation split.</summary>
    /// <param name="maps">The validation split's samples, with masks, and their maps.</param>
    /// <param name="classCount">Number C of target classes.</param>
    /// <exception cref="DataSetException">A sample has no mask.</exception>
    public static ThresholdSummary ChooseThreshold(IEnumerable<(Sample Sample, LocalizationMaps Maps)> maps, int classCount)
    {
        var curve = new ThresholdCurve(classCount + 1);
        foreach (var (sample, map) in maps) curve.Add(map, RequireMask(sample));
        return curve.Summarize();
    }

    /// <summary>Writes one mask per sample as <c>ID.png</c> in the VOC palette; existing files are replaced.</summary>
    /// <param name="maps">Samples and their maps.</param>
    /// <param name="threshold">The background score.</param>
    /// <param name="folder">Where to write.</param>
    public static void Write(IEnumerable<(Sample Sample, LocalizationMaps Maps)> maps, float threshold, string folder)
    {
        foreach (var (sample, map) in maps) ImageFile.WriteMask(MaskFolderSource.PathOf(folder, sample.Id), ThresholdRule.Apply(map, threshold));
    }

    internal static LabelMap RequireMask(Sample sample) => sample.Mask ?? throw new DataSetException(
        $"Expected a mask of '{sample.Id}' to choose a threshold or to score against, found none. " +
        "Choose a split whose images all have masks.");
}
