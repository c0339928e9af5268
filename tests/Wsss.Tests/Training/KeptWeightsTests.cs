using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Training;

public sealed class KeptWeightsTests
{
    [Theory]
    [InlineData(new[] { 0.5, 0.5, 0.5 }, 1)]
    [InlineData(new[] { 0.2, 0.5, 0.4, 0.5 }, 2)]
    public void An_epoch_that_is_only_as_good_as_the_best_is_neither_kept_nor_waited_for(double[] scores, int best)
    {
        using var scope = NewDisposeScope();
        using var network = nn.Linear(1, 1, hasBias: false);
        using var kept = new KeptWeights(Toys.Recipe with { Patience = 2 }, network);
        var epochs = new List<EpochRecord>();
        foreach (double score in scores)
        {
            Assert.False(kept.IsOver(epochs));
            int epoch = epochs.Count + 1;
            epochs.Add(new EpochRecord(epoch, new Dictionary<string, double>(), new Dictionary<string, double> { ["mAP"] = score }, 0));
            Toys.Set(network.weight!, epoch);
            kept.EpochDone(epochs);
        }
        Assert.True(kept.IsOver(epochs));
        Assert.Equal(best, kept.Finish(epochs).Kept);
        Assert.Equal([best], Toys.Values(network.weight!));
    }
}
