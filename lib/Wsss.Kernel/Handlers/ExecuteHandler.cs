using System.Text.Json.Nodes;
using Wsss.Notebooks;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;

namespace Wsss.Kernel.Handlers;

/// <summary>Runs cells.</summary>
/// <param name="session">Runs them.</param>
/// <param name="interrupts">Stops the one that runs.</param>
/// <param name="input">Asks the user for a cell.</param>
/// <param name="history">Remembers cells.</param>
/// <param name="lastSequence">Gives the number of the message that came last.</param>
internal sealed class ExecuteHandler(
    NotebookSession session, Interrupts interrupts, InputChannel input, History history, Func<long> lastSequence) : IMessageHandler
{
    private long _abortedUpTo = -1;

    public string Type => "execute_request";

    public async Task HandleAsync(Request request)
    {
        if (request.Sequence <= _abortedUpTo)
        {
            request.Reply(new JsonObject { ["status"] = "aborted" });
            return;
        }
        var asked = ExecuteRequest.Of(request.Content);
        int number = session.ExecutionCount + (asked.IsStored ? 1 : 0);
        if (asked.IsStored) history.Add(number, asked.Code);
        if (!asked.IsSilent) request.Publish("execute_input", new JsonObject { ["code"] = asked.Code, ["execution_count"] = number });

        using var outputs = new CellOutputs(request, asked.IsSilent);
        input.Open(asked.AllowsStdin ? request : null, outputs.Flush);
        CellError? error = await RunAsync(asked.Code, outputs.Show, asked.IsStored).ConfigureAwait(false);
        if (asked.IsStored) history.SetOutput(outputs.Result);
        JsonObject expressions = error is null ? await EvaluateAsync(asked.UserExpressions).ConfigureAwait(false) : [];
        outputs.Flush();

        if (error is not null && asked.StopsOnError) _abortedUpTo = lastSequence();
        JsonObject reply = error is null
            ? new JsonObject { ["status"] = "ok", ["payload"] = new JsonArray() }
            : ErrorContent.ReplyOf(error);
        reply["execution_count"] = number;
        reply["user_expressions"] = expressions;
        request.Reply(reply);
    }

    /// <summary>Runs code; every error has been shown when it is given back.</summary>
    private async Task<CellError?> RunAsync(string code, Action<CellOutput> show, bool counts)
    {
        if (string.IsNullOrWhiteSpace(code)) return null;
        CellError error;
        try
        {
            CellResult result = await session.ExecuteAsync(code, show, interrupts.Token, counts).ConfigureAwait(false);
            return result.Error;
        }
        catch (OperationCanceledException stopped)
        {
            string message = session.IsLost ? stopped.Message : "The cell was interrupted; variables keep what they hold.";
            error = new CellError("Interrupted", message, "", 0, [$"Interrupted: {message}"]);
        }
        catch (NotebookException lost)
        {
            error = ErrorContent.FromException(lost);
        }
        show(new ErrorOutput(error));
        return error;
    }

    private async Task<JsonObject> EvaluateAsync(IReadOnlyDictionary<string, string> expressions)
    {
        var values = new JsonObject();
        foreach ((string name, string expression) in expressions)
        {
            MimeBundle value = MimeBundle.Of((MimeBundle.Text, "null"));
            Action<CellOutput> keep = output => value = output is ResultOutput result ? result.Data : value;
            CellError? error = await RunAsync(expression, keep, counts: false).ConfigureAwait(false);
            values[name] = error is null
                ? new JsonObject { ["status"] = "ok", ["data"] = value.ToMessage(), ["metadata"] = new JsonObject() }
                : ErrorContent.ReplyOf(error);
        }
        return values;
    }
}
