using Wsss.Data;

namespace Wsss.Evaluation;

/// <summary>The checks that every measure makes before it counts.</summary>
internal static class Guard
{
    public static void SameSize(string what, int width, int height, LabelMap truth)
    {
        if (width == truth.Width && height == truth.Height) return;
        throw new EvaluationException(
            $"Expected {what} of the truth's size {truth.Width}×{truth.Height}, found {width}×{height}. " +
            "Resize the prediction to its image before comparing (masks by nearest neighbour, maps before the threshold).");
    }

    public static EvaluationException LabelOutside(string what, int value, int labelCount) => new(
        $"Expected labels 0…{labelCount - 1} or {LabelMap.Ignore} in the {what}, found {value}. " +
        "Evaluate with the class list of the data set that the mask belongs to.");

    public static void LabelCount(int labelCount)
    {
        if (labelCount is < 2 or > LabelMap.Ignore)
        {
            throw new EvaluationException(
                $"Expected 2…{LabelMap.Ignore} labels, background included, as a label of a mask is one byte; found {labelCount}. Leave "
                    + "out classes that do not occur."
            );
        }
    }
}
