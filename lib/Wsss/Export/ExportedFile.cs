namespace Wsss.Export;

/// <summary>What was written.</summary>
/// <param name="File">Its path.</param>
/// <param name="Format">Its format.</param>
/// <param name="Network"><c>classifier</c> or <c>segmenter</c>.</param>
/// <param name="Backbone">A name of <see cref="Models.Backbones.All"/>.</param>
/// <param name="Classes">Names of the C classes.</param>
/// <param name="Inputs">Inputs of the graph with their shapes, such as <c>images [batch, 3, height, width]</c>; empty without a
/// graph.</param>
/// <param name="Outputs">Outputs of the graph with their shapes; empty without a graph.</param>
public sealed record ExportedFile(
    string File, ExportFormat Format, string Network, string Backbone, IReadOnlyList<string> Classes,
    IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs);
