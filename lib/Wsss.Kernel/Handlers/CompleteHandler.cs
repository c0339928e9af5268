using System.Text.Json.Nodes;
using Wsss.Notebooks.Sessions;

namespace Wsss.Kernel.Handlers;

/// <summary>What can be written at the cursor, with types.</summary>
/// <param name="language">Knows it.</param>
/// <param name="interrupts">Calls a slow question off.</param>
internal sealed class CompleteHandler(ILanguageServices language, Interrupts interrupts) : IMessageHandler
{
    /// <summary>Front ends draw a sign per type and know these words; any other of Roslyn's is sent in lower case.</summary>
    private static readonly Dictionary<string, string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ExtensionMethod"] = "method",
        ["Local"] = "variable",
        ["Parameter"] = "variable",
        ["RangeVariable"] = "variable",
        ["Namespace"] = "module",
        ["Structure"] = "struct",
        ["EnumMember"] = "enum",
    };

    public string Type => "complete_request";

    public async Task HandleAsync(Request request)
    {
        string code = request.Content.Text("code");
        int cursor = CodePoints.ToUtf16(code, request.Content.Number("cursor_pos", int.MaxValue));
        CompletionList list = await language.CompleteAsync(code, cursor, interrupts.Token).ConfigureAwait(false);
        int start = CodePoints.FromUtf16(code, list.Start);
        int end = CodePoints.FromUtf16(code, list.End);
        JsonNode[] typed = [.. list.Items.Select(item => Typed(item, start, end))];
        request.Reply(new JsonObject
        {
            ["status"] = "ok",
            ["matches"] = new JsonArray([.. list.Items.Select(item => (JsonNode)item.Text)]),
            ["cursor_start"] = start,
            ["cursor_end"] = end,
            ["metadata"] = new JsonObject { ["_jupyter_types_experimental"] = new JsonArray(typed) },
        });
    }

    private static JsonNode Typed(CompletionItem item, int start, int end) => new JsonObject
    {
        ["start"] = start,
        ["end"] = end,
        ["text"] = item.Text,
        ["type"] = Types.GetValueOrDefault(item.Kind, item.Kind.ToLowerInvariant()),
        ["signature"] = item.Signature,
    };
}
