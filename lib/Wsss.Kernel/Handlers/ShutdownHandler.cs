using System.Text.Json.Nodes;

namespace Wsss.Kernel.Handlers;

/// <summary>Ends the kernel; who asks for a restart starts another.</summary>
/// <param name="end">Ends it when the request has been answered.</param>
internal sealed class ShutdownHandler(Action end) : IMessageHandler
{
    public string Type => "shutdown_request";

    public Task HandleAsync(Request request)
    {
        request.Reply(new JsonObject { ["status"] = "ok", ["restart"] = request.Content.Flag("restart", false) });
        end();
        return Task.CompletedTask;
    }
}
