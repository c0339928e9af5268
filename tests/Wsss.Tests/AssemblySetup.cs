using TorchSharp;

[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
[assembly: AssemblyFixture(typeof(Wsss.Tests.AssemblySetup))]

namespace Wsss.Tests;

/// <summary>
/// One test at a time on one libtorch thread: bits are reproducible, and no two tests count each other's tensors or share
/// libtorch's generator.
/// </summary>
public sealed class AssemblySetup
{
    /// <summary>The environment variable that, set, has a thread collect garbage during all tests (eng/garbage-soak.sh).</summary>
    private const string GarbageVariable = "WSSS_TEST_GARBAGE";

    public AssemblySetup()
    {
        TorchRuntime.UseThreads(1);
        // The first calls make tensors that live on; they would be counted as leaks.
        torch.random.manual_seed(0);
        // Tensors come and go as tests work; those of a test without tensors are collected at leisure.
        if (Environment.GetEnvironmentVariable(GarbageVariable) is { Length: > 0 })
            _ = new CollectingThread(() => torch.Tensor.TotalCount, TimeSpan.FromMilliseconds(100));
    }
}
