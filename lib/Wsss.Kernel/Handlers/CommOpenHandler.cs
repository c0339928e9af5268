using Wsss.Notebooks.Comms;

namespace Wsss.Kernel.Handlers;

/// <summary>The front end opens a comm.</summary>
internal sealed class CommOpenHandler(CommHub comms, CommWork work) : IMessageHandler
{
    public string Type => "comm_open";

    public Task HandleAsync(Request request)
    {
        MessageContent content = request.Content;
        (string id, string target) = (content.Text("comm_id"), content.Text("target_name"));
        return work.RunAsync(request, () => comms.ReceiveOpen(id, target, content.Object("data")));
    }
}
