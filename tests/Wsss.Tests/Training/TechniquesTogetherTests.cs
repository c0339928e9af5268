using Wsss.Expansion;
using Wsss.Sharpening;
using Wsss.Training;

namespace Wsss.Tests.Training;

public sealed class TechniquesTogetherTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void All_techniques_train_in_one_recipe_and_the_history_names_their_terms()
    {
        Recipe recipe = Toys.Recipe.With(new RandomErasing()).With(new MultiDilation { Rates = [1, 2] }).With(new FeatureErasing())
            .With(new Equivariance()).With(new LogitPenalty { Weight = 0.1 }) with
        { Epochs = 1 };
        using TrainedClassifier trained = ClassifierTrainer.Train(recipe, Toys.BlobSplits(8), Toys.Run(_folder));
        IReadOnlyDictionary<string, double> losses = Assert.Single(trained.History.Epochs).Losses;
        Assert.Equal(["Equivariance: ER", "LogitPenalty: size", "classification", "total"], losses.Keys.Order(StringComparer.Ordinal));
        Assert.All(losses.Values, loss => Assert.True(loss > 0 && double.IsFinite(loss)));
        Assert.Equal(losses.Where(term => term.Key != "total").Sum(term => term.Value), losses["total"], 1e-5);
        Assert.Contains("head.block2.conv.weight", trained.Network.state_dict().Keys);
        Assert.Contains("head.branch2.branchB.conv.weight", trained.Network.state_dict().Keys);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void No_tensor_survives_their_training(int which)
    {
        Technique[] techniques =
        [
            new RandomErasing(), new MultiDilation { Rates = [1, 2] }, new Equivariance(), new Mixup(), new FeatureErasing(),
        ];
        Recipe recipe = Toys.Recipe.With(techniques[which]) with { Epochs = 1 };
        long before = Toys.LiveTensors;
        ClassifierTrainer.Train(recipe, Toys.BlobSplits(8), Toys.Run(_folder)).Dispose();
        Assert.Equal(before, Toys.LiveTensors);
    }
}
