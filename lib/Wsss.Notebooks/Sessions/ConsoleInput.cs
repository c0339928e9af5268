namespace Wsss.Notebooks.Sessions;

/// <summary>
/// Lets code that runs in a session read what its front end types. As with <see cref="ConsoleCapture"/>, the console belongs to the whole
/// process, so the reader follows the flow of execution.
/// </summary>
internal sealed class ConsoleInput : TextReader
{
    private static readonly AsyncLocal<Source?> Current = new();
    private static readonly Lock Gate = new();

    // The console wraps every reader; this is ours as the console has it.
    private static TextReader? _installed;

    private readonly TextReader _otherwise;

    private ConsoleInput(TextReader otherwise) => _otherwise = otherwise;

    /// <summary>From here on, this flow of execution (with the tasks and threads that it starts) reads from the source.</summary>
    /// <param name="readLine">As <see cref="SessionOptions.ReadLine"/>; null for the console's own input.</param>
    public static void Start(Func<CancellationToken, string?>? readLine)
    {
        Current.Value = readLine is null ? null : new Source(readLine);
        if (readLine is null) return;
        lock (Gate)
        {
            if (_installed is not null && ReferenceEquals(Console.In, _installed)) return;
            Console.SetIn(new ConsoleInput(Console.In));
            _installed = Console.In;
        }
    }

    public override string? ReadLine() => Current.Value is { } source ? source.ReadLine() : _otherwise.ReadLine();

    public override int Read() => Current.Value is { } source ? source.Read(consume: true) : _otherwise.Read();

    public override int Peek() => Current.Value is { } source ? source.Read(consume: false) : _otherwise.Peek();

    /// <summary>Lines that are asked for one by one.</summary>
    private sealed class Source(Func<CancellationToken, string?> readLine)
    {
        // What is left of a line that is read by the character.
        private string _rest = "";

        public string? ReadLine()
        {
            if (_rest.Length == 0) return readLine(Interruption.Current);
            string line = _rest.TrimEnd('\n');
            _rest = "";
            return line;
        }

        public int Read(bool consume)
        {
            if (_rest.Length == 0)
            {
                if (readLine(Interruption.Current) is not { } line) return -1;
                _rest = line + "\n";
            }
            char next = _rest[0];
            if (consume) _rest = _rest[1..];
            return next;
        }
    }
}
