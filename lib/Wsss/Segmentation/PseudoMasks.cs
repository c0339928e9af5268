using Wsss.Data;
using Wsss.Evaluation;

namespace Wsss.Segmentation;

/// <summary>
/// Pseudo masks: class masks made from localization maps by <see cref="ThresholdRule"/> with one threshold for all images,
/// chosen on a validation split. They stand in for drawn masks when the segmentation network is trained.
/// </summary>
public static class PseudoMasks
{
    /// <summary>The one rule that picks the threshold for every method: the best mIoU on a small validation split.</summary>
    /// <param name="maps">Maps of samples of the validation split; those of samples without mask are passed over.</param>
    /// <param name="validation">The split, whose masks are looked at.</param>
    /// <exception cref="DataSetException">None of the samples has a mask, or one is none of that split.</exception>
    public static ThresholdSummary ChooseThreshold(IEnumerable<LocalizationMaps> maps, IMaskedSource validation)
    {
        var curve = new ThresholdCurve(validation.ClassNames.Count + 1);
        bool some = false;
        foreach (var map in maps)
        {
            int index = validation.IndexOf(map.Id);
            if (!validation.HasMask(index)) continue;
            curve.Add(map, validation.Mask(index));
            some = true;
        }
        return some ? curve.Summarize() : throw validation.NoMask(0);
    }

    /// <summary>Writes one mask per sample as <c>ID.png</c> in the VOC palette; existing files are replaced.</summary>
    /// <param name="maps">The maps of each image.</param>
    /// <param name="threshold">The background score.</param>
    /// <param name="folder">Where to write.</param>
    /// <param name="ignoreBand">How near to the threshold a pixel is left out, see <see cref="ThresholdRule.Apply"/>.</param>
    public static void Write(IEnumerable<LocalizationMaps> maps, float threshold, string folder, double ignoreBand = 0)
    {
        foreach (var map in maps)
            ImageFile.WriteMask(MaskFolderSource.PathOf(folder, map.Id), ThresholdRule.Apply(map, threshold, ignoreBand));
    }

    /// <summary>Writes masks that a segmentation network predicts, in the same form.</summary>
    /// <param name="predictions">Samples and their masks.</param>
    /// <param name="folder">Where to write.</param>
    internal static void Write(IEnumerable<(Sample Sample, LabelMap Mask)> predictions, string folder)
    {
        foreach (var (sample, mask) in predictions) ImageFile.WriteMask(MaskFolderSource.PathOf(folder, sample.Id), mask);
    }
}
