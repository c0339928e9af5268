using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions;

/// <summary>How a cell ended.</summary>
/// <param name="ExecutionCount">The cell's number n in <c>In[n]</c>.</param>
/// <param name="Error">Null if it succeeded.</param>
/// <param name="Elapsed">Wall time, compilation included.</param>
internal sealed record CellResult(int ExecutionCount, CellError? Error, TimeSpan Elapsed);
