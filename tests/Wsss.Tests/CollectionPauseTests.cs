using System.Runtime;
using static TorchSharp.torch;

namespace Wsss.Tests;

public sealed class CollectionPauseTests
{
    [Fact]
    public void Nothing_is_collected_before_the_last_pause_ends()
    {
        var (outer, inner) = (CollectionPause.Begin(), CollectionPause.Begin());
        outer.Dispose();
        var garbage = Forgotten();
        int before = GC.CollectionCount(0);
        for (int i = 0; i < 1000; i++) _ = new byte[10_000];
        Assert.Equal(before, GC.CollectionCount(0));
        Assert.True(garbage.IsAlive);
        inner.Dispose();
        Assert.NotEqual(GCLatencyMode.NoGCRegion, GCSettings.LatencyMode);
        GC.Collect();
        Assert.False(garbage.IsAlive);
    }

    [Fact]
    public void Threads_that_allocate_more_than_it_holds_end_it_without_an_error()
    {
        using var pause = CollectionPause.Begin();
        for (int i = 0; i < 400; i++) _ = new byte[1 << 20];
        Assert.NotEqual(GCLatencyMode.NoGCRegion, GCSettings.LatencyMode);
    }

    [Fact]
    public void Garbage_does_not_gather_over_many_pauses()
    {
        for (int step = 0; step < 100; step++)
        {
            using var pause = CollectionPause.Begin();
            for (int i = 0; i < 20; i++) _ = new byte[1 << 20];
        }
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: false), 0, 1L << 30);
    }

    // Without the pauses libtorch fails, computes other numbers or ends the process here within a second.
    [Fact]
    public void Numbers_given_to_operators_survive_a_thread_that_makes_garbage()
    {
        using var done = new CancellationTokenSource();
        var litter = new Thread(() =>
        {
            for (int i = 0; !done.IsCancellationRequested; i++)
            {
                _ = new byte[20_000];
                if (i % 200 == 0) Thread.Sleep(1);
            }
        });
        litter.Start();
        try
        {
            using var scope = NewDisposeScope();
            Tensor p = zeros(50_000), unit = ones(50_000);
            for (int step = 0; step < 60; step++)
            {
                using var pause = CollectionPause.Begin();
                using var stepScope = NewDisposeScope();
                for (int i = 0; i < 50; i++)
                {
                    p.zero_();
                    p.add_(unit, alpha: 0.5).mul_(4.0).add_(1.0).addcmul_(unit, unit, value: 2.0);
                    Assert.Equal(5, p[7].item<float>());
                }
            }
        }
        finally
        {
            done.Cancel();
            litter.Join();
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference Forgotten() => new(new object());
}
