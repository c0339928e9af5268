using Wsss.Notebooks.Comms;

namespace Wsss.Notebooks.Sessions;

/// <summary>What a <see cref="NotebookSession"/> starts with.</summary>
internal sealed record SessionOptions
{
    /// <summary>Namespaces that every notebook has without asking.</summary>
    public static IReadOnlyList<string> BaseUsings { get; } =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading", "System.Threading.Tasks"];

    /// <summary>Namespaces in scope in every cell: <see cref="BaseUsings"/> and those that the caller adds.</summary>
    public IReadOnlyList<string> Usings { get; init; } = BaseUsings;

    /// <summary>The folder to which <c>#r</c> and <c>#load</c> are relative, usually the notebook's.</summary>
    public string BaseFolder { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>How values become outputs.</summary>
    public DisplayFormats Formats { get; init; } = new();

    /// <summary>
    /// Answers <c>Console.ReadLine</c> of cells with a line, without its end, or null where there is none; called on the thread that reads,
    /// with the token that stops the cell. Null leaves the console's own input.
    /// </summary>
    public Func<CancellationToken, string?>? ReadLine { get; init; }

    /// <summary>The lines between cells and the pictures of their objects; null if the front end has none.</summary>
    public CommHub? Comms { get; init; }

    /// <summary>
    /// Whether work of the library that lasts shows how far it is below the cell: for a host whose user watches, not for notebooks that are
    /// run and saved.
    /// </summary>
    public bool ShowsProgress { get; init; }

    /// <summary>
    /// How long an interrupted cell may take to stop; then the session is lost. A step of the library's training, or one
    /// photograph's maps, should fit in.
    /// </summary>
    public TimeSpan InterruptGrace { get; init; } = TimeSpan.FromSeconds(10);
}
