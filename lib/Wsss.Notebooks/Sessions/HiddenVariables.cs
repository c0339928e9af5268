using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;
using Wsss.Notebooks.Sessions.Magics;

namespace Wsss.Notebooks.Sessions;

/// <summary>A variable that is declared again hides the earlier one, which keeps its value as long as the session lives.</summary>
internal static class HiddenVariables
{
    /// <summary>Whoever declares a variable again is told if the earlier one still holds this much.</summary>
    private const long LargeBytes = 16 << 20;

    /// <summary>A line for each name that a cell declares again while the earlier variables hold much.</summary>
    /// <param name="script">The cell, before it runs.</param>
    /// <param name="cell">Its name.</param>
    /// <param name="variables">Those that there are.</param>
    public static IEnumerable<string> Warnings(Script script, string cell, IReadOnlyList<VariableFacts> variables)
    {
        string[] declared = [.. script.GetCompilation().ScriptClass!.GetMembers().OfType<IFieldSymbol>().Select(field => field.Name)];
        foreach (
            IGrouping<string, VariableFacts> earlier in variables.Where(facts => declared.Contains(facts.Name)).GroupBy(facts => facts.Name)
        )
        {
            long bytes = earlier.Sum(facts => facts.Bytes ?? 0);
            if (bytes < LargeBytes)
                continue;
            yield return $"{cell} declares '{earlier.Key}' again. The earlier '{earlier.Key}' still holds "
                + $"{VariableFacts.FormatBytes(bytes)} that no cell reaches "
                + $"any more. '{FreeCommand.Name} {earlier.Key}' as the cell's first line frees it before the new one is made.\n";
        }
    }
}
