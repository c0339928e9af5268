using Wsss.Data;
using Wsss.Menagerie;
using Wsss.Saliency;
using Wsss.Tests.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Saliency;

public sealed class SaliencySourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_shipped_network_finds_objects_of_classes_that_it_never_saw()
    {
        var scenes = new DrawnScenes("saliency-test", 12, new DrawnSceneOptions());
        using SaliencySource saliency = SaliencySource.Open(SaliencySource.Shipped, CPU);
        long before = Toys.LiveTensors, both = 0, either = 0;
        for (int i = 0; i < scenes.Count; i++)
        {
            Sample scene = scenes.Load(i);
            LabelMap objectness = scenes.Truth(i).Objectness;
            LabelMap map = saliency.Of(scene.Id, scene.Image);
            Assert.Equal((scene.Image.Width, scene.Image.Height), (map.Width, map.Height));
            both += map.Values.Zip(objectness.Values).Count(pixel => pixel.First > 127 && pixel.Second > 0);
            either += map.Values.Zip(objectness.Values).Count(pixel => pixel.First > 127 || pixel.Second > 0);
        }
        Assert.True(both > 0.6 * either, $"IoU {(double)both / either}");
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void Maps_of_a_split_are_computed_once_and_kept()
    {
        var scenes = new DrawnScenes("saliency-test", 3, new DrawnSceneOptions());
        RunContext run = Toys.Run(_folder);
        ISampleSource first = SaliencySource.Attach(scenes, SaliencySource.Shipped, run);
        ISampleSource second = SaliencySource.Attach(scenes, SaliencySource.Shipped, run with { Progress = new Listener() });
        Assert.Equal(first.Fingerprint, second.Fingerprint);
        using SaliencySource saliency = SaliencySource.Open(SaliencySource.Shipped, CPU);
        Sample scene = scenes.Load(2);
        Assert.Equal(saliency.Of(scene.Id, scene.Image).Values, second.Load(2).Planes[SaliencyFolderSource.Plane].Values.Values);
    }

    [Fact]
    public void A_folder_gives_its_maps_in_the_size_of_the_image()
    {
        ImageFile.WriteGray(_folder.File("a.png"), new LabelMap(2, 1, [0, 200]));
        using SaliencySource saliency = SaliencySource.Open(_folder.Path, CPU);
        Assert.Equal([0, 50, 150, 200, 0, 50, 150, 200], saliency.Of("a", Toys.Noise(4, 2)).Values);
        Assert.Contains("b.png", Assert.Throws<ImageFileException>(() => saliency.Of("b", Toys.Noise(4, 2))).Message);
    }

    [Fact]
    public void What_is_no_saliency_is_refused_with_what_there_can_be()
    {
        Assert.Contains("shipped", Assert.Throws<DataSetException>(() => SaliencySource.Open(_folder.File("none"), CPU)).Message);
        Assert.Contains("none.pt", Assert.Throws<InputFileException>(() => SaliencySource.Open(_folder.File("none.pt"), CPU)).Message);
        string garbage = _folder.File("garbage.pt");
        File.WriteAllText(garbage, "not a network");
        Assert.Contains("TorchScript", Assert.Throws<WeightFileException>(() => SaliencySource.Open(garbage, CPU)).Message);
    }

    [Fact]
    public void A_TorchScript_network_gives_a_map_of_the_images_size()
    {
        // 1 where red is brighter than ImageNet's mean, else 0, softened where the image is resized to the network's size and back.
        TorchScriptFile.Write(_folder.File("red.pt"), "torch.to(torch.gt(torch.select(x, 1, 0), 0), 6)");
        using SaliencySource saliency = SaliencySource.Open(_folder.File("red.pt"), CPU);
        LabelMap map = saliency.Of("a", new RgbImage(2, 2, [255, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255, 0]));
        Assert.Equal([true, true, false, false], map.Values.Select(value => value > 127));
    }

    [Fact]
    public void Saliency_is_rounded_to_the_nearest_byte()
    {
        // .65 · 255 is 165.75.
        TorchScriptFile.Write(_folder.File("even.pt"), "torch.mul(torch.to(torch.gt(torch.select(x, 1, 0), -9), 6), 0.65)");
        using SaliencySource saliency = SaliencySource.Open(_folder.File("even.pt"), CPU);
        Assert.All(saliency.Of("a", Toys.Noise(4, 2)).Values, value => Assert.Equal(166, value));
    }

    [Theory]
    [InlineData("torch.select(x, 1, 0)", "Tensor", "sigmoid")]
    [InlineData("x", "Tensor", "found: [1, 3, 224, 224]")]
    [InlineData("(x, x)", "Tuple[Tensor, Tensor]", "gives one tensor")]
    public void A_TorchScript_network_that_gives_no_map_is_refused(string result, string type, string told)
    {
        TorchScriptFile.Write(_folder.File("other.pt"), result, type);
        using SaliencySource saliency = SaliencySource.Open(_folder.File("other.pt"), CPU);
        Assert.Contains(told, Assert.Throws<WeightFileException>(() => saliency.Of("a", Toys.Noise(4, 2))).Message);
    }

    [Fact]
    public void A_TorchScript_network_gives_the_maps_of_its_own_program()
    {
        string maps = Path.Combine(SharedData.VocMini, "Saliency");
        var photographs = VocDataset.Open(SharedData.VocMini, "val", cancellation: TestContext.Current.CancellationToken);
        using SaliencySource saliency = SaliencySource.Open(SharedData.File("weights/csnet_saliency_224.torchscript.pt"), CPU);
        long before = Toys.LiveTensors;
        double difference = 0;
        const int Images = 6;
        for (int i = 0; i < Images; i++)
        {
            Sample sample = photographs.Load(i);
            LabelMap found = saliency.Of(sample.Id, sample.Image);
            LabelMap expected = Resampler.Resize(
                ImageFile.ReadGray(Path.Combine(maps, sample.Id + ".png")),
                sample.Image.Width,
                sample.Image.Height
            );
            difference += found.Values.Zip(expected.Values).Average(pixel => Math.Abs(pixel.First - pixel.Second)) / 255.0 / Images;
        }
        Assert.True(difference < 0.01, $"mean absolute difference {difference}");
        Assert.Equal(before, Toys.LiveTensors);
    }

    private sealed class Listener : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => Assert.Fail($"Computed again: {value.Stage}");
    }
}
