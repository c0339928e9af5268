using Wsss.Data;
using Wsss.Expansion;
using Wsss.Models;
using Wsss.Segmentation;
using Wsss.Storage;
using Wsss.Tests.Data;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Training;

public sealed class StoredTrainingTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RunContext _run;
    private readonly DataSplits _data;
    private readonly BackboneSpec _backbone;

    public StoredTrainingTests()
    {
        _run = new RunContext
        {
            Device = CPU,
            Store = new ArtifactStore(_folder.File("store")),
            Workers = 1,
            Cancellation = TestContext.Current.CancellationToken,
        };
        var source = HandMadeSource.OfHalves(6, width: 32, height: 32);
        _data = new DataSplits(source, source, source);
        using var backbone = Backbones.Create("menagerie_net", 8);
        _backbone = new BackboneSpec { Weights = _folder.File("backbone.safetensors") };
        NetworkWeights.Save(backbone, _backbone.Weights!);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_classifier_is_rebuilt_from_its_folder_alone()
    {
        var recipe = new Recipe
        {
            Backbone = _backbone,
            Epochs = 1,
            BatchSize = 3,
            Augmentation = Augmentation.Resize(32),
        }.With(new MultiDilation());
        using var trained = ClassifierTrainer.Train(recipe, _data, _run);
        File.Delete(_backbone.Weights!);
        using var loaded = TrainedClassifier.Load(trained.Folder, CPU);

        Assert.Equal(_data.Train.ClassNames, loaded.Network.ClassNames);
        Assert.Equal(WsssJson.Write(recipe), WsssJson.Write(loaded.Recipe));
        Assert.Equal(WsssJson.Write(trained.History), WsssJson.Write(loaded.History));
        Assert.False(loaded.Network.training);
        using var scope = NewDisposeScope();
        var images = rand(2, 3, 32, 32);
        using var noGradients = no_grad();
        Assert.True(trained.Network.call(images, null).Logits.equal(loaded.Network.call(images, null).Logits).all().item<bool>());
    }

    [Fact]
    public void A_segmentation_network_is_rebuilt_from_its_folder_alone()
    {
        var recipe = new SegmenterRecipe
        {
            Backbone = _backbone,
            Head = DeepLabOptions.Small,
            Epochs = 1,
            BatchSize = 3,
            Augmentation = Augmentation.Resize(32),
        };
        using var trained = SegmenterTrainer.Train(recipe, new TargetSource(_data.Train), _data.Validation, _run);
        File.Delete(_backbone.Weights!);
        using var loaded = TrainedSegmenter.Load(trained.Folder, CPU);

        Assert.Equal(_data.Train.ClassNames, loaded.ClassNames);
        Assert.Equal(WsssJson.Write(recipe), WsssJson.Write(loaded.Recipe));
        using var scope = NewDisposeScope();
        var images = rand(1, 3, 32, 32);
        using var noGradients = no_grad();
        Assert.True(trained.Network.call(images).equal(loaded.Network.call(images)).all().item<bool>());
    }

    [Fact]
    public void A_folder_without_a_result_and_weights_without_class_names_are_errors()
    {
        Assert.Contains("recipe.json", Assert.Throws<WsssException>(() => TrainedClassifier.Load(_folder.Path, CPU)).Message);

        using var trained = ClassifierTrainer.Train(
            new Recipe { Backbone = _backbone, Epochs = 1, BatchSize = 3, Augmentation = Augmentation.Resize(32) }, _data, _run);
        string weights = Path.Combine(trained.Folder, "network.safetensors");
        NetworkWeights.Save(trained.Network, weights);
        Assert.Contains(weights, Assert.Throws<ArtifactException>(() => TrainedClassifier.Load(trained.Folder, CPU)).Message);
        // A folder that somebody has put together.
        File.Delete(Path.Combine(trained.Folder, "artifact.json"));
        Assert.Contains("class names", Assert.Throws<WeightFileException>(() => TrainedClassifier.Load(trained.Folder, CPU)).Message);
        File.Delete(weights);
        Assert.Throws<WeightFileException>(() => TrainedClassifier.Load(trained.Folder, CPU));
    }
}
