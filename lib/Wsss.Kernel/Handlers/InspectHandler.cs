using System.Text.Json.Nodes;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;

namespace Wsss.Kernel.Handlers;

/// <summary>What stands at the cursor.</summary>
/// <param name="language">Knows it.</param>
/// <param name="interrupts">Calls a slow question off.</param>
internal sealed class InspectHandler(ILanguageServices language, Interrupts interrupts) : IMessageHandler
{
    public string Type => "inspect_request";

    public async Task HandleAsync(Request request)
    {
        string code = request.Content.Text("code");
        int cursor = CodePoints.ToUtf16(code, request.Content.Number("cursor_pos", int.MaxValue));
        string? text = await language.InspectAsync(code, cursor, interrupts.Token).ConfigureAwait(false);
        request.Reply(new JsonObject
        {
            ["status"] = "ok",
            ["found"] = text is not null,
            ["data"] = text is null ? new JsonObject() : MimeBundle.Of((MimeBundle.Text, text)).ToMessage(),
            ["metadata"] = new JsonObject(),
        });
    }
}
