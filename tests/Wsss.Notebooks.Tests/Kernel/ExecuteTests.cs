using System.Text.Json.Nodes;
using Wsss.Kernel.Wire;

namespace Wsss.Notebooks.Tests.Kernel;

public sealed class ExecuteTests(SharedKernel shared) : IClassFixture<SharedKernel>
{
    private KernelClient Client => shared.Client;

    [Fact]
    public void Outputs_come_in_order_between_busy_and_idle()
    {
        Executed cell = Client.Execute("Console.Write(\"a\"); Console.Error.Write(\"b\"); display(1); Console.Write(\"c\");\n1 + 1");
        Assert.Equal(["status", "execute_input", "stream", "stream", "display_data", "stream", "execute_result", "status"], cell.Types);
        Assert.Equal("busy", cell.Published[0].Text("execution_state"));
        Assert.Equal(("ac", "b", "2"), (cell.Stream(), cell.Stream("stderr"), cell.Result));
        int number = cell.Reply["execution_count"]!.GetValue<int>();
        Assert.Equal(number, cell.Published[1].Content["execution_count"]!.GetValue<int>());
        Assert.Equal(number, cell.Published[6].Content["execution_count"]!.GetValue<int>());
        Assert.Equal("ok", cell.Status);
    }

    [Fact]
    public void An_error_is_published_and_told_in_the_reply_with_cell_and_line()
    {
        Executed cell = Client.Execute("int one = 1;\nthrow new InvalidOperationException(\"no\");");
        int number = cell.Reply["execution_count"]!.GetValue<int>();
        Seen error = Assert.Single(cell.Published, message => message.Type == "error");
        foreach (JsonObject content in (JsonObject[])[error.Content, cell.Reply])
        {
            Assert.Equal("System.InvalidOperationException", content["ename"]!.GetValue<string>());
            Assert.Equal("no", content["evalue"]!.GetValue<string>());
            Assert.Contains($"In[{number}], line 2", content["traceback"]!.ToJsonString(), StringComparison.Ordinal);
        }
        Assert.Equal("error", cell.Status);
    }

    [Fact]
    public void A_cell_of_HTML_is_displayed_and_a_command_that_cannot_be_followed_is_an_error()
    {
        Executed cell = Client.Execute("#!html\n<b>bold</b>");
        Assert.Equal(["status", "execute_input", "display_data", "status"], cell.Types);
        Assert.Equal("<b>bold</b>", cell.Published[2].Content["data"]!["text/html"]!.GetValue<string>());
        Executed refused = Client.Execute("#!import nowhere.cs");
        Assert.Equal(("error", "CommandError"), (refused.Status, refused.Reply["ename"]!.GetValue<string>()));
    }

    [Fact]
    public void All_that_a_cell_writes_comes_before_idle()
    {
        Executed cell = Client.Execute("for (int i = 0; i < 20000; i++) Console.WriteLine(i);");
        Assert.Equal(string.Concat(Enumerable.Range(0, 20000).Select(i => $"{i}\n")), cell.Stream());
        // Not a message per line.
        Assert.InRange(cell.Published.Count, 4, 2000);
    }

    [Fact]
    public void Characters_outside_the_basic_plane_and_broken_ones_are_shown()
    {
        Executed cell = Client.Execute("Console.Write(\"\\ud83d\"); Console.Write(\"\\ude00 +<é\"); Console.Write('\\ud800');");
        Assert.Equal("😀 +<é\ufffd", cell.Stream());
        Assert.Equal("ok", cell.Status);
    }

    [Fact]
    public void A_silent_cell_runs_publishes_nothing_and_gets_no_number()
    {
        int before = Client.Execute("int quiet = 0;").Reply["execution_count"]!.GetValue<int>();
        Executed silent = Client.Execute("quiet = 5; Console.Write(\"x\"); quiet", silent: true);
        Assert.Equal(["status", "status"], silent.Types);
        Assert.Equal((before, "ok"), (silent.Reply["execution_count"]!.GetValue<int>(), silent.Status));
        Executed failing = Client.Execute("throw new Exception(\"told\");", silent: true);
        Assert.Equal(["status", "status"], failing.Types);
        Assert.Equal("told", failing.Reply["evalue"]!.GetValue<string>());
        Executed next = Client.Execute("quiet");
        Assert.Equal(("5", before + 1), (next.Result, next.Reply["execution_count"]!.GetValue<int>()));
    }

    [Fact]
    public void A_cell_outside_the_history_is_shown_and_gets_no_number()
    {
        int before = Client.Execute("1").Reply["execution_count"]!.GetValue<int>();
        Executed cell = Client.Execute("2", store: false);
        Assert.Equal(("2", before), (cell.Result, cell.Reply["execution_count"]!.GetValue<int>()));
        Assert.Equal(before + 1, Client.Execute("3").Reply["execution_count"]!.GetValue<int>());
    }

    [Fact]
    public void An_empty_cell_is_nothing()
    {
        int before = Client.Execute("1").Reply["execution_count"]!.GetValue<int>();
        Executed cell = Client.Execute(" \n");
        Assert.Equal(("ok", before), (cell.Status, cell.Reply["execution_count"]!.GetValue<int>()));
        Assert.Equal(["status", "execute_input", "status"], cell.Types);
    }

    [Fact]
    public void User_expressions_are_evaluated_after_the_cell()
    {
        JsonObject values = Client
            .Execute(
                "int eye = 20;",
                expressions: new JsonObject
                {
                    ["twice"] = "eye * 2",
                    ["wrong"] = "missing",
                    ["nothing"] = "null",
                }
            )
            .Reply["user_expressions"]!.AsObject();
        Assert.Equal("40", values["twice"]!["data"]!["text/plain"]!.GetValue<string>());
        Assert.Equal("ok", values["twice"]!["status"]!.GetValue<string>());
        Assert.Equal("error", values["wrong"]!["status"]!.GetValue<string>());
        Assert.Contains("missing", values["wrong"]!["evalue"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("null", values["nothing"]!["data"]!["text/plain"]!.GetValue<string>());
        Assert.Empty(
            Client.Execute("throw new Exception();", expressions: new JsonObject { ["twice"] = "eye" }).Reply[
                "user_expressions"
            ]!.AsObject()
        );
    }

    [Fact]
    public void An_error_calls_off_the_cells_that_wait()
    {
        string[] ids =
        [
            .. new[] { "Thread.Sleep(1000); throw new Exception();", "Console.Write(\"ran\");", "Console.Write(\"ran\");" }.Select(code =>
                Client.SendExecute(code)
            ),
        ];
        Executed[] cells = [.. ids.Select(Client.Finish)];
        Assert.Equal(["error", "aborted", "aborted"], cells.Select(cell => cell.Status));
        Assert.Equal(["status", "status"], cells[1].Types);
        Assert.Equal("ran", Client.Execute("Console.Write(\"ran\");").Stream());
    }

    [Fact]
    public void Without_stop_on_error_they_run()
    {
        string failing = Client.SendExecute("Thread.Sleep(1000); throw new Exception();", stopOnError: false);
        string next = Client.SendExecute("Console.Write(\"ran\");");
        Assert.Equal("error", Client.Finish(failing).Status);
        Assert.Equal("ran", Client.Finish(next).Stream());
    }

    [Fact]
    public void A_displayed_value_is_updated_in_its_place_also_from_a_later_cell()
    {
        Executed cell = Client.Execute("var bar = display(\"0 %\"); bar.Update(\"50 %\"); bar");
        Assert.Equal(["status", "execute_input", "display_data", "update_display_data", "status"], cell.Types);
        string id = cell.Published[2].Content["transient"]!["display_id"]!.GetValue<string>();
        Assert.Equal(id, cell.Published[3].Content["transient"]!["display_id"]!.GetValue<string>());
        Assert.Equal("50 %", cell.Published[3].Content["data"]!["text/plain"]!.GetValue<string>());
        Seen later = Assert.Single(Client.Execute("bar.Update(\"100 %\");").Published, message => message.Type == "update_display_data");
        Assert.Equal(
            (id, "100 %"),
            (later.Content["transient"]!["display_id"]!.GetValue<string>(), later.Content["data"]!["text/plain"]!.GetValue<string>())
        );
    }

    [Fact]
    public void Input_is_asked_for_after_what_was_written()
    {
        string id = Client.SendExecute(
            "Console.Write(\"Name: \"); string name = Console.ReadLine(); Console.Write(name + Console.Read());"
        );
        Assert.Equal(
            "Name: ",
            Client.Receive(KernelChannel.Iopub, message => message.Type == "stream" && message.ParentId == id).Text("text")
        );
        Seen question = Client.Receive(KernelChannel.Stdin, message => message.Type == "input_request");
        Assert.Equal(id, question.ParentId);
        Client.Send(KernelChannel.Stdin, "input_reply", new JsonObject { ["status"] = "ok", ["value"] = "Ada" });
        Client.Receive(KernelChannel.Stdin, message => message.Type == "input_request");
        Client.Send(KernelChannel.Stdin, "input_reply", new JsonObject { ["status"] = "ok", ["value"] = "A" });
        Assert.Equal("Ada65", Client.Finish(id).Stream());
    }

    [Fact]
    public void A_front_end_that_takes_no_questions_gets_an_error()
    {
        Executed cell = Client.Execute("Console.ReadLine()", allowStdin: false);
        Assert.Contains("allow_stdin is false", cell.Reply["evalue"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void Content_of_another_kind_is_an_error_that_names_the_field()
    {
        JsonObject reply = Client.Ask("execute_request", new JsonObject { ["code"] = 1 });
        Assert.Equal("error", reply["status"]!.GetValue<string>());
        Assert.Contains("'code'", reply["evalue"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("2", Client.Execute("1 + 1").Result);
    }
}
