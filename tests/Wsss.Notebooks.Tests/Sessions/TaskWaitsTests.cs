using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Sessions;

public sealed class TaskWaitsTests(TaskWaitsTests.Shared shared) : IClassFixture<TaskWaitsTests.Shared>
{
    private const string Methods =
        """
        async Task<int> F() { await Task.Delay(1); await Task.Yield(); return 7; }
        async Task G() { await Task.Yield(); throw new InvalidOperationException("deep"); }
        Task Never() => new TaskCompletionSource().Task;
        Task[] several = [F(), F()];

        """;

    [Theory]
    [InlineData("F().Result", "7")]
    [InlineData("F().GetAwaiter().GetResult()", "7")]
    [InlineData("Task<int> f = F(); f.Wait(); f.IsCompletedSuccessfully", "True")]
    [InlineData("F()\n  .Wait(Timeout.Infinite)", "True")]
    [InlineData("F().Wait(timeout: Timeout.InfiniteTimeSpan)", "True")]
    [InlineData("F().Wait(CancellationToken.None); 1", "1")]
    [InlineData("F().Wait(-1, CancellationToken.None)", "True")]
    [InlineData("Task.WaitAll(F(), F()); 1", "1")]
    [InlineData("Task.WaitAll(several); several.All(task => task.IsCompleted)", "True")]
    [InlineData("Task.WaitAll(new List<Task> { F() }); 1", "1")]
    [InlineData("Task.WaitAll(several, -1)", "True")]
    [InlineData("Task.WaitAny(Never(), F())", "1")]
    [InlineData("Task.WaitAny([F()], Timeout.InfiniteTimeSpan)", "0")]
    [InlineData("string.Join(' ', new[] { 1, 2 }.Select(_ => F().Result))", "7 7")]
    [InlineData("async Task<int> Outer() { await Task.Yield(); return F().Result + F().Result; }\nOuter().Result", "14")]
    [InlineData("await Task.Run(() => F().Result)", "7")]
    [InlineData("$\"{F().Result:0.0} {Task.WaitAny(F())} {F().Wait(-1)}\"", "7.0 0 True")]
    public async Task A_cell_waits_for_its_own_async_methods(string code, string expected) =>
        Assert.Equal(expected, await Value(Methods + code));

    [Theory]
    [InlineData("Never().Wait(1)", "False")]
    [InlineData("Never().Wait(0)", "False")]
    [InlineData("Task.WaitAll([Never(), F()], 1)", "False")]
    [InlineData("Task.WaitAny([Never()], 1)", "-1")]
    [InlineData("Task.WaitAny()", "-1")]
    [InlineData("try { Never().Wait(new CancellationToken(true)); } catch (OperationCanceledException) { log = \"given\"; }", "given")]
    [InlineData("try { G().Wait(); } catch (AggregateException error) { log = error.InnerException.Message; }", "deep")]
    [InlineData("try { Task.WaitAll(F(), G()); } catch (AggregateException error) { log = error.InnerException.Message; }", "deep")]
    [InlineData("try { G().GetAwaiter().GetResult(); } catch (InvalidOperationException error) { log = error.Message; }", "deep")]
    public async Task Waits_end_as_the_framework_s_do(string code, string expected) =>
        Assert.Equal(
            expected,
            await Value($"string log = \"\";\n{Methods}{code}{(code.Contains("log", StringComparison.Ordinal) ? "\nlog" : "")}")
        );

    private async Task<string?> Value(string code)
    {
        var outputs = new List<CellOutput>();
        CellResult result = await shared.Session.ExecuteAsync(code, outputs.Add, TestContext.Current.CancellationToken);
        Assert.True(result.Error is null, result.Error?.ToString());
        return Assert.IsType<ResultOutput>(outputs[^1]).Data[MimeBundle.Text];
    }

    public sealed class Shared : IDisposable
    {
        internal NotebookSession Session { get; } = new(new SessionOptions());

        public void Dispose() => Session.Dispose();
    }
}
