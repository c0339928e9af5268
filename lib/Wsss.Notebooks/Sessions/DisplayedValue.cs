using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions;

/// <summary>
/// A value that a cell shows, in whose place another can be shown: <c>var bar = display("0 %"); … bar.Update("50 %");</c>. Also from a
/// later cell.
/// </summary>
public sealed class DisplayedValue
{
    private readonly Func<object?, MimeBundle> _format;
    private readonly Action<CellOutput> _emit;

    private DisplayedValue(Func<object?, MimeBundle> format, Action<CellOutput> emit) => (_format, _emit) = (format, emit);

    /// <summary>Unique in all sessions.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("n");

    /// <summary>Shows a value in the place of what was shown.</summary>
    /// <remarks>Nothing happens when no cell runs.</remarks>
    public void Update(object? value) => _emit(new DisplayUpdate(Id, _format(value)));

    internal static DisplayedValue Show(object? value, Func<object?, MimeBundle> format, Action<CellOutput> emit)
    {
        var shown = new DisplayedValue(format, emit);
        emit(new DisplayOutput(format(value)) { Id = shown.Id });
        return shown;
    }
}
