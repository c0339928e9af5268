using System.Diagnostics;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Wsss.Notebooks.Comms;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions;

/// <summary>
/// Runs C# cells one after another in one shared state: top-level <c>await</c>, <c>display(value)</c>, the last
/// expression's value, <c>#r</c>, <c>#load</c>. It knows nothing of files or of Jupyter; those are faces on top of it.
/// At a cell's head, <c>#!vars</c> shows what the variables hold and <c>#!free NAME</c> lets go of it.
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
public sealed class NotebookSession : IDisposable
{
    /// <summary>Compiling a cell leaves some 5 MB of garbage.</summary>
    private const long GarbageBytes = 64 << 20;

    private readonly SessionThread _thread = new();
    private readonly SessionOptions _options;
    private readonly HostReferenceResolver _resolver;
    private readonly ScriptOptions _scriptOptions;
    private readonly Lock _outputLock = new();
    private readonly SessionLanguage _language;
    private ScriptState<object>? _state;
    private volatile SessionSnapshot _snapshot = SessionSnapshot.Empty;
    private volatile Action<CellOutput>? _output;
    private volatile bool _isLost;
    private long _allocatedAtCollection;
    private int _executionCount;

    /// <summary>Starts a session; the compiler is loaded with the first cell.</summary>
    /// <exception cref="NotebookException">The host's assemblies cannot be found.</exception>
    public NotebookSession(SessionOptions options)
    {
        _options = options;
        var host = HostAssemblies.Load();
        _resolver = new HostReferenceResolver(host, options.BaseFolder);
        _language = new SessionLanguage(() => _snapshot, () => new LanguageWorkspace(host, options));
        _scriptOptions = ScriptOptions.Default
            .WithReferences(host.References)
            .WithMetadataResolver(_resolver)
            .WithSourceResolver(new SourceFileResolver([], options.BaseFolder))
            .WithImports(options.Usings)
            .WithLanguageVersion(LanguageVersion.Latest)
            // Scripts are compiled for debugging unless told otherwise, and loops over pixels are then ten times slower.
            .WithOptimizationLevel(OptimizationLevel.Release)
            .WithEmitDebugInformation(true)
            .WithFileEncoding(Encoding.UTF8);
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
        await _thread.RunAsync(() => RunWithoutTrace(cancellationToken)).ConfigureAwait(false);
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
        RunAsync((cell, number) => CompileAndRun(code, cell, number, cancellationToken), output, cancellationToken, counts);

    /// <summary>Runs work of the host as a cell runs: on the session's thread, with its outputs caught, stopped by a token.</summary>
    /// <param name="work">Has ended when it returns.</param>
    /// <param name="output">As for a cell.</param>
    /// <param name="cancellationToken">As for a cell.</param>
    /// <exception cref="OperationCanceledException">As for a cell.</exception>
    /// <exception cref="NotebookException">As for a cell.</exception>
    public Task<CellResult> InvokeAsync(Action work, Action<CellOutput> output, CancellationToken cancellationToken) =>
        RunAsync((cell, _) => CellErrors.FromWork(cell, work, cancellationToken), output, cancellationToken, counts: false);

    private async Task<CellResult> RunAsync(
        Func<string, int, CellError?> body, Action<CellOutput> output, CancellationToken cancellationToken, bool counts)
    {
        if (_isLost)
        {
            throw new NotebookException(
                "Expected a session that runs cells, found one whose thread is still busy with a cell that did not stop when it was " +
                "interrupted. Its variables are lost: restart the session.");
        }
        Task<CellResult> running = _thread.RunAsync(() => Execute(body, output, cancellationToken, counts));
        if (await EndsInTime(running, cancellationToken).ConfigureAwait(false)) return await running.ConfigureAwait(false);
        _isLost = true;
        _output = null;
        _thread.Abandon();
        throw new OperationCanceledException(
            $"The cell did not stop within {_options.InterruptGrace.TotalSeconds:0.#} s after the interrupt: it is inside a native call, or " +
            "waits for something that cannot be woken. It was left behind on its thread, and the session with its variables is lost: restart it.",
            cancellationToken);
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
        Func<string, int, CellError?> body, Action<CellOutput> output, CancellationToken cancellationToken, bool counts)
    {
        if (counts) _executionCount++;
        cancellationToken.ThrowIfCancellationRequested();
        var watch = Stopwatch.StartNew();
        int number = _executionCount;
        string cell = counts ? $"In[{number}]" : "uncounted code";
        _output = output;
        ConsoleCapture.Start((name, text) => Emit(new StreamOutput(name, text)));
        ConsoleInput.Start(_options.ReadLine);
        CommHub.Current = _options.Comms;
        HostProgress.Current = _options.ShowsProgress ? new ProgressLines(Show, ProgressLines.Patience) : null;
        try
        {
            using var stop = new CellStop(cancellationToken);
            CellError? error = body(cell, number);
            if (error is not null) Emit(new ErrorOutput(error));
            return new CellResult(number, error, watch.Elapsed);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Where the check met the cell decides what came out: a check inside a task, for instance, is an AggregateException.
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            lock (_outputLock) _output = null;
            CollectGarbage();
        }
    }

    /// <summary>Between cells is the best moment: no computation waits for it.</summary>
    private void CollectGarbage()
    {
        if (GC.GetTotalAllocatedBytes() - _allocatedAtCollection < GarbageBytes) return;
        GC.Collect(1);
        _allocatedAtCollection = GC.GetTotalAllocatedBytes();
    }

    private CellError? CompileAndRun(string written, string cell, int number, CancellationToken cancellationToken)
    {
        _state ??= Start(cancellationToken);
        (IReadOnlyList<(int Line, string Text)> commands, string code) = CellCommands.Split(written);
        if (RunCommands(commands, cell) is { } refusal) return refusal;
        // References come down from the first script. Named again, each script would have them once more for each one before it.
        ScriptOptions options = _scriptOptions.WithReferences((MetadataReference[])[]).WithFilePath(cell);
        Script<object> script = _state.Script.ContinueWith<object>(code, options);
        // What the compiler has to say is about the cell as it was written.
        if (script.GetCompilation().GetDiagnostics(cancellationToken).Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            && CellErrors.FromCompiler(cell, script.Compile(cancellationToken), _resolver.Problems) is { } error) return error;

        foreach (string warning in HiddenVariables.Warnings(script, cell, _snapshot.Variables)) Emit(new StreamOutput("stderr", warning));
        ScriptState<object> before = _state;
        Exception? failure = Run(Interruptible(script, options, cancellationToken), number, cancellationToken);
        SessionDeclarations declared = _snapshot.Declarations;
        _snapshot = new SessionSnapshot(
            ReferenceEquals(before, _state) ? declared : declared.With(script.GetCompilation()), [.. VariableFacts.Of(_state)]);
        cancellationToken.ThrowIfCancellationRequested();
        return failure is null ? null : CellErrors.FromException(cell, failure);
    }

    private CellError? RunCommands(IReadOnlyList<(int Line, string Text)> commands, string cell)
    {
        foreach ((int line, string text) in commands)
        {
            try
            {
                Emit(CellCommands.Run(text, _state));
            }
            catch (NotebookException error)
            {
                return new CellError("CommandError", error.Message, cell, line, [$"{CellError.Place(cell, line)}: {error.Message}"]);
            }
        }
        if (commands.Count > 0) _snapshot = _snapshot with { Variables = [.. VariableFacts.Of(_state!)] };
        return null;
    }

    /// <summary>
    /// The script with checks. Where they do not compile, the script itself: better a cell that ends late than one that does not run.
    /// </summary>
    private Script<object> Interruptible(Script<object> script, ScriptOptions options, CancellationToken cancellationToken)
    {
        Compilation compilation = script.GetCompilation();
        var loaded = new Dictionary<string, string>();
        string code = script.Code;
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            string text = InterruptRewriter.Rewrite(tree, compilation);
            if (tree.FilePath == script.Options.FilePath) code = text;
            else loaded[tree.FilePath] = text;
        }
        ScriptOptions rewritten = options.WithSourceResolver(new RewrittenSources(options.SourceResolver, loaded));
        Script<object> interruptible = _state!.Script.ContinueWith<object>(code, rewritten);
        return interruptible.Compile(cancellationToken).Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error) ? script : interruptible;
    }

    private Exception? Run(Script<object> script, int number, CancellationToken cancellationToken)
    {
        try
        {
            Task<ScriptState<object>> running = script.RunFromAsync(_state!, catchException: _ => true, cancellationToken);
            _thread.PumpUntil(running, cancellationToken);
            _state = running.GetAwaiter().GetResult();
            if (_state.Exception is null && _state.ReturnValue is { } value and not DisplayedValue)
                Emit(new ResultOutput(_options.Formats.Format(value), number));
            return _state.Exception;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return error;
        }
    }

    private ScriptState<object> Start(CancellationToken cancellationToken)
    {
        var globals = new SessionGlobals(Show);
        return CSharpScript.Create<object>("", _scriptOptions, typeof(SessionGlobals)).RunAsync(globals, cancellationToken).GetAwaiter().GetResult();
    }

    private bool RunWithoutTrace(CancellationToken cancellationToken)
    {
        _state ??= Start(cancellationToken);
        ScriptOptions options = _scriptOptions.WithReferences((MetadataReference[])[]);
        Script<object> script = _state.Script.ContinueWith<object>("foreach (var i in new[] { 1 }) { await Task.Yield(); }", options);
        Task running = Interruptible(script, options, cancellationToken).RunFromAsync(_state, cancellationToken);
        _thread.PumpUntil(running, cancellationToken);
        return true;
    }

    private DisplayedValue Show(object? value) => DisplayedValue.Show(value, Format, Emit);

    private MimeBundle Format(object? value) =>
        value is null ? MimeBundle.Of((MimeBundle.Text, "null")) : _options.Formats.Format(value);

    /// <summary>Also called by tasks and threads that cells start; what comes after the cell's end has no place to go.</summary>
    private void Emit(CellOutput output)
    {
        lock (_outputLock) _output?.Invoke(output);
    }
}
