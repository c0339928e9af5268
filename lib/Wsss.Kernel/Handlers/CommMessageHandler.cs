using Wsss.Notebooks.Comms;

namespace Wsss.Kernel.Handlers;

/// <summary>The front end sends on a comm.</summary>
internal sealed class CommMessageHandler(CommHub comms, CommWork work) : IMessageHandler
{
    public string Type => "comm_msg";

    public Task HandleAsync(Request request)
    {
        string id = request.Content.Text("comm_id");
        return work.RunAsync(request, () => comms.Receive(id, request.Content.Object("data")));
    }
}
