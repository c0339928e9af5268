using System.Text.RegularExpressions;
using TorchSharp;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Storage;
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
        MapFolder.Write(_folder.Path, _source, Maps(), null, _run);
        MapFolder found = MapFolder.Open(_folder.Path);
        Assert.Equal(_source.ClassNames, found.ClassNames);
        Assert.Equal(_source.Fingerprint, found.Fingerprint);
        Assert.Equal(["sample_000", "sample_001", "sample_002", "sample_003"], found.Ids);
        foreach (var ((_, expected), (sample, actual)) in Maps().Zip(found.ReadAll(_source, _run)))
        {
            Assert.Equal(expected.Id, sample.Id);
            Assert.Equal((expected.Id, 5, 3), (actual.Id, actual.Width, actual.Height));
            Assert.Equal(expected.Classes, actual.Classes);
            Assert.Equal(expected.AsStored().Values, actual.Values);
            Assert.All(
                expected.Values.Zip(actual.Values),
                pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1 / 131_070.0 + 1e-7)
            );
        }
    }

    [Fact]
    public void A_folder_that_was_being_written_over_is_not_another_programs()
    {
        MapFolder.Write(_folder.Path, _source, Maps(), null, _run);
        using (var some = MapFolder.WriteThrough(_folder.Path, _source, Maps(), null, _run).GetEnumerator()) some.MoveNext();
        Assert.Contains("was interrupted", Assert.Throws<DataSetException>(() => MapFolder.Open(_folder.Path, _source)).Message);
        MapFolder.Write(_folder.Path, _source, Maps(), null, _run);
        Assert.Equal(4, MapFolder.Open(_folder.Path, _source).Ids.Count);
    }

    [Fact]
    public void An_image_without_classes_keeps_its_size()
    {
        var sample = HandMadeSource.Halves("empty", 5, 3, 0) with { Labels = [] };
        var source = new HandMadeSource(["a"], sample);
        MapFolder.Write(_folder.Path, source, [(sample.Sample, new LocalizationMaps("empty", 5, 3, [], []))], null, _run);
        LocalizationMaps maps = MapFolder.Open(_folder.Path).Read("empty");
        Assert.Equal((5, 3, 0), (maps.Width, maps.Height, maps.Classes.Count));
    }

    [Fact]
    public void A_write_that_fails_leaves_no_index_not_even_the_old_one()
    {
        MapFolder.Write(_folder.Path, _source, Maps(), null, _run);
        Assert.Throws<OperationCanceledException>(() => MapFolder.Write(_folder.Path, _source,
            Maps().Select((pair, i) => i < 2 ? pair : throw new OperationCanceledException()), null, _run));
        Assert.Contains("was interrupted", Assert.Throws<DataSetException>(() => MapFolder.Open(_folder.Path)).Message);
    }

    [Fact]
    public void Missing_and_misfit_maps_are_errors()
    {
        MapFolder folder = MapFolder.Write(_folder.Path, _source, Maps(), null, _run);
        Assert.Contains("'other'", Assert.Throws<DataSetException>(() => folder.Read("other")).Message);

        foreach (string id in folder.Ids) File.Delete(_folder.File(id + ".npz"));
        NpyFile.Write(_folder.File("sample_001.npy"), new NpyArray([2, 3, 5], new float[30]));
        Assert.Contains("[2, 3, 5]", Assert.Throws<DataSetException>(() => folder.Read("sample_001")).Message);
        NpyFile.Write(_folder.File("sample_002.npy"), new NpyArray([3, 5], new float[15]));
        Assert.Throws<DataSetException>(() => folder.Read("sample_002"));
        Assert.Contains("sample_003", Assert.Throws<DataSetException>(() => folder.Read("sample_003")).Message);

        NpyFile.Write(_folder.File("sample_000.npy"), new NpyArray([1, 5, 3], new float[15]));
        Assert.Contains("3×5", Assert.Throws<DataSetException>(() => folder.ReadAll(_source, _run).Count()).Message);
        File.WriteAllText(_folder.File("maps.json"), "{\"data\": 1}");
        Assert.ThrowsAny<WsssException>(() => MapFolder.Open(_folder.Path));
    }

    [Fact]
    public void Maps_of_other_data_are_an_error()
    {
        MapFolder.Write(_folder.Path, _source, Maps(), null, _run);
        string index = _folder.File("maps.json"),
            json = File.ReadAllText(index).Replace(_source.Fingerprint, "another");
        RequireError(json.Replace($"\"{_source.ClassNames[0]}\"", "\"kettle\""), "kettle");
        RequireError(json.Replace("\"sample_002\"", "\"another_002\""), "there are none of 'sample_002'");

        void RequireError(string text, string found)
        {
            File.WriteAllText(index, text);
            Assert.Contains(
                found,
                Assert.Throws<DataSetException>(() => MapFolder.Open(_folder.Path).ReadAll(_source, _run).Count()).Message
            );
        }
    }

    [Theory]
    [InlineData("300")]
    [InlineData("3")]
    [InlineData("-1")]
    [InlineData("1, 0")]
    [InlineData("1, 1")]
    public void Classes_in_an_index_that_are_none_or_not_in_order_are_an_error(string classes)
    {
        MapFolder.Write(_folder.Path, _source, Maps(), null, _run);
        Assert.Equal([2], MapFolder.Open(_folder.Path).Read("sample_002").Classes);
        string index = _folder.File("maps.json");
        File.WriteAllText(index, Regex.Replace(File.ReadAllText(index), @"(""sample_002"": \[)[^\]]*", $"$1 {classes} "));
        string message = Assert.Throws<DataSetException>(() => MapFolder.Open(_folder.Path)).Message;
        Assert.Contains($"within 0…2, as there are names of 3 classes, found [{classes}] of 'sample_002': '{index}'", message);
    }

    [Fact]
    public void What_the_maps_are_of_is_part_of_the_key_of_a_folder()
    {
        MapFolder.Write(_folder.Path, _source, Maps(), null, _run);
        string index = _folder.File("maps.json"), json = File.ReadAllText(index), key = MapFolder.Open(_folder.Path).ContentKey();
        string Changed(string text)
        {
            Assert.NotEqual(json, text);
            File.WriteAllText(index, text);
            return MapFolder.Open(_folder.Path).ContentKey();
        }
        string[] keys =
        [
            key, Changed(Regex.Replace(json, @"(""sample_002"": \[\s*)2", "$1 0")), Changed(json.Replace("\"class1\"", "\"kettle\"")),
        ];
        Assert.Equal(3, keys.Distinct().Count());
        File.WriteAllText(index, json);
        Assert.Equal(key, MapFolder.Open(_folder.Path).ContentKey());
    }

    [Fact]
    public void Maps_of_the_same_images_and_labels_are_read_though_something_else_was_touched()
    {
        MapFolder.Write(_folder.Path, _source, Maps(), null, _run);
        string index = _folder.File("maps.json");
        File.WriteAllText(index, File.ReadAllText(index).Replace(_source.Fingerprint, "another"));
        MapFolder folder = MapFolder.Open(_folder.Path);
        Assert.Equal(_source.Count, folder.ReadAll(_source, _run).Count());
        var none = new Subset(new LabelledSplits(Toys.Blobs(2), Toys.Blobs(2), Toys.Blobs(2)).Test, [0]);
        Assert.Same(_source, folder.SplitOf(new DataSplits(none, _source, none)));
        Assert.Contains("other data", Assert.Throws<DataSetException>(() => folder.SplitOf(new DataSplits(none, none, none))).Message);
    }

    [Fact]
    public void Maps_of_another_program_are_read_of_the_labels_or_of_all_classes()
    {
        int plane = 5 * 3;
        float[] own = [.. Enumerable.Range(0, plane).Select(i => i / 20f)];
        for (int i = 0; i < _source.Count; i++)
        {
            float[] all =
            [
                .. Enumerable.Range(0, _source.ClassNames.Count).SelectMany(c => _source.Labels(i).Contains(c) ? own : new float[plane]),
            ];
            var array =
                i % 2 == 0 ? new NpyArray([_source.Labels(i).Count, 3, 5], own) : new NpyArray([_source.ClassNames.Count, 3, 5], all);
            NpyFile.Write(_folder.File(_source.Id(i) + ".npy"), array);
        }
        MapFolder folder = MapFolder.Open(_folder.Path, _source);
        Assert.Null(folder.Origin);
        Assert.All(folder.ReadAll(_source, _run), item => Assert.Equal(own, item.Maps.Values));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(1.5f)]
    [InlineData(-0.1f)]
    public void A_number_of_another_program_that_is_no_share_is_an_error_that_names_the_file(float wrong)
    {
        NpyFile.Write(_folder.File("sample_000.npy"), new NpyArray([1, 3, 5], [.. new float[14], wrong]));
        string message = Assert.Throws<DataSetException>(() => MapFolder.Open(_folder.Path, _source).Read("sample_000")).Message;
        Assert.Contains("sample_000.npy", message);
        Assert.Contains("in map 0 at x = 4, y = 2", message);
    }

    [Fact]
    public void A_number_that_is_no_share_is_an_error_in_a_folder_with_an_index_too()
    {
        MapFolder.Write(_folder.Path, _source, Maps(), null, _run);
        File.Delete(_folder.File("sample_001.npz"));
        NpyFile.Write(_folder.File("sample_001.npy"), new NpyArray([1, 3, 5], [.. new float[6], float.NaN, .. new float[8]]));
        string message = Assert.Throws<DataSetException>(() => MapFolder.Open(_folder.Path).Read("sample_001")).Message;
        Assert.Contains("found NaN in map 0 at x = 1, y = 1", message);
        Assert.Contains("sample_001.npy", message);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_map_that_is_not_finite_is_not_written(float wrong)
    {
        var sample = _source.Load(2);
        var maps = new LocalizationMaps(sample.Id, 5, 3, sample.Labels, [.. new float[7], wrong, .. new float[7]]);
        string message = Assert.Throws<WsssException>(() => MapFolder.Write(_folder.Path, _source, [(sample, maps)], null, _run)).Message;
        Assert.Contains($"found {wrong} for 'sample_002', class 2, at x = 2, y = 1", message);
        Assert.False(File.Exists(_folder.File("sample_002.npz")));
        Assert.Contains("sample_002", Assert.Throws<WsssException>(maps.AsStored).Message);
    }

    [Fact]
    public void Maps_of_an_id_in_a_subfolder_are_written_to_a_subfolder_and_never_outside()
    {
        LocalizationMaps Of(string id) => new(id, 1, 1, [0], [1f]);
        var inside = new HandMadeSource(["a"], HandMadeSource.Halves("siteA/x", 1, 1, 0));
        MapFolder.Write(_folder.Path, inside, [(inside.Load(0), Of("siteA/x"))], null, _run);
        Assert.True(File.Exists(_folder.File("siteA", "x.npz")));
        Assert.Equal([1f], MapFolder.Open(_folder.Path).Read("siteA/x").Values);
        var outside = new HandMadeSource(["a"], HandMadeSource.Halves("../x", 1, 1, 0));
        Assert.Throws<DataSetException>(() => MapFolder.Write(_folder.Path, outside, [(outside.Load(0), Of("../x"))], null, _run));
    }
}
