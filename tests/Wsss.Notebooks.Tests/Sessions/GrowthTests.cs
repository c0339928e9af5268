using TorchSharp;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Sessions;

public sealed class GrowthTests
{
    /// <summary>The environment variable with the number of cells (eng/growth.sh).</summary>
    private const string CellsVariable = "WSSS_GROWTH_CELLS";

    private static readonly int Cells = int.Parse(Environment.GetEnvironmentVariable(CellsVariable) ?? "60");

    [Fact]
    public async Task Cells_that_keep_nothing_leave_no_tensor_and_no_more_memory_than_their_code()
    {
        using var folder = new TemporaryFolder();
        using var session = new NotebookSession(new SessionOptions { BaseFolder = folder.Path });
        var marks = new List<(long Tensors, long Bytes)>();
        for (int i = 1; i <= Cells; i++)
        {
            var result = await session.ExecuteAsync(
                "using (TorchSharp.torch.NewDisposeScope()) { var a = TorchSharp.torch.ones(1 << 20); Console.WriteLine((a * 2 + "
                    + "a).sum().item<float>()); }",
                _ => { },
                TestContext.Current.CancellationToken
            );
            Assert.Null(result.Error);
            if (i == Cells / 4 || i == Cells)
                marks.Add(Measure());
        }
        double perCell = (marks[1].Bytes - marks[0].Bytes) / 1e6 / (Cells - Cells / 4);
        string found =
            $"{Cells} cells: {marks[1].Tensors - marks[0].Tensors} tensors more, {perCell:0.00} MB a cell (from {marks[0].Bytes / 1e6:0} "
                + "MB)";
        TestContext.Current.TestOutputHelper?.WriteLine(found);
        // A cell's compiled code stays as long as its session, 2 to 4 MB with what the collector holds; its 12 MB of tensors do not.
        Assert.True(marks[1].Tensors == marks[0].Tensors && perCell < 6, found);
    }

    private static (long Tensors, long Bytes) Measure()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(2, GCCollectionMode.Aggressive);
        return (torch.Tensor.TotalCount, Environment.WorkingSet);
    }
}
