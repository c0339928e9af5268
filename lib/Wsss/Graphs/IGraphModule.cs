namespace Wsss.Graphs;

/// <summary>
/// A module of this library that is made of several others: beside what it computes stands how that is written as a graph. What
/// is written is inference: running statistics, no dropout.
/// </summary>
internal interface IGraphModule
{
    /// <summary>Writes the module.</summary>
    /// <param name="graph">The graph of the network that the module is a part of.</param>
    /// <param name="x">Its input.</param>
    /// <returns>Its output.</returns>
    Value Write(OnnxGraph graph, Value x);
}
