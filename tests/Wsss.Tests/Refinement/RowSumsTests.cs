using System.Diagnostics;
using Wsss.Refinement;
using static TorchSharp.torch;

namespace Wsss.Tests.Refinement;

public sealed class RowSumsTests
{
    [Theory]
    [MemberData(nameof(Devices.All), MemberType = typeof(Devices))]
    public void As_many_rows_for_each_sum(string device)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new float[] { 1, 10, 2, 20, 3, 30 }, 3, 2).to(device);
        var rows = tensor(new long[] { 0, 1, 2, 2 }, 2, 2).to(device);
        var weights = tensor(new float[] { 1, .5f, 2, 1 }, 2, 2).to(device);

        Assert.Equal([2, 20, 9, 90], Toys.Values(RowSums.Of(values, rows, weights)));
        Assert.Equal([2, 9], Toys.Values(RowSums.Of(values.narrow(1, 0, 1).contiguous(), rows, weights)));
    }

    [Theory]
    [MemberData(nameof(Devices.All), MemberType = typeof(Devices))]
    public void Any_number_of_rows_for_each_sum_none_too(string device)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new float[] { 1, 10, 2, 20, 3, 30 }, 3, 2).to(device);
        var rows = tensor(new long[] { 0, 1, 2, 2 }).to(device);
        var weights = tensor(new float[] { 1, .5f, 2, 1 }).to(device);
        var bounds = tensor(new long[] { 0, 0, 3, 4 }).to(device);

        Assert.Equal([0, 0, 8, 80, 3, 30], Toys.Values(RowSums.Of(values, rows, weights, bounds)));
        Assert.Equal([0, 8, 3], Toys.Values(RowSums.Of(values.narrow(1, 0, 1).contiguous(), rows, weights, bounds)));
    }

    [Fact]
    public void No_random_number_is_drawn()
    {
        using var scope = NewDisposeScope();
        var (values, rows, weights) = (ones(100, 5), zeros(40, 3, int64), ones(40, 3));
        random.manual_seed(1);
        float expected = rand(1).item<float>();
        random.manual_seed(1);
        RowSums.Of(values, rows, weights);
        RowSums.Of(values, rows.flatten(), weights.flatten(), tensor(new long[] { 0, 120 }));

        Assert.Equal(expected, rand(1).item<float>());
    }

    [Fact]
    public void Nothing_is_left_of_a_sum()
    {
        const int repeats = 100, rowsOfValues = 100_000, columns = 20;
        using var values = ones(rowsOfValues, columns); // 8 MB
        using var rows = zeros(10, 3, int64);
        using var weights = ones(10, 3);
        long before = Toys.LiveTensors;
        RowSums.Of(values, rows, weights).Dispose();
        using var process = Process.GetCurrentProcess();
        long memory = process.WorkingSet64;
        for (int i = 0; i < repeats; i++) RowSums.Of(values, rows, weights).Dispose();
        process.Refresh();

        Assert.Equal(before, Toys.LiveTensors);
        Assert.True(process.WorkingSet64 - memory < repeats * rowsOfValues * columns * sizeof(float) / 4);
    }
}
