namespace Wsss.Tests;

/// <summary>libtorch's threads for a test or a part of one; afterwards one again, as all tests have.</summary>
internal sealed class OnThreads : IDisposable
{
    public OnThreads(int count) => TorchRuntime.UseThreads(count);

    public void Dispose() => TorchRuntime.UseThreads(1);
}
