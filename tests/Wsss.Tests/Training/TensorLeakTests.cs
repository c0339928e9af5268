using Wsss.Data;
using Wsss.Segmentation;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Training;

public sealed class TensorLeakTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Six_trainings_one_after_the_other_leave_no_tensor()
    {
        var data = Toys.BlobSplits();
        (long Live, long Counted) before = (Toys.LiveTensors, Tensor.TotalCount);
        for (int i = 0; i < 6; i++)
        {
            RunContext run = Toys.Run(_folder, $"{i}");
            using var classifier = ClassifierTrainer.Train(Toys.Recipe with { Epochs = 1 }, data, run);
            using var segmenter = SegmenterTrainer.Train(
                Toys.SegmenterRecipe with { Epochs = 1 }, new TargetSource(data.Train), data.Validation, run);
            before.Counted += classifier.Network.parameters().Count() + segmenter.Network.parameters().Count();
        }
        Assert.Equal(before.Live, Toys.LiveTensors);
        // Of all threads. TorchSharp's count keeps one for each parameter that was made; the next test says that it is the count alone.
        Assert.InRange(Tensor.TotalCount, 0, before.Counted);
    }

    [Fact]
    public void A_disposed_parameter_gives_its_memory_back()
    {
        const int Megabytes = 4, Count = 400;
        void MakeAndDispose() => TorchSharp.torch.nn.Parameter(ones(Megabytes << 18)).Dispose();
        MakeAndDispose();
        long before = Environment.WorkingSet;
        for (int i = 0; i < Count; i++) MakeAndDispose();
        Assert.InRange((Environment.WorkingSet - before) >> 20, long.MinValue >> 20, Megabytes * Count / 4);
    }
}
