using Wsss.Notebooks.Comms;

namespace Wsss.Kernel.Handlers;

/// <summary>The front end closes a comm.</summary>
internal sealed class CommCloseHandler(CommHub comms) : IMessageHandler
{
    public string Type => "comm_close";

    public Task HandleAsync(Request request)
    {
        comms.ReceiveClose(request.Content.Text("comm_id"));
        return Task.CompletedTask;
    }
}
