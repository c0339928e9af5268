using System.Diagnostics;
using Wsss.Data;
using Wsss.Refinement;
using static TorchSharp.torch;

namespace Wsss.Tests.Refinement;

public sealed class SparseMatrixTests
{
    [Theory]
    [MemberData(nameof(Devices.All), MemberType = typeof(Devices))]
    public void As_many_columns_in_each_row(string device)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new float[] { 1, 10, 2, 20, 3, 30 }, 3, 2).to(device);
        var columns = tensor(new long[] { 0, 1, 2, 2 }, 2, 2).to(device);
        var weights = tensor(new float[] { 1, .5f, 2, 1 }, 2, 2).to(device);

        using var matrix = new SparseMatrix(columns, weights);
        Assert.Equal([2, 20, 9, 90], Toys.Values(matrix.Times(values)));
        Assert.Equal([2, 9], Toys.Values(matrix.Times(values.narrow(1, 0, 1).contiguous())));
        using var halved = matrix.With(weights / 2);
        Assert.Equal([1, 10, 4.5f, 45], Toys.Values(halved.Times(values)));
        Assert.Equal([1, 4.5f], Toys.Values(halved.Times(values.narrow(1, 0, 1).contiguous())));
    }

    [Theory]
    [MemberData(nameof(Devices.All), MemberType = typeof(Devices))]
    public void Any_number_of_columns_in_each_row_none_too(string device)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new float[] { 1, 10, 2, 20, 3, 30 }, 3, 2).to(device);
        var columns = tensor(new long[] { 0, 1, 2, 2 }).to(device);
        var weights = tensor(new float[] { 1, .5f, 2, 1 }).to(device);
        var bounds = tensor(new long[] { 0, 0, 3, 4 }).to(device);

        using var matrix = new SparseMatrix(columns, weights, bounds);
        Assert.Equal([0, 0, 8, 80, 3, 30], Toys.Values(matrix.Times(values)));
        Assert.Equal([0, 8, 3], Toys.Values(matrix.Times(values.narrow(1, 0, 1).contiguous())));
        using var doubled = matrix.With(weights * 2);
        Assert.Equal([0, 0, 16, 160, 6, 60], Toys.Values(doubled.Times(values)));
    }

    [Theory]
    [MemberData(nameof(Devices.All), MemberType = typeof(Devices))]
    public void Rows_of_hundreds_of_columns(string device)
    {
        using var scope = NewDisposeScope();
        long[] lengths = [1, 63, 64, 0, 65, 300, 2, 128];
        long[] bounds = [0, .. lengths.Select((_, i) => lengths.Take(i + 1).Sum())];
        // Small whole numbers, whose sums are exact in any order.
        var random = SeededRandom.For(1);
        long[] columns = [.. Enumerable.Range(0, (int)bounds[^1]).Select(_ => (long)random.Next(50))];
        float[] weights = [.. columns.Select(_ => (float)random.Next(5))], values = [.. Enumerable.Range(0, 50).Select(i => (float)i)];
        float[] expected = [.. lengths.Index().Select(row => Enumerable.Range((int)bounds[row.Index], (int)row.Item)
            .Sum(entry => weights[entry] * values[columns[entry]]))];
        using var matrix = new SparseMatrix(tensor(columns).to(device), tensor(weights).to(device), tensor(bounds).to(device));

        Assert.Equal(expected, Toys.Values(matrix.Times(tensor(values).unsqueeze(1).to(device))));
    }

    [Fact]
    public void No_random_number_is_drawn()
    {
        using var scope = NewDisposeScope();
        var (values, columns, weights) = (ones(100, 5), zeros(40, 3, int64), ones(40, 3));
        random.manual_seed(1);
        float expected = rand(1).item<float>();
        random.manual_seed(1);
        using var regular = new SparseMatrix(columns, weights);
        regular.Times(values);
        using var ragged = new SparseMatrix(columns.flatten(), weights.flatten(), tensor(new long[] { 0, 120 }));
        ragged.Times(values);

        Assert.Equal(expected, rand(1).item<float>());
    }

    [Fact]
    public void Nothing_is_left_of_products()
    {
        const int repeats = 100, rows = 100_000, columnsOfValues = 20;
        using var values = ones(rows, columnsOfValues); // 8 MB
        using var one = ones(rows, 1);
        using var columns = zeros(10, 3, int64);
        using var weights = ones(10, 3);
        using var list = zeros(30, int64);
        using var listWeights = ones(30);
        using var bounds = tensor(new long[] { 0, 30 });
        long before = Toys.LiveTensors;
        Multiply();
        using var process = Process.GetCurrentProcess();
        long memory = process.WorkingSet64;
        for (int i = 0; i < repeats; i++) Multiply();
        process.Refresh();

        Assert.Equal(before, Toys.LiveTensors);
        Assert.True(process.WorkingSet64 - memory < repeats * rows * columnsOfValues * sizeof(float) / 4);

        void Multiply()
        {
            using var regular = new SparseMatrix(columns, weights);
            using var ragged = new SparseMatrix(list, listWeights, bounds);
            using var other = regular.With(weights);
            foreach (SparseMatrix matrix in (SparseMatrix[])[regular, ragged, other])
            {
                matrix.Times(values).Dispose();
                matrix.Times(one).Dispose();
            }
        }
    }
}
