using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions;

/// <summary>
/// Compiles C# code as a script that follows those before it, and runs it. Everything but the snapshot belongs to the session's thread.
/// </summary>
internal sealed class CellScripts
{
    private readonly SessionOptions _options;
    private readonly SessionThread _thread;
    private readonly SessionGlobals _globals;
    private readonly HostReferenceResolver _resolver;
    private readonly ScriptOptions _scriptOptions;
    private SessionDeclarations _declared = SessionDeclarations.Empty;
    private ScriptState<object>? _state;
    private volatile SessionSnapshot _snapshot = SessionSnapshot.Empty;

    /// <param name="options">Of the session.</param>
    /// <param name="host">What scripts can reference.</param>
    /// <param name="thread">Works off what code after an <c>await</c> posts to it.</param>
    /// <param name="emit">Takes outputs.</param>
    public CellScripts(SessionOptions options, HostAssemblies host, SessionThread thread, Action<CellOutput> emit)
    {
        (_options, _thread, Emit) = (options, thread, emit);
        _globals = new SessionGlobals(value => DisplayedValue.Show(value, Format, Emit));
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

    /// <summary>What the code so far has left, as text; from any thread.</summary>
    public SessionSnapshot Snapshot => _snapshot;

    /// <summary>What the code so far has left. The first time it loads the compiler.</summary>
    public ScriptState<object> State => _state ??= CSharpScript.Create<object>("", _scriptOptions, typeof(SessionGlobals))
        .RunAsync(_globals, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Texts kept by name.</summary>
    public Dictionary<string, string> Values { get; } = [];

    /// <summary>The folder to which file names are relative.</summary>
    public string BaseFolder => _options.BaseFolder;

    /// <summary>Takes outputs.</summary>
    public Action<CellOutput> Emit { get; }

    /// <summary>Shows a value below the cell.</summary>
    public DisplayedValue Show(object? value) => _globals.display(value);

    /// <summary>Compiles and runs code.</summary>
    /// <param name="code">C#.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="number">Of the cell, for the value of the last expression.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Null if it succeeded.</returns>
    public CellError? Run(string code, string name, int number, CancellationToken cancellationToken)
    {
        // References come down from the first script. Named again, each script would have them once more for each one before it.
        ScriptOptions options = _scriptOptions.WithReferences((MetadataReference[])[]).WithFilePath(name);
        Script<object> script = State.Script.ContinueWith<object>(code, options);
        // What the compiler has to say is about the code as it was written.
        if (script.GetCompilation().GetDiagnostics(cancellationToken).Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            && CellErrors.FromCompiler(name, script.Compile(cancellationToken), _resolver.Problems) is { } error) return error;

        foreach (string warning in HiddenVariables.Warnings(script, name, _snapshot.Variables)) Emit(new StreamOutput("stderr", warning));
        ScriptState<object> before = State;
        Exception? failure = Run(Interruptible(script, options, cancellationToken), number, cancellationToken);
        if (!ReferenceEquals(before, _state)) _declared = _declared.With(script.GetCompilation());
        cancellationToken.ThrowIfCancellationRequested();
        return failure is null ? null : CellErrors.FromException(name, failure);
    }

    /// <summary>From now on the snapshot tells what there is now.</summary>
    public void TakeSnapshot() => _snapshot = new SessionSnapshot(_declared, [.. VariableFacts.Of(State)], [.. Values.Keys]);

    /// <summary>Compiles and runs code that leaves no trace.</summary>
    public void RunWithoutTrace(CancellationToken cancellationToken)
    {
        ScriptOptions options = _scriptOptions.WithReferences((MetadataReference[])[]);
        Script<object> script = State.Script.ContinueWith<object>("foreach (var i in new[] { 1 }) { await Task.Yield(); }", options);
        Task running = Interruptible(script, options, cancellationToken).RunFromAsync(State, cancellationToken);
        _thread.RunToEnd(running, cancellationToken);
    }

    /// <summary>The script with as many checks as compile: better code that ends late than code that does not run.</summary>
    private Script<object> Interruptible(Script<object> script, ScriptOptions options, CancellationToken cancellationToken)
    {
        foreach (InterruptPlaces places in (InterruptPlaces[])[InterruptPlaces.All, InterruptPlaces.Loops])
        {
            Script<object> interruptible = Rewritten(script, options, places);
            bool fails = interruptible.Compile(cancellationToken).Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
            if (!fails) return interruptible;
        }
        return script;
    }

    private Script<object> Rewritten(Script<object> script, ScriptOptions options, InterruptPlaces places)
    {
        Compilation compilation = script.GetCompilation();
        var loaded = new Dictionary<string, string>();
        string code = script.Code;
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            string text = InterruptRewriter.Rewrite(tree, compilation, places);
            if (tree.FilePath == script.Options.FilePath) code = text;
            else loaded[tree.FilePath] = text;
        }
        ScriptOptions rewritten = options.WithSourceResolver(new RewrittenSources(options.SourceResolver, loaded));
        return State.Script.ContinueWith<object>(code, rewritten);
    }

    private Exception? Run(Script<object> script, int number, CancellationToken cancellationToken)
    {
        try
        {
            Task<ScriptState<object>> running = script.RunFromAsync(State, catchException: _ => true, cancellationToken);
            _thread.RunToEnd(running, cancellationToken);
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

    private MimeBundle Format(object? value) =>
        value is null ? MimeBundle.Of((MimeBundle.Text, "null")) : _options.Formats.Format(value);
}
