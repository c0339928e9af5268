using Wsss.Data;
using Wsss.Evaluation;

namespace Wsss.Pipeline;

/// <summary>Whether a classifier learned anything: maps of one that did not are noise, and masks made of them nobody's wish.</summary>
internal static class LearningCheck
{
    // A guess's mAP varies by some points on a few dozen images.
    private const double LeastGain = 0.05;

    /// <summary>Refuses a classifier that finds no class in any image and ranks images as a guess would.</summary>
    /// <param name="score">Its score.</param>
    /// <param name="test">The images that it was scored on.</param>
    /// <exception cref="RecipeException">It learned nothing.</exception>
    public static void Require(MultiLabelScore score, ISampleSource test)
    {
        double guess = GuessedPrecision(test);
        if (score.F1 > 0 || score.MeanAveragePrecision > guess + LeastGain) return;
        throw new RecipeException(
            $"Expected a classifier that learned something, found F1 0 and mAP {Table.Percent(score.MeanAveragePrecision)} % on " +
            $"{test.Name}, where a guess has {Table.Percent(guess)} %. Train longer, start from pre-trained weights, or look whether the " +
            "labels belong to the images.");
    }

    /// <summary>The mAP of a ranking by chance: the mean share of images that show a class, over the classes that are shown, 0…1.</summary>
    private static double GuessedPrecision(ISampleSource source)
    {
        int[] images = new int[source.ClassNames.Count];
        for (int i = 0; i < source.Count; i++)
            foreach (int c in source.Labels(i)) images[c]++;
        return images.Where(count => count > 0).Select(count => (double)count / source.Count).DefaultIfEmpty(0).Average();
    }
}
