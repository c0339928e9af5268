using Wsss.Data;
using Wsss.Regions;
using Wsss.Registry;
using Wsss.Storage;
using static TorchSharp.torch;

namespace Wsss.Refinement;

/// <summary>
/// Each region of the image takes one class, by the mean of the maps within it: the seeding of FMA-WSSS (Yang &amp; Gong, <i>Foundation
/// Model Assisted Weakly Supervised Semantic Segmentation</i>, WACV 2024), which takes masks of the Segment Anything Model, as SAM_WSSS
/// does (Chen et al., arXiv 2305.05803, 2023); here of superpixels as well.
/// </summary>
/// <remarks>
/// The score of class c in region S is s_c(S) = mean over S of max(M_c, 0), brought to 0…1 by the least and the greatest over all regions
/// of the image. The background has (1 − max_c s_c)^α. The greatest of all says which class the region is, and is its confidence; a tie
/// goes to the background. Regions are painted from low to high (<see cref="Region.Level"/>, confidence), later ones on top.
/// <para>What comes out are maps again: where a region of a class was painted last, that class's map is the region's confidence and the
/// others are 0; all are 0 on a region of the background. Pixels without a region keep their maps, or become background.</para>
/// <para>Follows FMA-WSSS in mean, range, background and order of painting. Differs: a class whose score is the same in all
/// regions, of which there may be one only, is divided by it, where the formula has 0/0.</para>
/// </remarks>
[Registered("each superpixel, or mask made elsewhere, takes the class of its mean score (FMA-WSSS)", Name = "region-vote", Order = 5)]
public sealed record RegionVote : MapRefinement
{
    /// <summary>Less background than the paper's α = .6: the better of the two on the validation images of one seed.</summary>
    [Suggested(DataKind.DrawnScenes)]
    public static RegionVote ForDrawnScenes { get; } = new() { BackgroundPower = 2 };

    /// <summary>Where regions come from; those of one level compete by confidence.</summary>
    public IReadOnlyList<RegionSource> Regions { get; init; } = [new Slic(), new Felzenszwalb()];

    /// <summary>α, above 0: the higher, the less background.</summary>
    public double BackgroundPower { get; init; } = 0.6;

    /// <summary>Whether pixels without a region keep their maps; else they are background.</summary>
    public bool KeepOutside { get; init; } = true;

    internal override IEnumerable<string> FoldersOfImages => Regions.Select(source => source.FolderOfImages).OfType<string>();

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Regions.Count == 0) throw new RecipeException("Region vote: expected at least one source of regions, found none.");
        if (!(BackgroundPower > 0 && double.IsFinite(BackgroundPower)))
            throw new RecipeException($"Region vote: expected a background power above 0, found {BackgroundPower}.");
        foreach (var source in Regions) source.Validate();
    }

    /// <inheritdoc/>
    public override string Key() =>
        ArtifactStore.Key([$"region vote/1, {WsssJson.Write(BackgroundPower)}, {KeepOutside}", .. Regions.Select(source => source.Key())]);

    /// <inheritdoc/>
    public override MapRefiner Open(RefinementContext context) => Open(context.Run.Device);

    /// <summary>Gets ready to refine; nothing is learnt.</summary>
    /// <param name="device">Where networks run that find regions.</param>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    /// <exception cref="WsssException">There is no such folder or file of regions, or it is no network.</exception>
    public MapRefiner Open(Device device)
    {
        Validate();
        return new Refiner(this, device);
    }

    /// <summary>Lets regions vote.</summary>
    /// <param name="maps">The maps of one image, at least one.</param>
    /// <param name="regions">Its regions.</param>
    /// <returns>The painted maps.</returns>
    /// <exception cref="ArgumentException">A region is empty or leads out of the image.</exception>
    public LocalizationMaps Vote(LocalizationMaps maps, IReadOnlyList<Region> regions)
    {
        int pixels = maps.Width * maps.Height, classes = maps.Classes.Count;
        foreach (var region in regions)
        {
            if (region.Pixels.Count == 0 || region.Pixels[0] < 0 || region.Pixels[^1] >= pixels)
                throw new ArgumentException($"Expected regions of pixels 0…{pixels - 1} for '{maps.Id}', found one outside, or empty.");
        }
        float[] values = KeepOutside ? [.. maps.Values] : new float[maps.Values.Length];
        double[,] scores = Scores(maps, regions);                                                // [regions, classes]
        var winners = new (int Class, double Confidence)[regions.Count];
        for (int s = 0; s < regions.Count; s++)
        {
            int best = Enumerable.Range(0, classes).MaxBy(k => scores[s, k]);
            double background = Math.Pow(1 - scores[s, best], BackgroundPower);
            winners[s] = scores[s, best] > background ? (best, scores[s, best]) : (-1, background);
        }
        int[] top = new int[pixels];                                                             // the region on top, or −1
        Array.Fill(top, -1);
        foreach (int s in Enumerable.Range(0, regions.Count).OrderBy(s => (regions[s].Level, winners[s].Confidence)))
            foreach (int i in regions[s].Pixels) top[i] = s;
        for (int i = 0; i < pixels; i++)
        {
            if (top[i] < 0) continue;
            var (winner, confidence) = winners[top[i]];
            for (int k = 0; k < classes; k++) values[k * pixels + i] = k == winner ? (float)confidence : 0;
        }
        return new LocalizationMaps(maps.Id, maps.Width, maps.Height, maps.Classes, values);
    }

    private static double[,] Scores(LocalizationMaps maps, IReadOnlyList<Region> regions)
    {
        var scores = new double[regions.Count, maps.Classes.Count];
        for (int k = 0; k < maps.Classes.Count; k++)
        {
            ReadOnlySpan<float> map = maps.Map(k);
            var (least, greatest) = (double.PositiveInfinity, double.NegativeInfinity);
            for (int s = 0; s < regions.Count; s++)
            {
                double sum = 0;
                foreach (int i in regions[s].Pixels) sum += Math.Max(map[i], 0);
                double mean = scores[s, k] = sum / regions[s].Pixels.Count;
                (least, greatest) = (Math.Min(least, mean), Math.Max(greatest, mean));
            }
            if (least == greatest) least = 0;
            for (int s = 0; s < regions.Count; s++) scores[s, k] = greatest > 0 ? (scores[s, k] - least) / (greatest - least) : 0;
        }
        return scores;
    }

    private sealed class Refiner(RegionVote vote, Device device) : MapRefiner
    {
        private readonly IReadOnlyList<RegionFinder> _finders = RegionFinder.OpenAll(vote.Regions, device);

        public override void Dispose()
        {
            foreach (var finder in _finders) finder.Dispose();
            base.Dispose();
        }

        protected override LocalizationMaps RefineSome(RgbImage image, LocalizationMaps maps) =>
            vote.Vote(maps, [.. _finders.SelectMany(finder => finder.Of(maps.Id, image))]);
    }
}
