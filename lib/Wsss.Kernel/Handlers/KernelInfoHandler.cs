using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Wsss.Kernel.Wire;

namespace Wsss.Kernel.Handlers;

/// <summary>Says what this kernel is and which language it speaks.</summary>
internal sealed class KernelInfoHandler : IMessageHandler
{
    public string Type => "kernel_info_request";

    public Task HandleAsync(Request request)
    {
        request.Reply(new JsonObject
        {
            ["status"] = "ok",
            ["protocol_version"] = KernelWire.ProtocolVersion,
            ["implementation"] = "wsss",
            ["implementation_version"] = Provenance.LibraryVersion,
            // As the project's notebooks have it, so that saving one in Jupyter changes nothing but the version.
            ["language_info"] = new JsonObject
            {
                ["name"] = "C#",
                ["version"] = "14.0",
                ["mimetype"] = "text/x-csharp",
                ["file_extension"] = ".cs",
                ["pygments_lexer"] = "csharp",
            },
            ["banner"] = $"C# for Wsss {Provenance.LibraryVersion} on {RuntimeInformation.FrameworkDescription}",
            ["help_links"] = new JsonArray(),
            ["debugger"] = false,
        });
        return Task.CompletedTask;
    }
}
