using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class OrderedPrefetchTests
{
    [Fact]
    public void Items_that_nobody_took_are_disposed_of()
    {
        const int capacity = 3;
        var made = new List<Item>();
        using var full = new CountdownEvent(capacity + 1);
        var prefetch = new OrderedPrefetch<Item>(10, capacity, workers: 1, i =>
        {
            var item = new Item();
            lock (made) made.Add(item);
            full.Signal();
            return item;
        });
        Item taken = prefetch.Next();
        Assert.True(full.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));

        prefetch.Dispose();

        Assert.Equal(capacity + 1, made.Count);
        Assert.All(made, item => Assert.Equal(item != taken, item.IsDisposed));
    }

    private sealed class Item : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
