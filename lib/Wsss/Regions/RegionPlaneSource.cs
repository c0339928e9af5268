using Wsss.Data;
using Wsss.Storage;

namespace Wsss.Regions;

/// <summary>A split whose samples have a plane of regions, which are found once and kept in the store. Images and labels stay.</summary>
internal sealed class RegionPlaneSource : PlaneFolderSource
{
    /// <summary>Name of the plane, of <see cref="PlaneKind.Labels"/>: the number of each pixel's region, 255 for none.</summary>
    public const string Plane = "regions";

    private RegionPlaneSource(ISampleSource source, string folder, string key)
        : base(source, folder, Plane, ArtifactStore.Key("with regions/1", source.Fingerprint, key)) { }

    /// <summary>Joins a split with the regions of its images.</summary>
    /// <param name="source">The split.</param>
    /// <param name="regions">Where they come from.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <exception cref="WsssException">An option lies outside its range, or regions are missing.</exception>
    public static RegionPlaneSource Attach(ISampleSource source, RegionSource regions, RunContext run)
    {
        regions.Validate();
        string key = ArtifactStore.Key("regions/1", regions.Key(), source.Fingerprint);
        string folder = run.Store.Ensure("regions", key, $"regions of {source.Name}", temporary =>
        {
            using var finder = regions.Open(run.Device);
            int done = 0;
            foreach (var sample in Prefetch.Samples(source, run))
            {
                ImageFile.WriteGray(SampleFiles.PathOf(temporary, sample.Id), Paint(sample.Image, finder.Of(sample.Id, sample.Image)));
                run.Report($"regions of {source.Name}", ++done, source.Count);
            }
        }, run);
        return new RegionPlaneSource(source, folder, key);
    }

    /// <summary>
    /// Regions as numbers in one plane: the largest 255, those of higher levels and smaller ones on top; 255 where there is none.
    /// </summary>
    internal static LabelMap Paint(RgbImage image, IReadOnlyList<Region> regions)
    {
        byte[] values = new byte[image.Width * image.Height];
        Array.Fill(values, LabelMap.Ignore);
        var painted = regions
            .OrderByDescending(region => region.Pixels.Count)
            .Take(LabelMap.Ignore)
            .OrderBy(region => region.Level);
        foreach (var (number, region) in painted.Index())
            foreach (int i in region.Pixels) values[i] = (byte)number;
        return new LabelMap(image.Width, image.Height, values);
    }

    /// <inheritdoc/>
    protected override Plane PlaneOf(LabelMap map, RgbImage image) => new(map, PlaneKind.Labels);
}
