using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Sessions;

public sealed class StrayErrorsTests : IDisposable
{
    private readonly NotebookSession _session = new(new SessionOptions());
    private readonly List<CellOutput> _outputs = [];

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("new Thread(() => throw new Exception(\"boom\")).Start();")]
    [InlineData("new Thread(Fail).Start(); void Fail() { int[] none = []; throw new Exception($\"boom {none.Length}\"); }")]
    [InlineData("new Thread(Wsss.Notebooks.Tests.Sessions.FailingLibrary.Fail).Start();")]
    [InlineData("var once = new Timer(_ => throw new Exception(\"boom\"), null, 0, Timeout.Infinite);")]
    [InlineData("ThreadPool.QueueUserWorkItem(_ => throw new Exception(\"boom\"));")]
    [InlineData("ThreadPool.UnsafeQueueUserWorkItem(_ => throw new Exception(\"boom\"), null); Console.Error.Write(\"boom\");")]
    [InlineData("_ = Task.Run(() => V()); async void V() { await Task.Yield(); throw new Exception(\"boom\"); }")]
    [InlineData("async void V() { await Task.Yield(); throw new Exception(\"boom\"); } V();")]
    public async Task What_a_cell_has_started_fails_as_text_and_the_session_goes_on(string code)
    {
        using var stop = new CancellationTokenSource();
        Task<CellResult> running = _session.ExecuteAsync(code + "\nawait Task.Delay(-1);", Take, stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Contains("boom", Assert.IsType<StreamOutput>(Assert.Single(_outputs)).Text, StringComparison.Ordinal);
        Assert.Null((await _session.ExecuteAsync("1", _ => { }, TestContext.Current.CancellationToken)).Error);

        void Take(CellOutput output)
        {
            _outputs.Add(output);
            if (output is StreamOutput { Name: "stderr" }) stop.Cancel();
        }
    }

    [Fact]
    public async Task The_text_says_where_it_was()
    {
        await Run("void Fail()\n{\n  throw new InvalidOperationException(\"deep\");\n}");
        await Run("var thread = new Thread(Fail); thread.Start(); thread.Join();");
        string text = Assert.IsType<StreamOutput>(Assert.Single(_outputs)).Text;
        Assert.Contains("System.InvalidOperationException: deep\n", text, StringComparison.Ordinal);
        Assert.Contains("In[1], line 3", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_earlier_cell_left_to_fail_does_not_disturb_the_one_that_runs()
    {
        await Run("var gate = new TaskCompletionSource(); async void V() { await gate.Task; throw new Exception(\"boom\"); } V();");
        await Run("int sum = 0; gate.SetResult(); for (int i = 0; i < 5; i++) { await Task.Delay(1); sum += i; }");
        Assert.Contains("boom", Assert.IsType<StreamOutput>(Assert.Single(_outputs)).Text, StringComparison.Ordinal);
        await Run("sum");
        Assert.Equal("10", Assert.IsType<ResultOutput>(Assert.Single(_outputs)).Data[MimeBundle.Text]);
    }

    [Fact]
    public async Task Threads_that_an_interrupt_stops_say_nothing()
    {
        using var stop = new CancellationTokenSource();
        const string Code = "var thread = new Thread(() => { while (true) ; }); thread.Start();\nvar parallel = new Thread(() => "
            + "Parallel.For(0, 2, i => { while (true) ; })); parallel.Start(); Console.Write(\"begun\"); while (true) ;";
        Task<CellResult> running = _session.ExecuteAsync(Code, _ => stop.CancelAfter(30), stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Run("thread.Join(); parallel.Join();");
        Assert.Empty(_outputs);
    }

    private async Task Run(string code)
    {
        _outputs.Clear();
        CellResult result = await _session.ExecuteAsync(code, _outputs.Add, TestContext.Current.CancellationToken);
        Assert.True(result.Error is null, result.Error?.ToString());
    }
}

/// <summary>Stands for code of a library, of which no frame is a cell's.</summary>
public static class FailingLibrary
{
    public static void Fail() => throw new InvalidOperationException("boom");
}
