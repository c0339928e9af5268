using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Wsss.Notebooks.Sessions;

/// <summary>
/// Exceptions that nobody catches in what cells have started: threads, timers, <c>async void</c> methods. They become text on the standard
/// error of the flow of execution that threw; left unhandled, they would end the process.
/// </summary>
internal static class StrayErrors
{
    // A thread has already left its flow when the runtime finds that nobody catches.
    private static readonly ConditionalWeakTable<Exception, ExecutionContext> Flows = [];
    private static int _isWatching;

    /// <summary>Begins, for the whole process. Exceptions of other code than cells' end it as ever.</summary>
    public static void Watch()
    {
        if (Interlocked.Exchange(ref _isWatching, 1) == 1) return;
        AppDomain.CurrentDomain.FirstChanceException += (_, thrown) => Remember(thrown.Exception);
        ExceptionHandling.SetUnhandledExceptionHandler(IsReported);
    }

    /// <summary>Writes it where the flow that threw it writes its errors. Never throws.</summary>
    public static void Report(Exception error)
    {
        if (Flows.TryGetValue(error, out ExecutionContext? flow)) ExecutionContext.Run(flow, _ => Write(error), null);
        else Write(error);
    }

    private static void Remember(Exception error)
    {
        if (ConsoleCapture.IsOfSession && ExecutionContext.Capture() is { } flow) Flows.AddOrUpdate(error, flow);
    }

    private static bool IsReported(Exception error)
    {
        // Finalizers, for instance, run in no flow.
        if (!Flows.TryGetValue(error, out _) && !CellErrors.IsOfCell(error)) return false;
        Report(error);
        return true;
    }

    private static void Write(Exception error)
    {
        if (Interruption.Current.IsCancellationRequested && IsStop(error)) return;
        try
        {
            string text = string.Join("\n", CellErrors.FromException("a cell", error).Traceback);
            ConsoleCapture.WriteError($"A thread, timer or task that a cell started failed: {text}\n");
        }
        catch (Exception)
        {
            // Whoever takes the outputs is gone, so that there is nobody to tell.
        }
    }

    private static bool IsStop(Exception error) =>
        error is OperationCanceledException || (error is AggregateException { InnerExceptions: var several } && several.All(IsStop));
}
