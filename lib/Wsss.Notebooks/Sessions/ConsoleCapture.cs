using System.Text;

namespace Wsss.Notebooks.Sessions;

/// <summary>
/// Sends what a session's code writes to the console to that session. The console belongs to the whole process, so
/// the writer follows the flow of execution: other threads of the host, and other sessions, keep their own output.
/// </summary>
internal sealed class ConsoleCapture : TextWriter
{
    private static readonly AsyncLocal<Action<string, string>?> Sink = new();
    private static readonly Lock Gate = new();
    private readonly string _name;
    private readonly TextWriter _otherwise;

    private ConsoleCapture(string name, TextWriter otherwise) => (_name, _otherwise) = (name, otherwise);

    public override Encoding Encoding => _otherwise.Encoding;

    /// <summary>From here on, this flow of execution (with the tasks and threads that it starts) writes to the sink.</summary>
    /// <param name="sink">Takes <c>stdout</c> or <c>stderr</c>, and the text; may be called from any thread.</param>
    public static void Start(Action<string, string> sink)
    {
        Sink.Value = sink;
        lock (Gate)
        {
            // The console wraps every writer, so the way to find out whether ours is there is to write to it.
            if (!IsInstalled(Console.Out)) Console.SetOut(new ConsoleCapture("stdout", Console.Out));
            if (!IsInstalled(Console.Error)) Console.SetError(new ConsoleCapture("stderr", Console.Error));
        }
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(string? value)
    {
        if (value is null) return;
        // Notebooks have line feeds only, whatever the platform's console has.
        if (Sink.Value is { } sink) sink(_name, value.Replace("\r\n", "\n", StringComparison.Ordinal));
        else _otherwise.Write(value);
    }

    public override void Flush() => _otherwise.Flush();

    private static bool IsInstalled(TextWriter writer)
    {
        Action<string, string>? before = Sink.Value;
        bool reached = false;
        Sink.Value = (_, _) => reached = true;
        writer.Write("");
        Sink.Value = before;
        return reached;
    }
}
