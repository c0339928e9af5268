using System.Text.Json.Nodes;
using Wsss.Notebooks.Comms;

namespace Wsss.Kernel.Handlers;

/// <summary>Lists the comms that are open.</summary>
internal sealed class CommInfoHandler(CommHub comms) : IMessageHandler
{
    public string Type => "comm_info_request";

    public Task HandleAsync(Request request)
    {
        string? target = request.Content.TextOrNull("target_name");
        var open = new JsonObject();
        foreach (Comm comm in comms.Open.Where(comm => string.IsNullOrEmpty(target) || comm.Target == target))
            open[comm.Id] = new JsonObject { ["target_name"] = comm.Target };
        request.Reply(new JsonObject { ["status"] = "ok", ["comms"] = open });
        return Task.CompletedTask;
    }
}
