using System.Text.Json.Nodes;

namespace Wsss.Kernel.Handlers;

/// <summary>Stops the cell that runs; the session and its variables stay.</summary>
internal sealed class InterruptHandler(Interrupts interrupts) : IMessageHandler
{
    public string Type => "interrupt_request";

    public Task HandleAsync(Request request)
    {
        interrupts.Interrupt();
        request.Reply(new JsonObject { ["status"] = "ok" });
        return Task.CompletedTask;
    }
}
