using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Sessions;

public sealed class SessionThreadTests
{
    [Fact]
    public void What_is_posted_after_the_end_is_left_out()
    {
        var thread = new SessionThread();
        thread.Dispose();
        bool ran = false;
        thread.Post(_ => ran = true, null);
        Assert.False(ran);
    }

    [Fact]
    public async Task Work_that_has_not_begun_is_called_off_at_once()
    {
        using var thread = new SessionThread();
        using var release = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        Task<bool> occupying = thread.RunAsync(() => release.Wait(Timeout.Infinite, CancellationToken.None), CancellationToken.None);
        bool ran = false;
        Task<bool> waiting = thread.RunAsync(() => ran = true, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        release.Set();
        await occupying;
        Assert.Equal(2, await thread.RunAsync(() => 2, CancellationToken.None));
        Assert.False(ran);
    }
}
