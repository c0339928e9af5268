using Wsss.Data;

namespace Wsss.Expansion;

/// <summary>What the steps of iterative erasing found in one image.</summary>
/// <param name="Steps">The maps of each step's classifier on the image as it was erased before; at least one, all of the image's
/// labels.</param>
/// <param name="Places">Of the image's size: 0 where it was never erased, else the step after which it was.</param>
/// <param name="LastSteps">For each of the C classes the last step whose maps it takes.</param>
public sealed record ErasedMaps(IReadOnlyList<LocalizationMaps> Steps, LabelMap Places, IReadOnlyList<int> LastSteps)
{
    /// <summary>
    /// The merged maps: for each class the largest of its steps' maps up to its last one, each only where no earlier step had
    /// erased anything. They are not normalised again: the first step's maximum is 1.
    /// </summary>
    /// <param name="upTo">The last step that counts, from 1; null for all.</param>
    /// <returns>The first step's maps themselves where no class takes more.</returns>
    public LocalizationMaps Merged(int? upTo = null)
    {
        var first = Steps[0];
        int[] last = [.. first.Classes.Select(c => Math.Min(LastSteps[c], Math.Min(upTo ?? Steps.Count, Steps.Count)))];
        if (last.All(step => step <= 1)) return first;
        float[] values = [.. first.Values];                                                    // [K, H, W]
        int pixels = first.Width * first.Height;
        for (int k = 0; k < last.Length; k++)
        {
            for (int step = 2; step <= last[k]; step++)
            {
                var map = Steps[step - 1].Map(k);
                for (int i = 0; i < pixels; i++)
                {
                    bool seen = Places.Values[i] == 0 || Places.Values[i] >= step;
                    if (seen && map[i] > values[k * pixels + i]) values[k * pixels + i] = map[i];
                }
            }
        }
        return new LocalizationMaps(first.Id, first.Width, first.Height, first.Classes, values);
    }
}
