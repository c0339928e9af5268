namespace Wsss.Notebooks.Sessions;

/// <summary>What cells can use without a prefix. Public because the compiled cells live in other assemblies.</summary>
public sealed class SessionGlobals
{
    private readonly Func<object?, DisplayedValue> _display;

    internal SessionGlobals(Func<object?, DisplayedValue> display) => _display = display;

    /// <summary>Shows a value below the cell, as the last expression's value is shown.</summary>
    /// <returns>Shows another value in its place.</returns>
    /// <remarks>Lower case as in .NET Interactive, so that the same notebook runs there.</remarks>
    public DisplayedValue display(object? value) => _display(value);
}
