using Wsss.Data;
using Wsss.Regions;

namespace Wsss.Tests.Regions;

public sealed class RegionPlaneSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Smaller_regions_and_higher_levels_lie_on_top_and_what_no_region_has_is_255()
    {
        RgbImage image = Toys.Noise(5, 1);
        byte[] Painted(params Region[] regions) => RegionPlaneSource.Paint(image, regions).Values;
        Assert.Equal([0, 1, 0, 0, 255], Painted(new([1]), new([0, 1, 2, 3])));
        Assert.Equal([1, 1, 1, 1, 255], Painted(new([1]), new([0, 1, 2, 3], Level: 1)));
        Assert.Equal([255, 255, 255, 255, 255], Painted());
    }

    [Fact]
    public void Of_more_regions_than_there_are_numbers_the_largest_are_kept()
    {
        Region[] regions = [.. Enumerable.Range(0, 300).Select(i => new Region([i])), new([300, 301])];
        byte[] painted = RegionPlaneSource.Paint(Toys.Noise(302, 1), regions).Values;
        Assert.Equal([0, 0], painted[300..]);
        Assert.Equal(254, painted[..300].Count(value => value != 255));
        Assert.Equal(254, painted[..300].Where(value => value != 255).Distinct().Count());
    }

    [Fact]
    public void Regions_are_found_once_and_come_with_each_sample()
    {
        var source = Toys.Blobs(3);
        RunContext run = Toys.Run(_folder);
        var slic = new Slic { Counts = [9] };
        ISampleSource with = RegionPlaneSource.Attach(source, slic, run);
        for (int i = 0; i < 3; i++)
        {
            Sample sample = with.Load(i);
            Plane plane = sample.Planes["regions"];
            Assert.Equal(PlaneKind.Labels, plane.Kind);
            Assert.Equal(source.Id(i), sample.Id);
            Assert.Equal(source.Labels(i), with.Labels(i));
            // The same parts, whatever their numbers.
            int[] labels = slic.Labels(sample.Image, 9);
            Assert.Equal(labels.Distinct().Count(), labels.Zip(plane.Values.Values).Distinct().Count());
        }
        Assert.Single(Directory.GetDirectories(run.Store.Root));
        Assert.Equal(with.Fingerprint, RegionPlaneSource.Attach(source, slic, run).Fingerprint);
        Assert.NotEqual(source.Fingerprint, with.Fingerprint);
        Assert.NotEqual(with.Fingerprint, RegionPlaneSource.Attach(source, new Slic { Counts = [4] }, run).Fingerprint);
        Assert.Throws<RecipeException>(() => RegionPlaneSource.Attach(source, new Slic { Counts = [] }, run));
    }

    [Fact]
    public void A_missing_file_is_named_and_nothing_is_half_written()
    {
        var source = Toys.Blobs(2);
        RunContext run = Toys.Run(_folder);
        ImageFile.WriteGray(_folder.File($"sam/{source.Id(0)}.png"), new LabelMap(Toys.Size, Toys.Size, new byte[Toys.Size * Toys.Size]));
        var error = Assert.Throws<DataSetException>(
            () => RegionPlaneSource.Attach(source, new RegionFolder { Path = _folder.File("sam") }, run));
        Assert.Contains(source.Id(1), error.Message);
        Assert.DoesNotContain(Directory.GetDirectories(run.Store.Root), path => Path.GetFileName(path).StartsWith("regions-"));
    }
}
