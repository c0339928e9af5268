using TorchSharp;
using Wsss.Models;
using Wsss.Weights;
using static TorchSharp.torch;

namespace Wsss.Tests.Models;

public sealed class NetworkWeightsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_saved_network_comes_back_bit_for_bit()
    {
        using Backbone source = Backbones.Create("resnet18", 32), target = Backbones.Create("resnet18", 8);
        NetworkWeights.Save(source, Path);
        LoadReport report = NetworkWeights.Load(target, Path);
        Assert.True(report.IsExact);
        Assert.Equal(source.state_dict().Count, report.Loaded.Count);
        Assert.Equal(Snapshot(source), Snapshot(target));
    }

    [Fact]
    public void A_strict_error_names_everything_and_changes_nothing()
    {
        using var scope = NewDisposeScope();
        using Backbone source = Backbones.Create("menagerie_net", 8), target = Backbones.Create("menagerie_net", 8);
        Dictionary<string, Tensor> state = source.state_dict();
        state.Remove("conv1.weight");
        state.Remove("layer3.1.bn2.running_var");
        state["bn1.bias"] = zeros(7);
        state["layer2.0.conv1.weight"] = zeros(64, 32, 1, 1);
        state["stray"] = zeros(1);
        SafeTensorsFile.Write(Path, state);
        Dictionary<string, byte[]> before = Snapshot(target);
        string message = Assert.Throws<WeightFileException>(() => NetworkWeights.Load(target, Path)).Message;
        Assert.Contains("conv1.weight (expected [24, 3, 3, 3])", message);
        Assert.Contains("layer3.1.bn2.running_var (expected [128])", message);
        Assert.Contains("bn1.bias (expected [24], found [7])", message);
        Assert.Contains("layer2.0.conv1.weight (expected [64, 32, 3, 3], found [64, 32, 1, 1])", message);
        Assert.Contains("stray", message);
        Assert.Contains(Path, message);
        Assert.Equal(before, Snapshot(target));
    }

    [Fact]
    public void A_lenient_load_takes_what_fits_and_reports_the_rest()
    {
        using var scope = NewDisposeScope();
        using Backbone source = Backbones.Create("menagerie_net", 8), target = Backbones.Create("menagerie_net", 8);
        Dictionary<string, Tensor> state = source.state_dict();
        state.Remove("conv1.weight");
        state["bn1.bias"] = zeros(7);
        state["stray"] = zeros(1);
        SafeTensorsFile.Write(Path, state);
        Dictionary<string, byte[]> before = Snapshot(target);
        LoadReport report = NetworkWeights.Load(target, Path, strict: false);
        Assert.Equal(["conv1.weight"], report.Missing.Select(m => m.Key));
        Assert.Equal("bn1.bias (expected [24], found [7])", Assert.Single(report.Misshapen).ToString());
        Assert.Equal(["stray"], report.Unexpected);
        Assert.Equal(target.state_dict().Count - 2, report.Loaded.Count);
        Dictionary<string, byte[]> after = Snapshot(target), expected = Snapshot(source);
        Assert.All(after, item => Assert.Equal((report.Loaded.Contains(item.Key) ? expected : before)[item.Key], item.Value));
    }

    [Fact]
    public void A_file_of_which_nothing_fits_is_an_error_even_if_lenient()
    {
        using var scope = NewDisposeScope();
        using Backbone target = Backbones.Create("menagerie_net", 8);
        SafeTensorsFile.Write(Path, new Dictionary<string, Tensor> { ["stray"] = zeros(1) });
        Assert.Contains("stray", Assert.Throws<WeightFileException>(() => NetworkWeights.Load(target, Path, strict: false)).Message);
    }

    [Fact]
    public void Num_batches_tracked_may_be_absent_and_types_are_converted()
    {
        using var scope = NewDisposeScope();
        using Backbone source = Backbones.Create("menagerie_net", 8),
            target = Backbones.Create("menagerie_net", 8);
        SafeTensorsFile.Write(
            Path,
            source.state_dict().Where(s => s.Value.dtype == float32).ToDictionary(s => s.Key, s => s.Value.to(float64))
        );
        Assert.True(NetworkWeights.Load(target, Path).IsExact);
        Assert.Equal(Snapshot(source), Snapshot(target));
        Assert.All(target.parameters(), p => Assert.Equal(float32, p.dtype));
    }

    [Fact]
    public void A_backbone_ignores_the_head_of_torchvisions_file()
    {
        string path = SharedData.File("weights/mobilenet_v2_imagenet.safetensors");
        using Backbone backbone = Backbones.Create("mobilenet_v2", 16);
        LoadReport report = NetworkWeights.LoadBackbone(backbone, path);
        Assert.Equal(["classifier.1.bias", "classifier.1.weight"], report.Ignored);
        Assert.Equal(312, report.Loaded.Count);
        Assert.True(report.IsExact);
    }

    [Theory]
    [InlineData("resnet18", "fc.bias", "classifier.1.bias")]
    [InlineData("mobilenet_v2", "classifier.1.bias", "fc.bias")]
    public void A_backbone_ignores_the_head_that_is_published_with_it_and_no_other(string name, string own, string other)
    {
        using var scope = NewDisposeScope();
        using Backbone backbone = Backbones.Create(name, 32);
        SafeTensorsFile.Write(Path, new Dictionary<string, Tensor>(backbone.state_dict()) { [own] = zeros(1), [other] = zeros(1) });
        using IWeightFile file = WeightFile.Open(Path);
        LoadReport report = NetworkWeights.CompareBackbone(backbone, file);
        Assert.Equal([own], report.Ignored);
        Assert.Equal([other], report.Unexpected);
    }

    [Fact]
    public void A_comparison_says_what_loading_would_do_and_changes_nothing()
    {
        using var scope = NewDisposeScope();
        using Backbone source = Backbones.Create("menagerie_net", 8), target = Backbones.Create("menagerie_net", 8);
        Dictionary<string, Tensor> state = source.state_dict();
        state.Remove("conv1.weight");
        state["bn1.bias"] = zeros(7);
        state["stray"] = zeros(1);
        state["head.bias"] = zeros(1);
        SafeTensorsFile.Write(Path, state);
        Dictionary<string, byte[]> before = Snapshot(target);
        using IWeightFile file = WeightFile.Open(Path);
        LoadReport report = NetworkWeights.CompareBackbone(target, file);
        Assert.False(report.IsExact);
        Assert.Equal(["conv1.weight"], report.Missing.Select(m => m.Key));
        Assert.Equal("bn1.bias (expected [24], found [7])", Assert.Single(report.Misshapen).ToString());
        Assert.Equal(["stray"], report.Unexpected);
        Assert.Equal(["head.bias"], report.Ignored);
        Assert.Equal(target.state_dict().Count - 2, report.Loaded.Count);
        Assert.Equal(before, Snapshot(target));
    }

    [Fact]
    public void A_backbone_comes_out_of_a_saved_classifier()
    {
        using var classifier = new Classifier(new MenagerieNet(), new GapHead(128, 2), ["cat", "dog"]);
        using var backbone = new MenagerieNet();
        NetworkWeights.Save(classifier, Path);
        Assert.Equal(["head.bias", "head.conv.weight"], NetworkWeights.LoadBackbone(backbone, Path).Ignored);
        Assert.Equal(Snapshot(classifier.Backbone), Snapshot(backbone));
    }

    [Fact]
    public void A_linear_layer_fits_a_1x1_convolution_and_nothing_else()
    {
        using var scope = NewDisposeScope();
        using var head = new GapHead(3, 2);
        SafeTensorsFile.Write(
            Path,
            new Dictionary<string, Tensor> { ["fc.weight"] = arange(6, float32).reshape(2, 3), ["fc.bias"] = ones(2) }
        );
        NetworkWeights.Load(head, Path, keyMap: key => key == "fc.weight" ? "conv.weight" : "bias");
        Assert.Equal([0f, 1, 2, 3, 4, 5], head.Weight.data<float>().ToArray());
        SafeTensorsFile.Write(Path, new Dictionary<string, Tensor> { ["conv.weight"] = zeros(3, 2), ["bias"] = ones(2) });
        Assert.Throws<WeightFileException>(() => NetworkWeights.Load(head, Path));
    }

    [Fact]
    public void Two_keys_for_one_tensor_are_refused()
    {
        using var scope = NewDisposeScope();
        using var head = new GapHead(3, 2);
        SafeTensorsFile.Write(Path, new Dictionary<string, Tensor> { ["a"] = zeros(2), ["b"] = zeros(2) });
        Assert.Contains(
            "'a' and 'b'",
            Assert.Throws<WeightFileException>(() => NetworkWeights.Load(head, Path, keyMap: _ => "bias")).Message
        );
    }

    [Fact]
    public void No_tensor_survives_a_load()
    {
        using Backbone network = Backbones.Create("menagerie_net", 8);
        NetworkWeights.Save(network, Path);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        NetworkWeights.Load(network, Path);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private string Path => _folder.File("weights.safetensors");

    private static Dictionary<string, byte[]> Snapshot(nn.Module module) =>
        module.state_dict().ToDictionary(s => s.Key, s => s.Value.bytes.ToArray());
}
