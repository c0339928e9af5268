using System.Text.Json;
using Onnx;
using Wsss.Data;
using Wsss.Export;
using Wsss.Models;
using Wsss.Segmentation;
using Wsss.Tests.Data;
using Wsss.Training;
using Wsss.Weights;
using static TorchSharp.torch;

namespace Wsss.Tests.Export;

public sealed class NetworkExportTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _weights;

    public NetworkExportTests()
    {
        using var backbone = Backbones.Create("menagerie_net", 8);
        _weights = _folder.File("start.safetensors");
        NetworkWeights.Save(backbone, _weights);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_classifier_s_folder_becomes_a_model_that_says_what_is_in_it()
    {
        string path = _folder.File("out", "classifier.onnx");
        using var trained = TrainClassifier();
        var file = NetworkExport.Write(trained.Folder, ExportFormat.Onnx, path);
        Assert.Equal(("classifier", "menagerie_net", path), (file.Network, file.Backbone, file.File));
        Assert.Equal(["images [batch, 3, height, width]"], file.Inputs);
        Assert.Equal(["logits [batch, 2]", "maps [batch, 2, rows, columns]"], file.Outputs);

        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var (plain, normalized) = ExportedNetworks.Images(2, 33, 47);
        var actual = ExportedNetworks.Run(File.ReadAllBytes(path), plain);
        ExportedNetworks.AssertEqual(trained.Network.call(normalized, null).Maps, actual["maps"]);

        var about = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).MetadataProps.ToDictionary(item => item.Key, item => item.Value);
        Assert.Equal(trained.Network.ClassNames, JsonSerializer.Deserialize<string[]>(about["classes"]));
        Assert.Equal(("8", "0", Provenance.LibraryVersion), (about["stride"], about["offset"], about["library"]));
        var recipe = WsssJson.Read<Recipe>(about["recipe"], path);
        Assert.Equal(
            WsssJson.Write(trained.Recipe with { Backbone = trained.Recipe.Backbone with { Weights = "start.safetensors" } }),
            WsssJson.Write(recipe)
        );
        Assert.DoesNotContain(_folder.Path, about["recipe"]);
    }

    [Fact]
    public void A_segmentation_network_s_folder_becomes_a_model_of_scores()
    {
        string path = _folder.File("segmenter.onnx");
        var source = HandMadeSource.OfHalves(6, width: 32, height: 32);
        var recipe = Toys.SegmenterRecipe with { Backbone = new BackboneSpec { Weights = _weights }, Epochs = 1 };
        using var trained = SegmenterTrainer.Train(recipe, new TargetSource(source), source, Toys.Run(_folder));
        var file = NetworkExport.Write(trained.Folder, ExportFormat.Onnx, path);
        Assert.Equal("segmenter", file.Network);
        Assert.Equal([$"scores [batch, {source.ClassNames.Count + 1}, height, width]"], file.Outputs);

        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var (plain, normalized) = ExportedNetworks.Images(1, 33, 47);
        ExportedNetworks.AssertEqual(trained.Network.call(normalized), ExportedNetworks.Run(File.ReadAllBytes(path), plain)["scores"]);
    }

    [Fact]
    public void Weights_keep_their_names_and_bits_as_safetensors()
    {
        string path = _folder.File("classifier.safetensors");
        using var trained = TrainClassifier();
        var written = NetworkExport.Write(trained, ExportFormat.Safetensors, path);
        using var scope = NewDisposeScope();
        using var file = SafeTensorsFile.Open(path);
        var state = trained.Network.state_dict();
        Assert.Equal(state.Keys.Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.All(state, item => Assert.True(file.Read(item.Key).equal(item.Value).all().item<bool>(), item.Key));
        Assert.Equal(("classifier", "8"), (file.Metadata["network"], file.Metadata["stride"]));
        Assert.Equal([0.485f, 0.456f, 0.406f], JsonSerializer.Deserialize<float[]>(file.Metadata["mean"])!);
        Assert.Equal([0.229f, 0.224f, 0.225f], JsonSerializer.Deserialize<float[]>(file.Metadata["std"])!);
        Assert.Empty(written.Outputs);
    }

    [Fact]
    public void A_folder_without_a_trained_network_is_refused()
    {
        var error = Assert.Throws<ExportException>(() =>
            NetworkExport.Write(_folder.File("none"), ExportFormat.Onnx, _folder.File("a.onnx"))
        );
        Assert.Contains(_folder.File("none", "network.safetensors"), error.Message);
        Assert.False(File.Exists(_folder.File("a.onnx")));
    }

    [Fact]
    public void A_network_of_another_kind_is_refused()
    {
        File.Copy(_weights, _folder.File("network.safetensors"));
        var error = Assert.Throws<ExportException>(() =>
            NetworkExport.Write(_folder.Path, ExportFormat.Safetensors, _folder.File("a.safetensors"))
        );
        Assert.Contains("found neither", error.Message);
        Assert.Contains(_folder.File("network.safetensors"), error.Message);
        Assert.False(File.Exists(_folder.File("a.safetensors")));
    }

    [Fact]
    public void What_cannot_be_written_leaves_the_old_file()
    {
        string path = _folder.File("model.onnx");
        File.WriteAllText(path, "old");
        using var trained = new TrainedClassifier(
            new Classifier(new PointwiseBackbone(), new UnknownHead(), ["a"]), Toys.Recipe, new TrainingHistory([]), _folder.Path);
        Assert.Throws<ExportException>(() => NetworkExport.Write(trained, ExportFormat.Onnx, path));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path, _weights], _folder.Files.Order());
    }

    private TrainedClassifier TrainClassifier() =>
        ClassifierTrainer.Train(
            Toys.Recipe with
            {
                Backbone = new BackboneSpec { Weights = _weights },
                Epochs = 1,
            },
            Toys.BlobSplits(),
            Toys.Run(_folder)
        );

    private sealed class UnknownHead() : ClassifierHead("unknown")
    {
        public override HeadOutput forward(Activation features, Tensor? labels) => new(features.Grid, features.Grid.mean([2, 3]), []);
    }
}
