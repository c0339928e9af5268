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

    /// <summary>Whether this flow of execution writes to a session.</summary>
    public static bool IsOfSession => Sink.Value is not null;

    /// <summary>From here on, this flow of execution (with the tasks and threads that it starts) writes to the sink.</summary>
    /// <param name="sink">Takes <c>stdout</c> or <c>stderr</c>, and the text; may be called from any thread.</param>
    public static void Start(Action<string, string> sink)
    {
        Sink.Value = sink;
        lock (Gate)
        {
            Install("stdout", Console.Out, Console.SetOut, Console.OpenStandardOutput);
            Install("stderr", Console.Error, Console.SetError, Console.OpenStandardError);
        }
    }

    /// <summary>Writes to standard error of this flow, whatever writer a cell has given the console.</summary>
    public static void WriteError(string text)
    {
        if (Sink.Value is { } sink) sink("stderr", text);
        else Console.Error.Write(text);
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

    /// <param name="name">What the sink is told.</param>
    /// <param name="writer">What the console has.</param>
    /// <param name="set">Gives the console another.</param>
    /// <param name="open">The console's own stream.</param>
    private static void Install(string name, TextWriter writer, Action<TextWriter> set, Func<Stream> open)
    {
        Action<string, string>? before = Sink.Value;
        bool reached = false;
        try
        {
            // The console wraps every writer, so the way to find out whether ours is there is to write to it.
            Sink.Value = (_, _) => reached = true;
            writer.Write("");
        }
        catch (Exception)
        {
            // A cell has put it there, and closed it since.
            (reached, writer) = (false, new StreamWriter(open()) { AutoFlush = true });
        }
        finally
        {
            Sink.Value = before;
        }
        if (!reached) set(new ConsoleCapture(name, writer));
    }
}
