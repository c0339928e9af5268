using System.Diagnostics;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Wsss.Tests;

public sealed class TorchNumbersTests
{
    private int _round;

    [Fact]
    public void Programs_get_the_TorchSharp_that_keeps_its_numbers() => Assert.True(TorchRuntime.KeepsNumbers);

    // With TorchSharp as it is packed libtorch fails, computes other numbers or ends the process here within a second.
    [Fact]
    public void Numbers_given_to_operators_survive_a_thread_that_collects_garbage()
    {
        using var collector = new CollectingThread(() => Volatile.Read(ref _round), Timeout.InfiniteTimeSpan);
        using Tensor ones = full(200_000, 1, dtype: int32), halves = full(200_000, 0.5f);
        long start = Stopwatch.GetTimestamp();
        // The time ends the work on a machine that is busy with other things; fewer rounds are no fault.
        while (_round < 2_000 && Stopwatch.GetElapsedTime(start).TotalSeconds < 10)
        {
            Assert.Equal(8.5, Round(ones, halves));
            Volatile.Write(ref _round, _round + 1);
        }
    }

    // Whole numbers become float32 before libtorch looks at the number: time for it to vanish. Code that is not optimised would keep
    // the number for as long as this method runs.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Round(Tensor ones, Tensor halves)
    {
        using var scope = NewDisposeScope();
        return (ones.add(halves, alpha: 3.0) * 2.0 + ones + halves * 5.0)[7].item<float>();
    }
}
