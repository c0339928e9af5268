using System.Text.Json.Nodes;
using NetMQ;
using NetMQ.Sockets;
using Wsss.Kernel.Wire;

namespace Wsss.Notebooks.Tests.Kernel;

/// <summary>What a front end asks beside running cells.</summary>
public sealed class QuestionTests(SharedKernel shared) : IClassFixture<SharedKernel>
{
    private KernelClient Client => shared.Client;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_kernel_says_what_it_is(bool overtaking)
    {
        JsonObject info = Client.Ask("kernel_info_request", [], overtaking ? KernelChannel.Control : KernelChannel.Shell);
        Assert.Equal("5.3", info["protocol_version"]!.GetValue<string>());
        Assert.Equal(
            ("C#", "text/x-csharp", ".cs"),
            (
                info["language_info"]!["name"]!.GetValue<string>(),
                info["language_info"]!["mimetype"]!.GetValue<string>(),
                info["language_info"]!["file_extension"]!.GetValue<string>()
            )
        );
    }

    [Fact]
    public void Completions_have_types_and_count_code_points()
    {
        const string Code = "\"😀\"; Console.Wr";
        JsonObject reply = Client.Ask("complete_request", new JsonObject { ["code"] = Code, ["cursor_pos"] = 15 });
        Assert.Equal("""["WriteLine","Out","local"]""", reply["matches"]!.ToJsonString());
        // The smiley is one code point and two UTF-16 units.
        Assert.Equal((13, 15), (reply["cursor_start"]!.GetValue<int>(), reply["cursor_end"]!.GetValue<int>()));
        JsonArray typed = reply["metadata"]!["_jupyter_types_experimental"]!.AsArray();
        Assert.Equal(["method", "property", "variable"], typed.Select(item => item!["type"]!.GetValue<string>()));
        Assert.Equal(
            """{"start":13,"end":15,"text":"WriteLine","type":"method","signature":"void Console.WriteLine()"}""",
            typed[0]!.ToJsonString()
        );
    }

    [Fact]
    public void Inspecting_finds_what_is_known_or_says_that_nothing_is()
    {
        JsonObject found = Client.Ask("inspect_request", new JsonObject { ["code"] = "😀ab", ["cursor_pos"] = 2, ["detail_level"] = 0 });
        Assert.Equal((true, "known up to 😀a"), (found["found"]!.GetValue<bool>(), found["data"]!["text/plain"]!.GetValue<string>()));
        JsonObject nothing = Client.Ask("inspect_request", new JsonObject { ["code"] = "+", ["cursor_pos"] = 1, ["detail_level"] = 0 });
        Assert.Equal((false, "ok"), (nothing["found"]!.GetValue<bool>(), nothing["status"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("int a = 1;", """{"status":"complete"}""")]
    [InlineData("  if (true) {", """{"status":"incomplete","indent":"      "}""")]
    [InlineData("  int a", """{"status":"incomplete","indent":"  "}""")]
    [InlineData(")", """{"status":"invalid"}""")]
    public void A_console_is_told_whether_to_run(string code, string reply) =>
        Assert.Equal(reply, Client.Ask("is_complete_request", new JsonObject { ["code"] = code }).ToJsonString());

    [Fact]
    public void The_history_has_cells_with_results_and_not_the_silent_ones()
    {
        int first = Client.Execute("\"one\"").Reply["execution_count"]!.GetValue<int>();
        Client.Execute("\"silent\"", silent: true);
        Client.Execute("\"outside\"", store: false);
        Client.Execute("int two = 2;");
        Assert.Equal(
            $"[[1,{first},[\"\\u0022one\\u0022\",\"one\"]],[1,{first + 1},[\"int two = 2;\",null]]]",
            Client.Ask(
                "history_request",
                new JsonObject
                {
                    ["hist_access_type"] = "tail",
                    ["n"] = 2,
                    ["output"] = true,
                    ["raw"] = true,
                }
            )["history"]!.ToJsonString()
        );
        Assert.Equal(
            $"[[1,{first},\"\\u0022one\\u0022\"]]",
            Client.Ask(
                "history_request",
                new JsonObject
                {
                    ["hist_access_type"] = "range",
                    ["session"] = 0,
                    ["start"] = first,
                    ["stop"] = first + 1,
                }
            )["history"]!.ToJsonString()
        );
        Client.Execute("int two = 2;");
        Assert.Equal(
            $"[[1,{first + 2},\"int two = 2;\"]]",
            Client.Ask(
                "history_request",
                new JsonObject
                {
                    ["hist_access_type"] = "search",
                    ["pattern"] = "int t?o*",
                    ["n"] = 9,
                    ["unique"] = true,
                }
            )["history"]!.ToJsonString()
        );
        Assert.Contains(
            "'other'",
            Client.Ask("history_request", new JsonObject { ["hist_access_type"] = "other" })["evalue"]!.GetValue<string>(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_comm_goes_both_ways()
    {
        string code =
            "Wsss.Notebooks.Comms.CommHub.Current.Register(\"twice\", (comm, data) => comm.Received = sent => { Console.Write(\"heard\"); "
            + "comm.Send(new System.Text.Json.Nodes.JsonObject { [\"twice\"] = 2 * sent[\"value\"].GetValue<int>() }); });";
        Assert.Equal("ok", Client.Execute(code).Status);
        Client.Send(
            KernelChannel.Shell,
            "comm_open",
            new JsonObject
            {
                ["comm_id"] = "c1",
                ["target_name"] = "twice",
                ["data"] = new JsonObject(),
            }
        );
        Assert.Equal(
            """{"c1":{"target_name":"twice"}}""",
            Client.Ask("comm_info_request", new JsonObject { ["target_name"] = "twice" })["comms"]!.ToJsonString()
        );
        Assert.Equal("{}", Client.Ask("comm_info_request", new JsonObject { ["target_name"] = "other" })["comms"]!.ToJsonString());

        string id = Client.Send(
            KernelChannel.Shell,
            "comm_msg",
            new JsonObject
            {
                ["comm_id"] = "c1",
                ["data"] = new JsonObject { ["value"] = 21 },
            }
        );
        IReadOnlyList<Seen> published = Client.PublishedFor(id);
        Assert.Equal(
            """{"comm_id":"c1","data":{"twice":42}}""",
            Assert.Single(published, message => message.Type == "comm_msg").Content.ToJsonString()
        );
        Assert.Equal("heard", Assert.Single(published, message => message.Type == "stream").Text("text"));

        Client.Send(KernelChannel.Shell, "comm_close", new JsonObject { ["comm_id"] = "c1", ["data"] = new JsonObject() });
        Assert.Equal("{}", Client.Ask("comm_info_request", [])["comms"]!.ToJsonString());
    }

    [Fact]
    public void A_comm_that_nobody_knows_is_closed()
    {
        string id = Client.Send(
            KernelChannel.Shell,
            "comm_open",
            new JsonObject
            {
                ["comm_id"] = "c2",
                ["target_name"] = "none",
                ["data"] = new JsonObject(),
            }
        );
        Assert.Equal("c2", Assert.Single(Client.PublishedFor(id), message => message.Type == "comm_close").Text("comm_id"));
    }

    [Fact]
    public void The_heartbeat_sends_back_what_it_gets()
    {
        using var heart = new RequestSocket($">tcp://127.0.0.1:{shared.Connection.HeartbeatPort}");
        heart.SendFrame("ping");
        Assert.True(heart.TryReceiveFrameString(TimeSpan.FromSeconds(30), out string? answer));
        Assert.Equal("ping", answer);
    }

    [Fact]
    public void A_message_of_an_unknown_type_makes_the_kernel_busy_and_idle_and_nothing_else()
    {
        string id = Client.Send(KernelChannel.Shell, "debug_request", []);
        Assert.Equal(["status", "status"], Client.PublishedFor(id).Select(message => message.Type));
    }
}
