using System.Text.Json.Nodes;

namespace Wsss.Notebooks.Tests.Kernel;

public sealed class LanguageMessageTests
{
    [Fact]
    public async Task The_session_s_own_language_services_answer()
    {
        using var kernel = new RunningKernel(RunningKernel.NewConnection());
        await kernel.WarmUpAsync(TestContext.Current.CancellationToken);
        using KernelClient client = KernelClient.Connected(kernel.Connection);
        Assert.Equal(1, client.Execute("string smiley = \"😀\";").Reply["execution_count"]!.GetValue<int>());

        const string Code = "smiley = \"😀😀\"; smiley.Subst";
        JsonObject completed = client.Ask("complete_request", new JsonObject { ["code"] = Code, ["cursor_pos"] = 27 });
        Assert.Equal("Substring", completed["matches"]![0]!.GetValue<string>());
        Assert.Equal((22, 27), (completed["cursor_start"]!.GetValue<int>(), completed["cursor_end"]!.GetValue<int>()));
        Assert.Equal("method", completed["metadata"]!["_jupyter_types_experimental"]![0]!["type"]!.GetValue<string>());

        JsonObject inspected = client.Ask(
            "inspect_request",
            new JsonObject
            {
                ["code"] = Code,
                ["cursor_pos"] = 3,
                ["detail_level"] = 0,
            }
        );
        Assert.StartsWith("(field) string smiley\n= ", inspected["data"]!["text/plain"]!.GetValue<string>(), StringComparison.Ordinal);

        Assert.Equal(
            "incomplete",
            client.Ask("is_complete_request", new JsonObject { ["code"] = "int F() {" })["status"]!.GetValue<string>()
        );
        Assert.Equal("complete", client.Ask("is_complete_request", new JsonObject { ["code"] = "1 + 1" })["status"]!.GetValue<string>());
        Assert.Equal("invalid", client.Ask("is_complete_request", new JsonObject { ["code"] = "int = ) ;" })["status"]!.GetValue<string>());
    }
}
