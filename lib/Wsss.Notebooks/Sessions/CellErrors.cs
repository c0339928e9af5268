using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions;

/// <summary>Turns diagnostics and exceptions into errors with cell and line.</summary>
internal static class CellErrors
{
    /// <summary>The errors of the compiler; null if there are none.</summary>
    /// <param name="cell">The cell's name, which is also the file name of its code.</param>
    /// <param name="diagnostics">What the compiler said, warnings included.</param>
    /// <param name="unresolved">Explanations for references that did not resolve.</param>
    public static CellError? FromCompiler(
        string cell, ImmutableArray<Diagnostic> diagnostics, IReadOnlyDictionary<string, string> unresolved)
    {
        Diagnostic[] errors = [.. diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)];
        if (errors.Length == 0) return null;
        var traceback = new List<string>();
        foreach (Diagnostic error in errors)
        {
            FileLinePositionSpan place = error.Location.GetLineSpan();
            int column = place.StartLinePosition.Character;
            string file = FileOf(place, cell);
            string where = $"{CellError.Place(file, place.StartLinePosition.Line + 1)}, column {column + 1}";
            traceback.Add($"{where}: error {error.Id}: {Explain(error, unresolved)}");
            if (error.Location.SourceTree is { } tree)
            {
                string line = tree.GetText().Lines[place.StartLinePosition.Line].ToString();
                traceback.Add("    " + line);
                traceback.Add("    " + string.Concat(line.Take(column).Select(c => c == '\t' ? '\t' : ' ')) + "^");
            }
        }
        FileLinePositionSpan first = errors[0].Location.GetLineSpan();
        return new CellError("CompilationError", Explain(errors[0], unresolved),
            FileOf(first, cell), first.StartLinePosition.Line + 1, traceback);
    }

    /// <summary>An exception that left the cell.</summary>
    public static CellError FromException(string cell, Exception exception)
    {
        Exception cause = exception is AggregateException { InnerExceptions: [var only] } ? only : exception;
        string name = cause.GetType().FullName ?? cause.GetType().Name;
        var traceback = new List<string> { $"{name}: {cause.Message}" };
        for (Exception? inner = cause.InnerException; inner is not null; inner = inner.InnerException)
            traceback.Add($"  caused by {inner.GetType().FullName}: {inner.Message}");
        StackFrame[] frames = [.. new StackTrace(cause, fNeedFileInfo: true).GetFrames().Where(frame => frame.GetMethod() is not null)];
        // Below the cell's last frame there is only the scripting machinery that called it.
        int last = Array.FindLastIndex(frames, IsInCell);
        traceback.AddRange(frames.Take(last + 1).Where(IsTelling).Select(frame => "  at " + Describe(frame)));
        StackFrame? place = frames.FirstOrDefault(IsInCell);
        return new CellError(name, cause.Message, FileOf(place) ?? cell, place?.GetFileLineNumber() ?? 0, traceback);
    }

    /// <summary>Whether it was thrown in a cell's code, or in what that called.</summary>
    public static bool IsOfCell(Exception exception) => new StackTrace(exception).GetFrames().Any(IsInCell);

    /// <summary>Roslyn compiles each cell, with the scripts that it loads, into a class of this name.</summary>
    private static bool IsInCell(StackFrame frame) =>
        frame.GetMethod()?.DeclaringType?.FullName?.StartsWith("Submission#", StringComparison.Ordinal) == true;

    /// <summary>Roslyn puts the notebook's folder before the cell's name.</summary>
    private static string? FileOf(StackFrame? frame) => Path.GetFileName(frame?.GetFileName());

    private static string FileOf(FileLinePositionSpan place, string cell) =>
        string.IsNullOrEmpty(place.Path) ? cell : Path.GetFileName(place.Path);

    private static bool IsTelling(StackFrame frame) =>
        frame.GetMethod()?.DeclaringType?.Namespace?.StartsWith("System.Runtime", StringComparison.Ordinal) != true;

    private static string Describe(StackFrame frame)
    {
        System.Reflection.MethodBase method = frame.GetMethod()!;
        if (IsInCell(frame)) return CellError.Place(FileOf(frame) ?? "a cell", frame.GetFileLineNumber());
        string call = $"{method.DeclaringType?.FullName}.{method.Name}";
        return FileOf(frame) is { } file ? $"{call} ({CellError.Place(file, frame.GetFileLineNumber())})" : call;
    }

    private static string Explain(Diagnostic error, IReadOnlyDictionary<string, string> unresolved)
    {
        string message = error.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        return error.Id == "CS0006"
            ? unresolved.FirstOrDefault(problem => message.Contains(problem.Key, StringComparison.Ordinal)).Value ?? message
            : message;
    }
}
