using System.Text.Json.Nodes;

namespace Wsss.Kernel.Handlers;

/// <summary>Gives back cells that were run.</summary>
internal sealed class HistoryHandler(History history) : IMessageHandler
{
    public string Type => "history_request";

    public Task HandleAsync(Request request)
    {
        MessageContent content = request.Content;
        string access = content.Text("hist_access_type");
        int count = content.Number("n", int.MaxValue);
        IEnumerable<History.Entry> entries = access switch
        {
            "tail" => history.Tail(count),
            "range" => history.Range(content.Number("start", 0), content.Number("stop", int.MaxValue)),
            "search" => history.Search(content.TextOrNull("pattern") ?? "*", count, content.Flag("unique", false)),
            _ => throw new KernelException($"Expected tail, range or search as 'hist_access_type', found '{access}'."),
        };
        bool withOutput = content.Flag("output", false);
        request.Reply(new JsonObject
        {
            ["status"] = "ok",
            ["history"] = new JsonArray([.. entries.Select(entry => (JsonNode)entry.ToJson(withOutput))]),
        });
        return Task.CompletedTask;
    }
}
