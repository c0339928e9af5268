using System.Diagnostics;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions;

/// <summary>How a cell ended.</summary>
/// <param name="ExecutionCount">The cell's number n in <c>In[n]</c>.</param>
/// <param name="Error">Null if it succeeded.</param>
/// <param name="Elapsed">Wall time, compilation included.</param>
public sealed record CellResult(int ExecutionCount, CellError? Error, TimeSpan Elapsed);

/// <summary>
/// Runs C# cells one after another in one shared state: top-level <c>await</c>, <c>display(value)</c>, the last
/// expression's value, <c>#r</c>, <c>#load</c>. It knows nothing of files or of Jupyter; those are faces on top of it.
/// </summary>
/// <remarks>
/// All cells run on one thread of the session's own, also after <c>await</c>. A session is used by one caller at a
/// time; several sessions may live in one process.
/// </remarks>
public sealed class NotebookSession : IDisposable
{
    private readonly SessionThread _thread = new();
    private readonly SessionOptions _options;
    private readonly HostReferenceResolver _resolver;
    private readonly ScriptOptions _scriptOptions;
    private readonly Lock _outputLock = new();
    private ScriptState<object>? _state;
    private Action<CellOutput>? _output;
    private int _executionCount;

    /// <summary>Starts a session; the compiler is loaded with the first cell.</summary>
    /// <exception cref="NotebookException">The host's assemblies cannot be found.</exception>
    public NotebookSession(SessionOptions options)
    {
        _options = options;
        var host = HostAssemblies.Load();
        _resolver = new HostReferenceResolver(host, options.BaseFolder);
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

    /// <summary>Runs one cell.</summary>
    /// <param name="code">The cell's C# code.</param>
    /// <param name="output">Gets each output when it appears, on the session's thread or on one that the cell started.</param>
    /// <param name="cancellationToken">Stops the cell, even in a tight loop; not inside a native call. The session stays usable.</param>
    /// <exception cref="OperationCanceledException">The cell was stopped.</exception>
    public Task<CellResult> ExecuteAsync(string code, Action<CellOutput> output, CancellationToken cancellationToken) =>
        _thread.RunAsync(() => Execute(code, output, cancellationToken));

    /// <summary>Ends the session's thread. What cells hold is left to the garbage collector.</summary>
    public void Dispose() => _thread.Dispose();

    private CellResult Execute(string code, Action<CellOutput> output, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var watch = Stopwatch.StartNew();
        int number = ++_executionCount;
        string cell = $"In[{number}]";
        lock (_outputLock) _output = output;
        ConsoleCapture.Start((name, text) => Emit(new StreamOutput(name, text)));
        try
        {
            CellError? error = CompileAndRun(code, cell, number, cancellationToken);
            if (error is not null) Emit(new ErrorOutput(error));
            return new CellResult(number, error, watch.Elapsed);
        }
        finally
        {
            lock (_outputLock) _output = null;
        }
    }

    private CellError? CompileAndRun(string code, string cell, int number, CancellationToken cancellationToken)
    {
        _state ??= Start(cancellationToken);
        Script<object> script = _state.Script.ContinueWith<object>(code, _scriptOptions.WithFilePath(cell));
        if (CellErrors.FromCompiler(cell, script.Compile(cancellationToken), _resolver.Problems) is { } error) return error;

        Exception? failure = null;
        Interruptible.Run(() => failure = Run(script, number, cancellationToken), cancellationToken);
        return failure is null ? null : CellErrors.FromException(cell, failure);
    }

    private Exception? Run(Script<object> script, int number, CancellationToken cancellationToken)
    {
        try
        {
            Task<ScriptState<object>> running = script.RunFromAsync(_state!, catchException: _ => true, cancellationToken);
            _thread.PumpUntil(running, cancellationToken);
            _state = running.GetAwaiter().GetResult();
            if (_state.Exception is null && _state.ReturnValue is { } value)
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
        var globals = new SessionGlobals(value => Emit(new DisplayOutput(Format(value))));
        return CSharpScript.Create<object>("", _scriptOptions, typeof(SessionGlobals)).RunAsync(globals, cancellationToken).GetAwaiter().GetResult();
    }

    private MimeBundle Format(object? value) =>
        value is null ? MimeBundle.Of((MimeBundle.Text, "null")) : _options.Formats.Format(value);

    /// <summary>Also called by tasks and threads that cells start; what comes after the cell's end has no place to go.</summary>
    private void Emit(CellOutput output)
    {
        lock (_outputLock) _output?.Invoke(output);
    }
}
