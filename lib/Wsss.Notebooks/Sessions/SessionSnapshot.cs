using System.Collections.Immutable;

namespace Wsss.Notebooks.Sessions;

/// <summary>What the cells that have ended left behind, as text: it can be read while another cell runs.</summary>
/// <param name="Declarations">What the cells declare.</param>
/// <param name="Variables">In the order of their declaration.</param>
/// <param name="Values">Names of the texts that <c>#!value</c> keeps.</param>
internal sealed record SessionSnapshot(
    SessionDeclarations Declarations, ImmutableArray<VariableFacts> Variables, ImmutableArray<string> Values)
{
    /// <summary>Before the first cell.</summary>
    public static SessionSnapshot Empty { get; } = new(SessionDeclarations.Empty, [], []);
}
