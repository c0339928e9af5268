using System.Text.Json.Nodes;
using Wsss.Notebooks.Sessions;

namespace Wsss.Kernel.Handlers;

/// <summary>Whether a console should run what was typed, or open another line.</summary>
internal sealed class IsCompleteHandler(ILanguageServices language) : IMessageHandler
{
    private const int IndentSize = 4;

    public string Type => "is_complete_request";

    public Task HandleAsync(Request request)
    {
        string code = request.Content.Text("code");
        JsonObject reply = language.StateOf(code) switch
        {
            CodeState.Complete => new JsonObject { ["status"] = "complete" },
            CodeState.Incomplete => new JsonObject { ["status"] = "incomplete", ["indent"] = IndentAfter(code) },
            _ => new JsonObject { ["status"] = "invalid" },
        };
        request.Reply(reply);
        return Task.CompletedTask;
    }

    /// <summary>That of the last line, and a step more where it opens a block.</summary>
    private static string IndentAfter(string code)
    {
        string line = code.TrimEnd().Split('\n')[^1];
        int spaces = line.Length - line.TrimStart().Length;
        return line[..spaces] + new string(' ', line.TrimEnd() is [.., '{' or '(' or '['] ? IndentSize : 0);
    }
}
