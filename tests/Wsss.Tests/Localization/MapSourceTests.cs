using Wsss.Data;
using Wsss.Localization;
using Wsss.Tests.Data;
using Wsss.Training;

namespace Wsss.Tests.Localization;

public sealed class MapSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly DataSplits _data = Toys.BlobSplits(4);
    private readonly RunContext _run;

    public MapSourceTests() => _run = Toys.Run(_folder);

    public void Dispose() => _folder.Dispose();

    /// <summary>Maps of half the image, which no classifier gives.</summary>
    private MapFolder Given(IMaskedSource source) => MapFolder.Write(
        _folder.File("given"), source, source.LoadAll().Select(sample => (sample, Half(sample))), null, _run);

    private static LocalizationMaps Half(Sample sample)
    {
        float[] values = [.. Enumerable.Range(0, sample.Labels.Count * (int)sample.Image.PixelCount).Select(i => i % 2 / 2f)];
        return new LocalizationMaps(sample.Id, sample.Image.Width, sample.Image.Height, sample.Labels, values).AsStored();
    }

    private TrainedClassifier Train(int seed = 1) => ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1, Seed = seed }, _data, _run);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_maps_of_a_folder_are_read_though_a_photograph_was_touched_since(bool isClassifierThere)
    {
        using TrainedClassifier classifier = Train();
        using var others = MapSource.Of(classifier, new MapInference(), _run);
        MapFolder given = Given(_data.Test);
        HandMadeSource touched = Toys.Select(_data.Test, sample => sample with { Image = Toys.Noise(Toys.Size, Toys.Size) });
        using var maps = MapSource.Of(given, isClassifierThere ? others : null, _run);
        var expected = _data.Test.LoadAll().Select(Half).ToArray();
        foreach (ISampleSource source in (ISampleSource[])[touched, new Subset(touched, [2, 0])])
        {
            var read = maps.Read(source).ToArray();
            Assert.Equal(source.Count, read.Length);
            Assert.All(read, item => Assert.Equal(expected.Single(map => map.Id == item.Sample.Id).Values, item.Maps.Values));
            Assert.Equal(source.Load(0).Image.Pixels, read[0].Sample.Image.Pixels);
        }
        Assert.NotEqual(maps.KeyOf(_data.Test), maps.KeyOf(touched));
    }

    [Fact]
    public void Maps_of_another_split_than_a_folders_are_kept_as_those_of_their_classifier()
    {
        using TrainedClassifier one = Train(), two = Train(seed: 2);
        using MapSource first = MapSource.Of(one, new MapInference(), _run), second = MapSource.Of(two, new MapInference(), _run);
        MapFolder given = Given(_data.Test);
        foreach (MapSource others in (MapSource[])[first, second])
        {
            using var maps = MapSource.Of(given, others, _run);
            var expected = new MapInference().Run(others.Classifiers[0].Network, _data.Train, _run).Select(item => item.Maps.AsStored());
            Assert.Equal(expected.Select(map => map.Values), maps.ReadMaps(_data.Train).Select(map => map.Values));
            Assert.Equal(others.KeyOf(_data.Train), maps.KeyOf(_data.Train));
            Assert.NotEqual(others.KeyOf(_data.Test), maps.KeyOf(_data.Test));
        }
        Assert.Equal(2, Directory.GetDirectories(_run.Store.Root, "maps-*").Length);
    }

    [Fact]
    public void Maps_of_another_split_need_the_classifier()
    {
        using var maps = MapSource.Of(Given(_data.Test), null, _run);
        string message = Assert.Throws<DataSetException>(() => maps.Read(_data.Train)).Message;
        Assert.Contains("Expected the classifier that made the maps in", message);
    }

    [Fact]
    public void Data_of_the_same_classes_in_another_order_are_an_error_before_any_map_is_made()
    {
        using TrainedClassifier classifier = Train();
        using var others = MapSource.Of(classifier, new MapInference(), _run);
        var swapped = new HandMadeSource(["blue", "red"], [.. Enumerable.Range(0, 2).Select(i => Toys.WithTruths(_data.Train, i))]);
        using var maps = MapSource.Of(Given(_data.Test), others, _run);
        foreach (MapSource source in (MapSource[])[others, maps])
        {
            string message = Assert.Throws<DataSetException>(() => source.Read(swapped)).Message;
            Assert.Contains("Expected data with the classifier's classes (red, blue), found blue, red", message);
        }
        Assert.Empty(Directory.GetDirectories(_run.Store.Root, "maps-*"));
    }
}
