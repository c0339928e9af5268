namespace Wsss.Expansion;

/// <summary>
/// The rule that bounds over-erasing, class by class and from image-level labels alone: as long as something of an object is
/// left to see, a classifier trained on erased images still tells held-out erased images with the class from those without.
/// When it no longer does, what it points at is not the object, and its maps are left out.
/// </summary>
/// <remarks>
/// Measured by the average precision of the class, less that of guessing (the share of the images that show it), against the
/// same at step 1: (AP_t − p) / (AP₁ − p). Held-out images, as a network can learn training images by heart; average precision,
/// as it needs no decision threshold, which erasing would shift. Without
/// <see cref="IterativeErasing.Decoys"/> the shape of what was painted over tells the class as well, and the rule stops late.
/// </remarks>
internal static class ErasingStop
{
    /// <summary>The last step whose maps a class takes: the one before the first that falls below the rule's share; at least 1.</summary>
    /// <param name="averagePrecision">Of the class at step 1, 2, …, each 0…1; null where the validation split does not show it: it then
    /// takes one step, as nothing watches over more.</param>
    /// <param name="chance">Share p of the validation images that show the class, 0…1.</param>
    /// <param name="stopBelow"><see cref="IterativeErasing.StopBelow"/>; with 0 every class takes all steps.</param>
    public static int LastStep(IReadOnlyList<double?> averagePrecision, double chance, double stopBelow)
    {
        for (int done = 1; done < averagePrecision.Count; done++)
            if (Kept(averagePrecision[0], averagePrecision[done], chance) < stopBelow) return done;
        return averagePrecision.Count;
    }

    // Nothing can be kept where nothing was learnt.
    private static double Kept(double? first, double? now, double chance) =>
        first > chance && now is not null ? Math.Max(0, (now.Value - chance) / (first.Value - chance)) : 0;
}
