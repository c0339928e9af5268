using TorchSharp;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Tests.Data;

namespace Wsss.Tests.Localization;

public sealed class MapFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly HandMadeSource _source = HandMadeSource.OfHalves(4, width: 5, height: 3);
    private readonly RunContext _run;

    public MapFolderTests() => _run = new RunContext { Device = torch.CPU, Store = new ArtifactStore(_folder.File("store")), Workers = 1 };

    public void Dispose() => _folder.Dispose();

    private IEnumerable<(Sample Sample, LocalizationMaps Maps)> Maps() => Enumerable.Range(0, _source.Count).Select(i =>
    {
        Sample sample = _source.Load(i);
        return (sample, new LocalizationMaps(sample.Id, 5, 3, sample.Labels, [.. Enumerable.Range(0, 15).Select(p => (i + p) / 20f)]));
    });

    [Fact]
    public void Maps_that_were_written_are_read_back()
    {
        MapFolder.Write(_folder.Path, _source, Maps());
        MapFolder found = MapFolder.Open(_folder.Path);
        Assert.Equal(_source.ClassNames, found.ClassNames);
        Assert.Equal(_source.Fingerprint, found.Fingerprint);
        Assert.Equal(["sample_000", "sample_001", "sample_002", "sample_003"], found.Ids);
        foreach (var ((_, expected), (sample, actual)) in Maps().Zip(found.ReadAll(_source, _run)))
        {
            Assert.Equal(expected.Id, sample.Id);
            Assert.Equal((expected.Id, 5, 3), (actual.Id, actual.Width, actual.Height));
            Assert.Equal(expected.Classes, actual.Classes);
            Assert.Equal(expected.Values, actual.Values);
        }
    }

    [Fact]
    public void An_image_without_classes_keeps_its_size()
    {
        var sample = HandMadeSource.Halves("empty", 5, 3, 0) with { Labels = [] };
        var source = new HandMadeSource(["a"], sample);
        MapFolder.Write(_folder.Path, source, [(sample.Sample, new LocalizationMaps("empty", 5, 3, [], []))]);
        LocalizationMaps maps = MapFolder.Open(_folder.Path).Read("empty");
        Assert.Equal((5, 3, 0), (maps.Width, maps.Height, maps.Classes.Count));
    }

    [Fact]
    public void A_write_that_fails_leaves_no_index_not_even_the_old_one()
    {
        MapFolder.Write(_folder.Path, _source, Maps());
        Assert.Throws<OperationCanceledException>(() => MapFolder.Write(_folder.Path, _source,
            Maps().Select((pair, i) => i < 2 ? pair : throw new OperationCanceledException())));
        Assert.Contains("wsss maps", Assert.Throws<DataSetException>(() => MapFolder.Open(_folder.Path)).Message);
    }

    [Fact]
    public void Missing_and_misfit_maps_are_errors()
    {
        MapFolder folder = MapFolder.Write(_folder.Path, _source, Maps());
        Assert.Contains("'other'", Assert.Throws<DataSetException>(() => folder.Read("other")).Message);

        NpyFile.Write(_folder.File("sample_001.npy"), new NpyArray([2, 3, 5], new float[30]));
        Assert.Contains("[2, 3, 5]", Assert.Throws<DataSetException>(() => folder.Read("sample_001")).Message);
        NpyFile.Write(_folder.File("sample_002.npy"), new NpyArray([3, 5], new float[15]));
        Assert.Throws<DataSetException>(() => folder.Read("sample_002"));
        File.Delete(_folder.File("sample_003.npy"));
        Assert.Contains("sample_003", Assert.Throws<DataSetException>(() => folder.Read("sample_003")).Message);

        NpyFile.Write(_folder.File("sample_000.npy"), new NpyArray([1, 5, 3], new float[15]));
        Assert.Contains("3×5", Assert.Throws<DataSetException>(() => folder.ReadAll(_source, _run).Count()).Message);
        File.WriteAllText(_folder.File("maps.json"), "{\"data\": 1}");
        Assert.ThrowsAny<WsssException>(() => MapFolder.Open(_folder.Path));
    }

    [Fact]
    public void Maps_of_other_data_are_an_error()
    {
        MapFolder.Write(_folder.Path, _source, Maps());
        string index = _folder.File("maps.json");
        File.WriteAllText(index, File.ReadAllText(index).Replace(_source.Fingerprint, "another"));
        Assert.Contains("fingerprints differ", Assert.Throws<DataSetException>(() => MapFolder.Open(_folder.Path).ReadAll(_source, _run).Count()).Message);
    }
}
