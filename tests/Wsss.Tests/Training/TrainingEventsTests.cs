using System.Text;
using Tensorboard;
using Wsss.Data;
using Wsss.Models;
using Wsss.Segmentation;
using Wsss.Tests.Data;
using Wsss.Training;

namespace Wsss.Tests.Training;

public sealed class TrainingEventsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_epoch_is_a_record_with_its_losses_metrics_and_time()
    {
        var history = new TrainingHistory([Epoch(1, 0.5, 0.25), Epoch(2, 0.125, 0.75)]);
        TrainingEvents.Write(_folder.Path, history, DateTimeOffset.FromUnixTimeSeconds(1_000_000));

        Event[] events = [.. Records(_folder.File(TrainingEvents.FileName)).Select(Event.Parser.ParseFrom)];
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.Equal([999_940, 999_970, 1_000_000], events.Select(e => e.WallTime));
        Assert.Equal([1, 2], events.Skip(1).Select(e => e.Step));
        Assert.Equal(["loss/classification", "loss/Mixup: mix", "validation/mAP"], events[1].Summary.Value.Select(value => value.Tag));
        Assert.Equal([0.125f, 0.125f, 0.75f], events[2].Summary.Value.Select(value => value.SimpleValue));
    }

    [Fact]
    public void The_same_training_gives_the_same_file()
    {
        var history = new TrainingHistory([Epoch(1, 0.5, 0.25)]);
        byte[][] files = [.. new[] { "a", "b" }.Select(name =>
        {
            TrainingEvents.Write(_folder.File(name), history, DateTimeOffset.UnixEpoch);
            return File.ReadAllBytes(Path.Combine(_folder.File(name), TrainingEvents.FileName));
        })];
        Assert.Equal(files[0], files[1]);
    }

    [Fact]
    public void Both_networks_leave_their_curves_beside_their_history()
    {
        RunContext run = Toys.Run(_folder);
        var source = HandMadeSource.OfHalves(6, width: 32, height: 32);
        var data = new DataSplits(source, source, source);
        using (var small = Backbones.Create("menagerie_net", 8)) NetworkWeights.Save(small, _folder.File("backbone.safetensors"));
        var backbone = new BackboneSpec { Weights = _folder.File("backbone.safetensors") };
        using var classifier = ClassifierTrainer.Train(
            new Recipe { Backbone = backbone, Epochs = 2, BatchSize = 3, Augmentation = Augmentation.Resize(32) }, data, run);
        var segmentation = new SegmenterRecipe
        {
            Backbone = backbone,
            Head = DeepLabOptions.Small,
            Epochs = 1,
            BatchSize = 3,
            Augmentation = Augmentation.Resize(32),
        };
        using var segmenter = SegmenterTrainer.Train(segmentation, new TargetSource(source), source, run);

        byte[][] records = [.. Records(Path.Combine(classifier.Folder, TrainingEvents.FileName))];
        Assert.Equal(1 + classifier.History.Epochs.Count, records.Length);
        Assert.Contains("validation/mAP", Encoding.UTF8.GetString(records[1]), StringComparison.Ordinal);
        float loss = Event.Parser.ParseFrom(records[2]).Summary.Value.Single(value => value.Tag == "loss/classification").SimpleValue;
        Assert.Equal((float)classifier.History.Epochs[1].Losses["classification"], loss);
        Assert.Equal(2, Records(Path.Combine(segmenter.Folder, TrainingEvents.FileName)).Count());
    }

    private static EpochRecord Epoch(int number, double loss, double metric) => new(
        number, new Dictionary<string, double> { ["classification"] = loss, ["Mixup: mix"] = loss },
        new Dictionary<string, double> { ["mAP"] = metric }, 30);

    /// <summary>The payloads of a file of TFRecords, whose checksums are computed here bit by bit.</summary>
    private static IEnumerable<byte[]> Records(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        for (int at = 0; at < file.Length;)
        {
            int length = checked((int)BitConverter.ToUInt64(file, at));
            Assert.Equal(MaskedCrc(file.AsSpan(at, 8)), BitConverter.ToUInt32(file, at + 8));
            byte[] payload = file[(at + 12)..(at + 12 + length)];
            Assert.Equal(MaskedCrc(payload), BitConverter.ToUInt32(file, at + 12 + length));
            at += 16 + length;
            yield return payload;
        }
    }

    private static uint MaskedCrc(ReadOnlySpan<byte> bytes)
    {
        const uint Castagnoli = 0x82f63b78; // the polynomial, reflected
        uint crc = ~0u;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ Castagnoli : crc >> 1;
        }
        crc = ~crc;
        return (crc >> 15 | crc << 17) + 0xa282ead8u;
    }
}
