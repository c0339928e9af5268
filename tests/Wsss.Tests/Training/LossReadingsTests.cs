using TorchSharp;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Training;

public sealed class LossReadingsTests
{
    [Fact]
    public void Steps_are_read_together_in_their_order()
    {
        using var scope = NewDisposeScope();
        using var readings = new LossReadings(stepsTogether: 2);
        readings.Add(4, ["a", "b"], 0.5, [("x", tensor(1f)), ("y", tensor(2f))], tensor(3f));
        readings.Add(4, ["c", "d"], 0.5, [("x", tensor(5f))], tensor(5f));
        Assert.False(readings.IsDue);
        readings.Add(5, ["e"], 1, [("x", tensor(7f)), ("y", tensor(float.NaN))], tensor(float.NaN));
        Assert.True(readings.IsDue);

        var read = readings.Read();
        Assert.Equal([4, 4, 5], read.Select(loss => loss.Step));
        Assert.Equal([3, 5, double.NaN], read.Select(loss => loss.Total));
        Assert.Equal(new Dictionary<string, double> { ["x"] = 1, ["y"] = 2 }, read[0].Terms);
        Assert.Equal(["c", "d"], read[1].Images);
        Assert.Equal(0.5, read[1].Share);
        Assert.Equal(new Dictionary<string, double> { ["x"] = 7, ["y"] = double.NaN }, read[2].Terms);
        Assert.Empty(readings.Read());
        Assert.False(readings.IsDue);
    }

    [Fact]
    public void On_the_cpu_each_step_is_read_and_on_a_device_many_together()
    {
        Assert.True(IsDueAfter(LossReadings.On(DeviceType.CPU), 1));
        Assert.False(IsDueAfter(LossReadings.On(DeviceType.CUDA), 19));
        Assert.True(IsDueAfter(LossReadings.On(DeviceType.CUDA), 20));

        static bool IsDueAfter(LossReadings readings, int steps)
        {
            using var scope = NewDisposeScope();
            for (int step = 0; step < steps; step++) readings.Add(step, ["a"], 1, [("x", tensor(1f))], tensor(1f));
            bool due = readings.IsDue;
            readings.Dispose();
            return due;
        }
    }

    [Fact]
    public void What_is_kept_does_not_hold_the_graph_of_its_loss()
    {
        using var scope = NewDisposeScope();
        using var readings = new LossReadings(stepsTogether: 1);
        Tensor weight = tensor(2f, requires_grad: true), loss = weight * weight;
        readings.Add(0, ["a"], 1, [("x", loss)], loss);
        loss.backward();
        Assert.Equal(4, weight.grad!.item<float>());
        Assert.Equal(4, readings.Read()[0].Total);
    }
}
