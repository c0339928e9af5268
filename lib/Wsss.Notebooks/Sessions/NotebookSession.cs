using System.Diagnostics;
using Wsss.Notebooks.Comms;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions.Magics;

namespace Wsss.Notebooks.Sessions;

/// <summary>
/// Runs C# cells one after another in one shared state: top-level <c>await</c>, <c>display(value)</c>, the last
/// expression's value, <c>#r</c>, <c>#load</c>. It knows nothing of files or of Jupyter; those are faces on top of it.
/// Lines that begin with <c>#!</c> are commands: <c>#!vars</c> and <c>#!free NAME</c>, which show what the variables hold and let go of it,
/// and .NET Interactive's <c>#!html</c>, <c>#!markdown</c>, <c>#!javascript</c>, <c>#!csharp</c>, <c>#!value</c>, <c>#!set</c> and
/// <c>#!import</c>.
/// </summary>
/// <remarks>
/// All cells run on one thread of the session's own, also after <c>await</c>. A session is used by one caller at a
/// time; several sessions may live in one process.
/// <para>
/// An interrupt ends a cell at the next check of <see cref="InterruptRewriter"/>, in a wait that it can wake
/// (<see cref="InterruptibleWaits"/>), or at the next step of library work (<see cref="Interruption"/>); <c>finally</c>
/// blocks run, and variables keep what they hold. No thread is aborted. A cell that does not stop in time, such as one inside
/// a native call, is left behind on its thread, and the session is lost with it.
/// </para>
/// </remarks>
internal sealed class NotebookSession : IDisposable
{
    /// <summary>Compiling a cell leaves some 5 MB of garbage.</summary>
    private const long GarbageBytes = 64 << 20;

    private readonly SessionThread _thread = new();
    private readonly SessionOptions _options;
    private readonly Lock _outputLock = new();
    private readonly CellScripts _scripts;
    private readonly SessionLanguage _language;
    private volatile Action<CellOutput>? _output;
    private volatile bool _isLost;
    private long _allocatedAtCollection;
    private int _executionCount;

    /// <summary>Starts a session; the compiler is loaded with the first cell.</summary>
    /// <exception cref="NotebookException">The host's assemblies cannot be found.</exception>
    public NotebookSession(SessionOptions options)
    {
        _options = options;
        StrayErrors.Watch();
        var host = HostAssemblies.Load();
        _scripts = new CellScripts(options, host, _thread, Emit);
        _language = new SessionLanguage(() => _scripts.Snapshot, () => new LanguageWorkspace(host, options), options.BaseFolder);
    }

    /// <summary>
    /// Completion and help in cells that are being written. Also answers while a cell runs, from what the cells before it left.
    /// </summary>
    public ILanguageServices Language => _language;

    /// <summary>
    /// Loads compiler and editor services and runs a cell that leaves no trace, so that the first real ones are as quick as later
    /// ones: for a host whose user is still reading.
    /// </summary>
    public async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        await _thread.RunAsync(() =>
        {
            _scripts.RunWithoutTrace(cancellationToken);
            return true;
        }, cancellationToken).ConfigureAwait(false);
        await Language.InspectAsync("string.Join(\"\", 1)", 8, cancellationToken).ConfigureAwait(false);
        await Language.CompleteAsync("Console.", 8, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a cell did not stop when it was interrupted, so that no other can run.</summary>
    public bool IsLost => _isLost;

    /// <summary>The number n of the cell <c>In[n]</c> that began last; 0 before the first.</summary>
    public int ExecutionCount => Volatile.Read(ref _executionCount);

    /// <summary>Runs one cell.</summary>
    /// <param name="code">The cell's C# code.</param>
    /// <param name="output">Gets each output when it appears, on the session's thread or on one that the cell started.</param>
    /// <param name="cancellationToken">Stops the cell, even in a tight loop; not inside a native call. The session stays usable.</param>
    /// <param name="counts">False for code that is no cell of the notebook, such as a front end's question: it gets no number.</param>
    /// <exception cref="OperationCanceledException">
    /// The cell was stopped; or it did not stop within <see cref="SessionOptions.InterruptGrace"/>, as the message says then.
    /// </exception>
    /// <exception cref="NotebookException">An earlier cell did not stop, so that the session is lost.</exception>
    public Task<CellResult> ExecuteAsync(string code, Action<CellOutput> output, CancellationToken cancellationToken, bool counts = true) =>
        RunAsync(
            (cell, number) => new CellContext(_scripts, cell, number, [], cancellationToken).RunCell(code),
            output,
            cancellationToken,
            counts
        );

    /// <summary>Runs work of the host as a cell runs: on the session's thread, with its outputs caught, stopped by a token.</summary>
    /// <param name="work">Has ended when it returns.</param>
    /// <param name="output">As for a cell.</param>
    /// <param name="cancellationToken">As for a cell.</param>
    /// <exception cref="OperationCanceledException">As for a cell.</exception>
    /// <exception cref="NotebookException">As for a cell.</exception>
    public Task<CellResult> InvokeAsync(Action work, Action<CellOutput> output, CancellationToken cancellationToken) =>
        RunAsync(
            (_, _) =>
            {
                work();
                return null;
            },
            output,
            cancellationToken,
            counts: false
        );

    private async Task<CellResult> RunAsync(
        Func<string, int, CellError?> body,
        Action<CellOutput> output,
        CancellationToken cancellationToken,
        bool counts
    )
    {
        if (_isLost)
        {
            throw new NotebookException(
                "Expected a session that runs cells, found one whose thread is still busy with a cell that did not stop when it was "
                    + "interrupted. Its variables are lost: restart the session."
            );
        }
        int number = counts ? Interlocked.Increment(ref _executionCount) : _executionCount;
        string cell = counts ? $"In[{number}]" : "uncounted code";
        // Work of its own, so that a cell which waits for the compiler has not begun.
        _ = _thread.RunAsync(() => _scripts.State, CancellationToken.None);
        Task<CellResult> running = _thread.RunAsync(() => Execute(body, cell, number, output, cancellationToken), cancellationToken);
        if (await EndsInTime(running, cancellationToken).ConfigureAwait(false))
            return await running.ConfigureAwait(false);
        _isLost = true;
        _output = null;
        _thread.Abandon();
        throw new OperationCanceledException(
            $"The cell did not stop within {_options.InterruptGrace.TotalSeconds:0.#} s after the interrupt: it is inside a native call, "
                + "or "
                + "waits for something that cannot be woken. It was left behind on its thread, and the session with its variables is "
                + "lost: restart it.",
            cancellationToken
        );
    }

    /// <summary>Ends the session's thread. What cells hold is left to the garbage collector.</summary>
    public void Dispose()
    {
        _thread.Dispose();
        _language.Dispose();
    }

    /// <summary>False if cancellation was asked for and the grace is over.</summary>
    private async Task<bool> EndsInTime(Task running, CancellationToken cancellationToken)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (cancellationToken.Register(() => asked.TrySetResult()))
            if (await Task.WhenAny(running, asked.Task).ConfigureAwait(false) == running) return true;
        return await Task.WhenAny(running, Task.Delay(_options.InterruptGrace, CancellationToken.None)).ConfigureAwait(false) == running;
    }

    private CellResult Execute(
        Func<string, int, CellError?> body, string cell, int number, Action<CellOutput> output, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        _output = output;
        try
        {
            CellError? error = Guarded(body, cell, number, cancellationToken);
            if (error is not null) Emit(new ErrorOutput(error));
            return new CellResult(number, error, watch.Elapsed);
        }
        finally
        {
            lock (_outputLock) _output = null;
            CollectGarbage();
        }
    }

    /// <summary>Whatever is thrown is an error of the cell, unless it was stopped.</summary>
    private CellError? Guarded(Func<string, int, CellError?> body, string cell, int number, CancellationToken cancellationToken)
    {
        try
        {
            ConsoleCapture.Start((name, text) => Emit(new StreamOutput(name, text)));
            ConsoleInput.Start(_options.ReadLine);
            CommHub.Current = _options.Comms;
            HostProgress.Current = _options.ShowsProgress ? new ProgressLines(_scripts.Show, ProgressLines.Patience) : null;
            using var stop = new CellStop(cancellationToken);
            return body(cell, number);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Where the check met the cell decides what came out: a check inside a task, for instance, is an AggregateException.
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception error)
        {
            return CellErrors.FromException(cell, error);
        }
    }

    /// <summary>Between cells is the best moment: no computation waits for it.</summary>
    private void CollectGarbage()
    {
        if (GC.GetTotalAllocatedBytes() - _allocatedAtCollection < GarbageBytes) return;
        GC.Collect(1);
        _allocatedAtCollection = GC.GetTotalAllocatedBytes();
    }

    /// <summary>Also called by tasks and threads that cells start; what comes after the cell's end has no place to go.</summary>
    private void Emit(CellOutput output)
    {
        lock (_outputLock) _output?.Invoke(output);
    }
}
