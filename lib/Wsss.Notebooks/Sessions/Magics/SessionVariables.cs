using Microsoft.CodeAnalysis.Scripting;

namespace Wsss.Notebooks.Sessions.Magics;

/// <summary>The variables that a command names.</summary>
internal static class SessionVariables
{
    /// <summary>All of that name, those that later cells hide too, first to last.</summary>
    /// <param name="name">Of the variable.</param>
    /// <param name="state">Null before the first cell.</param>
    /// <param name="asker">What the message says wanted it.</param>
    /// <exception cref="NotebookException">There is none.</exception>
    public static IReadOnlyList<ScriptVariable> Require(string name, ScriptState? state, string asker)
    {
        ScriptVariable[] named = [.. (state?.Variables ?? []).Where(variable => variable.Name == name)];
        if (named.Length > 0) return named;
        string[] known = [.. (state?.Variables ?? []).Select(variable => variable.Name).Distinct()];
        throw new NotebookException(
            $"Expected '{asker}' to name a variable of the session, found '{name}'. " +
            (known.Length == 0 ? "There are none yet." : $"It has {string.Join(", ", known)}."));
    }
}
