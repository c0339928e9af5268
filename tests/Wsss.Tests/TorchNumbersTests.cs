using static TorchSharp.torch;

namespace Wsss.Tests;

public sealed class TorchNumbersTests
{
    [Fact]
    public void Programs_get_the_TorchSharp_that_keeps_its_numbers() => Assert.True(TorchRuntime.KeepsNumbers);

    // With TorchSharp as it is packed libtorch fails, computes other numbers or ends the process here within a second.
    [Fact]
    public void Numbers_given_to_operators_survive_a_thread_that_collects_garbage()
    {
        using var done = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!done.IsCancellationRequested) GC.Collect(0);
        });
        collector.Start();
        try
        {
            using var scope = NewDisposeScope();
            Tensor p = zeros(5_000), unit = ones(5_000);
            for (int step = 0; step < 600; step++)
            {
                using var stepScope = NewDisposeScope();
                for (int i = 0; i < 10; i++)
                {
                    p.zero_();
                    p.add_(unit, alpha: 0.5).mul_(4.0).add_(1.0).addcmul_(unit, unit, value: 2.0);
                    Assert.Equal(11, (p + unit * 3.0 + unit * 3.0)[7].item<float>());
                }
            }
        }
        finally
        {
            done.Cancel();
            collector.Join();
        }
    }
}
