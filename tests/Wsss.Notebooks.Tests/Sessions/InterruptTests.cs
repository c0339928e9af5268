using System.Diagnostics;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Sessions;

/// <remarks>
/// The environment variable <c>WSSS_INTERRUPT_REPEATS</c> interrupts each cell that often, at other moments each time, in the
/// same process; <c>eng/interrupt-soak.sh</c> sets it.
/// </remarks>
public sealed class InterruptTests(InterruptTests.SharedSession shared) : IClassFixture<InterruptTests.SharedSession>
{
    private static readonly int Repeats = int.Parse(Environment.GetEnvironmentVariable("WSSS_INTERRUPT_REPEATS") ?? "1");

    private readonly List<CellOutput> _outputs = [];

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("while (true) ;")]
    [InlineData("for (;;);")]
    [InlineData("do ; while (true);")]
    [InlineData("for (;;) while (true) if (Environment.TickCount == 1.5) break;")]
    [InlineData("again: goto again;")]
    [InlineData("switch (1) { case 1: goto case 1; }")]
    [InlineData("IEnumerable<int> Endless() { for (;;) yield return 1; }\nforeach (int one in Endless()) ;")]
    [InlineData("long Fibonacci(int n) => n < 2 ? n : Fibonacci(n - 1) + Fibonacci(n - 2);\nFibonacci(90)")]
    [InlineData("void Outer() { long Inner(int n) { return n < 2 ? n : Inner(n - 1) + Inner(n - 2); } Inner(90); }\nOuter();")]
    [InlineData(
        "class Tree { public Tree[] Leaves => [new(), new()]; public int Count(int depth) => depth == 0 ? 1 : Leaves.Sum(l => "
            + "l.Count(depth - 1)); }\nnew Tree().Count(60)"
    )]
    [InlineData("Enumerable.InfiniteSequence(0, 0).All(x => x == 0)")]
    [InlineData("Enumerable.InfiniteSequence(0, 0).Where(x => { return x > 0; }).First()")]
    [InlineData("Func<int> spin = delegate { while (true) ; };\nspin();")]
    [InlineData("Parallel.For(0, 4, i => { while (true) ; });")]
    [InlineData("Task.Run(() => { while (true) ; }).Wait();")]
    [InlineData("await Task.Run(() => { while (true) ; });")]
    [InlineData("while (true) try { while (true) ; } catch { }")]
    [InlineData("Thread.Sleep(-1);")]
    [InlineData("System.Threading.Thread.Sleep(Timeout.InfiniteTimeSpan);")]
    [InlineData("await Task.Delay(-1);")]
    [InlineData("async Task<int> Late() { await Task.Delay(-1); return 1; }\nawait Late()")]
    [InlineData("Task.Delay(-1).Wait();")]
    [InlineData("Task.Delay(-1).GetAwaiter().GetResult();")]
    [InlineData("new TaskCompletionSource<int>().Task.Result")]
    [InlineData("Task.WaitAll(Task.Delay(-1), Task.Delay(-1));")]
    [InlineData("new SemaphoreSlim(0).Wait();")]
    [InlineData("new System.Collections.Concurrent.BlockingCollection<int>().Take()")]
    [InlineData("Console.Write($\"{await Task.FromResult(1)} {Task.FromResult(2).Result:0.0}\"); while (true) ;")]
    [InlineData("new Thread(() => { while (true) Thread.Sleep(1); }) { IsBackground = true }.Start(); while (true) ;")]
    [InlineData("var timer = new Timer(_ => { while (true) ; }, null, 0, Timeout.Infinite); while (true) await Task.Delay(5);")]
    [InlineData("async Task Late() { await Task.Delay(-1); }\nLate().Wait();")]
    [InlineData("Wsss.Notebooks.Tests.Sessions.EndlessTraining.Run(Wsss.RunContext.Open(\"cpu\"));")]
    public async Task A_cell_is_stopped_wherever_it_is_and_the_session_goes_on(string endless)
    {
        var random = new Random(1);
        for (int i = 0; i < Repeats; i++)
        {
            await Run($"int kept = {i};");
            TimeSpan taken = await Interrupted(endless, TimeSpan.FromMilliseconds(Repeats == 1 ? 30 : random.Next(30)));
            Assert.InRange(taken.TotalSeconds, 0, 10);
            Assert.Equal($"{i}", await Value("kept"));
            // Each cell makes the compiler look through all before it.
            if (i % 20 == 19)
                shared.Renew();
        }
    }

    [Fact]
    public async Task An_interrupted_cell_cleans_up_and_its_variables_keep_what_they_hold()
    {
        await Run(
            "class Resource : IDisposable { public bool Freed; public void Dispose() { for (int i = 0; i < 3; i++) Freed = true; } }"
        );
        await Interrupted(
            "var resource = new Resource(); bool ended = false; int steps = 5;\ntry { using (resource) while (true) ; } finally { while "
                + "(!ended) ended = true; }"
        );
        Assert.Equal("True True 5", await Value("$\"{resource.Freed} {ended} {steps}\""));
        await Interrupted("ended = false;\ntry { await Task.Delay(-1); } finally { ended = true; }");
        Assert.Equal("True", await Value("ended"));
    }

    [Fact]
    public async Task Tasks_that_an_interrupted_cell_left_behind_stop_too()
    {
        await Interrupted(
            "int turns = 0; bool stopped = false;\n_ = Task.Run(() => { try { while (true) { Interlocked.Increment(ref turns); "
                + "Thread.Sleep(1); } } finally { stopped = true; } });\nwhile (true) ;"
        );
        Assert.Equal("True", await Value("for (int i = 0; i < 500 && !stopped; i++) Thread.Sleep(10);\nstopped"));
    }

    [Fact]
    public async Task An_interrupt_leaves_other_sessions_and_later_cells_alone()
    {
        using NotebookSession other = shared.New();
        using var never = new CancellationTokenSource();
        Task<CellResult> running = other.ExecuteAsync("int n = 0; while (n < 100) { n++; Thread.Sleep(10); }", _ => { }, never.Token);
        await Interrupted("while (true) ;");
        Assert.Equal("10", await Value("int m = 0; for (int i = 0; i < 10; i++) m++;\nm"));
        Assert.Null((await running).Error);
    }

    [Fact]
    public async Task An_object_of_an_earlier_cell_follows_the_cell_that_uses_it()
    {
        await Run("var run = Wsss.RunContext.Open(\"cpu\"); Action train = () => Wsss.Notebooks.Tests.Sessions.EndlessTraining.Run(run);");
        await Interrupted("train();");
        await Interrupted("await Task.Run(train);");
        Assert.Equal("False", await Value("run.Cancellation.IsCancellationRequested"));
    }

    [Fact]
    public async Task A_cell_that_does_not_stop_is_left_behind_and_the_session_says_that_it_is_lost()
    {
        using NotebookSession session = shared.New(TimeSpan.FromSeconds(0.5));
        using var stop = new CancellationTokenSource();
        Task<CellResult> running = session.ExecuteAsync(
            "display(1); new ManualResetEvent(false).WaitOne(); display(2);", _ => stop.Cancel(), stop.Token);
        var left = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Contains("did not stop within 0.5 s", left.Message, StringComparison.Ordinal);
        Assert.Equal(stop.Token, left.CancellationToken);
        var lost = await Assert.ThrowsAsync<NotebookException>(() => session.ExecuteAsync("1", _ => { }, CancellationToken.None));
        Assert.Contains("restart the session", lost.Message, StringComparison.Ordinal);
        var watch = Stopwatch.StartNew();
        session.Dispose();
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 2);
    }

    [Fact]
    public async Task A_cell_that_has_not_begun_is_called_off_without_loss()
    {
        using NotebookSession session = shared.New(TimeSpan.FromSeconds(3));
        using var release = new ManualResetEventSlim();
        Task<CellResult> occupying = session.InvokeAsync(
            () => release.Wait(CancellationToken.None), _ => { }, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        Task<CellResult> waiting = session.ExecuteAsync("1", _ => { }, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.False(session.IsLost);
        release.Set();
        Assert.Null((await occupying).Error);
        Assert.Equal(2, (await session.ExecuteAsync("1", _ => { }, CancellationToken.None)).ExecutionCount);
    }

    [Fact]
    public async Task Lines_of_exceptions_and_places_of_compile_errors_stay_true()
    {
        CellResult result = await Run(
            "int F(int n)\n  => n == 0\n    ? throw new InvalidOperationException(\"deep\")\n    : F(n - 1);\nfor (int i = 0; i < 1; "
                + "i++)\n  foreach (int j in new[] { 2 })\n    while (true)\n      F(j);",
            succeeds: false
        );
        CellError error = result.Error!;
        Assert.Equal(($"In[{result.ExecutionCount}]", 2, "deep"), (error.Cell, error.Line, error.Message));
        Assert.Contains($"  at {error.Cell}, line 8", error.Traceback);

        result = await Run("while (true) for (;;) { Thread.Sleep(1); int x = \"a\"; }", succeeds: false);
        error = result.Error!;
        Assert.StartsWith($"In[{result.ExecutionCount}], line 1, column 50: error CS0029", error.Traceback[0], StringComparison.Ordinal);
        Assert.Equal(
            ["    while (true) for (;;) { Thread.Sleep(1); int x = \"a\"; }", "    " + new string(' ', 49) + "^"],
            error.Traceback.Skip(1)
        );
    }

    [Fact]
    public async Task A_loaded_script_is_stopped_and_keeps_its_lines()
    {
        shared.Folder.File("helper.csx", "void Spin()\n{\n  while (true) ;\n}\nvoid Fail() { for (;;)\n  throw new Exception(\"x\"); }");
        await Run("#load \"helper.csx\"");
        await Interrupted("Spin();");
        CellError? error = (await Run("Fail();", succeeds: false)).Error;
        Assert.Equal(("helper.csx", 6), (error!.Cell, error.Line));
    }

    /// <summary>Interrupts the code a moment after it has begun; gives back how long it took to stop.</summary>
    private async Task<TimeSpan> Interrupted(string endless, TimeSpan? moment = null)
    {
        using var stop = new CancellationTokenSource();
        var watch = new Stopwatch();
        using var started = stop.Token.Register(watch.Start);
        Task<CellResult> running = shared.Session.ExecuteAsync(
            "display(0); " + endless, _ => stop.CancelAfter(moment ?? TimeSpan.FromMilliseconds(30)), stop.Token);
        OperationCanceledException stopped = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.DoesNotContain("did not stop", stopped.Message, StringComparison.Ordinal);
        return watch.Elapsed;
    }

    private async Task<CellResult> Run(string code, bool succeeds = true)
    {
        _outputs.Clear();
        CellResult result = await shared.Session.ExecuteAsync(code, _outputs.Add, TestContext.Current.CancellationToken);
        if (succeeds) Assert.True(result.Error is null, result.Error?.ToString());
        return result;
    }

    private async Task<string?> Value(string code)
    {
        await Run(code);
        return Assert.IsType<ResultOutput>(_outputs[^1]).Data[MimeBundle.Text];
    }

    /// <summary>One session outlives all the interrupts.</summary>
    public sealed class SharedSession : IDisposable
    {
        internal TemporaryFolder Folder { get; } = new();

        internal NotebookSession Session { get; private set; }

        public SharedSession() => Session = New();

        public void Renew()
        {
            Session.Dispose();
            Session = New();
        }

        internal NotebookSession New(TimeSpan? grace = null) =>
            new(new SessionOptions { BaseFolder = Folder.Path, InterruptGrace = grace ?? TimeSpan.FromSeconds(20) });

        public void Dispose()
        {
            Session.Dispose();
            Folder.Dispose();
        }
    }
}

/// <summary>Stands for work inside the library, whose loops no session rewrites.</summary>
public static class EndlessTraining
{
    public static void Run(RunContext run)
    {
        for (int step = 0; ; step++)
        {
            run.Report("train", step, long.MaxValue);
            Thread.Sleep(1);
        }
    }
}
