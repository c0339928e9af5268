using System.Text.Json.Nodes;

namespace Wsss.Notebooks.Comms;

/// <summary>What a session sends to its front end on a <see cref="Comm"/>.</summary>
/// <param name="Type"><c>comm_open</c>, <c>comm_msg</c> or <c>comm_close</c>.</param>
/// <param name="Content">Of the message.</param>
/// <param name="Metadata">Of the message.</param>
internal sealed record CommMessage(string Type, JsonObject Content, JsonObject Metadata);
