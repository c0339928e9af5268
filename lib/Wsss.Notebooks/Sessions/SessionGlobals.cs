namespace Wsss.Notebooks.Sessions;

/// <summary>What cells can use without a prefix. Public because the compiled cells live in other assemblies.</summary>
public sealed class SessionGlobals
{
    private readonly Action<object?> _display;

    internal SessionGlobals(Action<object?> display) => _display = display;

    /// <summary>Shows a value below the cell, as the last expression's value is shown.</summary>
    /// <remarks>Lower case as in .NET Interactive, so that the same notebook runs there.</remarks>
    public void display(object? value) => _display(value);
}
