using System.Collections.Concurrent;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Tests.Data;
using static TorchSharp.torch;

namespace Wsss.Tests;

public sealed class ImagesInParallelTests : IDisposable
{
    private const int Threads = 2;

    private readonly OnThreads _threads = new(Threads);

    public void Dispose() => _threads.Dispose();

    [Fact]
    public void Results_come_in_order_whichever_is_ready_first()
    {
        int[] found = [.. ImagesInParallel.Select(Enumerable.Range(0, 40), _ => 1, CPU, i =>
        {
            if (i % 3 == 0) Thread.Sleep(5);
            return i * i;
        })];

        Assert.Equal(Enumerable.Range(0, 40).Select(i => i * i), found);
    }

    [Fact]
    public void Two_images_are_worked_on_at_once_each_with_its_share_of_the_threads()
    {
        using var both = new Barrier(2);

        // Neither passes the barrier alone.
        var found = ImagesInParallel.Select(Enumerable.Range(0, 6), _ => 1, CPU, _ =>
            (both.SignalAndWait(TimeSpan.FromSeconds(30)), get_num_threads(), Environment.CurrentManagedThreadId)).ToArray();

        Assert.All(found, item => Assert.Equal((true, 1), (item.Item1, item.Item2)));
        Assert.Equal(2, found.Select(item => item.CurrentManagedThreadId).Distinct().Count());
        Assert.Equal(Threads, get_num_threads());
    }

    [Fact]
    public void Threads_that_start_later_have_the_callers_number_of_threads()
    {
        Assert.Equal(3, ImagesInParallel.Select([1, 2, 3], _ => 1, CPU, i => i).Count());

        int later = 0;
        var thread = new Thread(() => later = get_num_threads());
        thread.Start();
        thread.Join();
        Assert.Equal(Threads, later);
    }

    [Fact]
    public void A_large_image_is_worked_on_by_the_calling_thread_with_all_of_its_threads()
    {
        long[] pixels = [10, 1_000_000, 1_000_001, 10];

        var found = ImagesInParallel.Select(
            pixels, size => size, CPU, _ => (get_num_threads(), Environment.CurrentManagedThreadId)).ToArray();

        int caller = Environment.CurrentManagedThreadId;
        Assert.Equal([1, 1, Threads, 1], found.Select(item => item.Item1));
        Assert.Equal([false, false, true, false], found.Select(item => item.CurrentManagedThreadId == caller));
    }

    [Fact]
    public void With_one_thread_the_calling_thread_works_and_item_by_item()
    {
        TorchRuntime.UseThreads(1);
        int taken = 0;
        var items = Enumerable.Range(0, 5).Select(i =>
        {
            taken++;
            return i;
        });

        using var found = ImagesInParallel.Select(items, _ => 1, CPU, _ => Environment.CurrentManagedThreadId).GetEnumerator();

        Assert.True(found.MoveNext());
        Assert.Equal((1, Environment.CurrentManagedThreadId), (taken, found.Current));
    }

    [Fact]
    public void An_error_of_the_work_is_raised_where_its_image_is_due()
    {
        var seen = new List<int>();

        var results = ImagesInParallel.Select(
            Enumerable.Range(0, 9), _ => 1, CPU, i => i == 4 ? throw new DataSetException("the fourth") : i);
        var error = Assert.Throws<DataSetException>(() => Follow(results, seen));

        Assert.Equal("the fourth", error.Message);
        Assert.Equal([0, 1, 2, 3], seen);
    }

    [Fact]
    public void An_error_of_an_image_is_raised_after_the_images_before_it()
    {
        var seen = new List<int>();
        var items = Enumerable.Range(0, 9).Select(i => i == 4 ? throw new ImageFileException("broken") : i);

        Assert.Throws<ImageFileException>(() => Follow(ImagesInParallel.Select(items, _ => 1, CPU, i => i), seen));

        Assert.Equal([0, 1, 2, 3], seen);
    }

    [Fact]
    public void Whoever_stops_early_waits_for_the_work_at_hand_and_no_more_is_begun()
    {
        var begun = new ConcurrentBag<int>();
        int working = 0;
        var results = ImagesInParallel.Select(Enumerable.Range(0, 1000), _ => 1, CPU, i =>
        {
            Interlocked.Increment(ref working);
            begun.Add(i);
            Thread.Sleep(2);
            Interlocked.Decrement(ref working);
            return i;
        });

        Assert.Equal([0, 1], results.Take(2));

        Assert.Equal(0, Volatile.Read(ref working));
        Assert.InRange(begun.Count, 2, 2 + Threads + 1);
    }

    [Fact]
    public void Maps_are_bit_for_bit_those_of_one_thread()
    {
        random.manual_seed(5);
        using Classifier network = Toys.Recipe.CreateClassifier(["a", "b", "c"]);
        network.eval();
        using var folder = new TempFolder();
        MaskedSample[] samples = [.. Enumerable.Range(0, 12).Select(i => new MaskedSample($"{i}", Toys.Noise(40 + i % 3, 30, i), [0, 2]))];
        var inference = new MapInference { Scales = [0.5, 1], Extractor = new LayerCam() };
        float[][] Maps(int threads)
        {
            TorchRuntime.UseThreads(threads);
            var source = new HandMadeSource(["a", "b", "c"], samples);
            return [.. inference.Run(network, source, Toys.Run(folder)).Select(pair => pair.Maps.Values)];
        }

        Assert.Equal(Maps(1), Maps(Threads));
    }

    private static void Follow(IEnumerable<int> results, List<int> seen)
    {
        foreach (int result in results) seen.Add(result);
    }
}
