using System.Text.Json.Nodes;
using Wsss.Kernel.Wire;
using Wsss.Notebooks.Controls;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Kernel;

public sealed class ControlTests(SharedKernel shared) : IClassFixture<SharedKernel>
{
    private KernelClient Client => shared.Client;

    [Fact]
    public void A_slider_that_moves_shows_anew_what_its_function_makes()
    {
        Executed cell = Client.Execute(
            "using Wsss.Notebooks.Controls;\nint calls = 0;\nControl.Slider(\"threshold\", 0, 1, 0.5, 0.5, t => $\"{++calls}: {100 * t} "
                + "%\")"
        );
        Dictionary<string, Seen> models = cell
            .Published.Where(message => message.Type == "comm_open" && Name(message) != "LayoutModel")
            .ToDictionary(Name);
        Assert.Equal(["FloatSliderModel", "OutputModel", "SliderStyleModel", "VBoxModel"], models.Keys.Order(StringComparer.Ordinal));
        JsonObject shown = cell.Published.Single(message => message.Type == "execute_result").Content["data"]!.AsObject();
        Assert.Equal(Id(models["VBoxModel"]), shown["application/vnd.jupyter.widget-view+json"]!["model_id"]!.GetValue<string>());
        Assert.Equal("1: 50 %", shown["text/plain"]!.GetValue<string>());
        Assert.Equal(
            [$"IPY_MODEL_{Id(models["FloatSliderModel"])}", $"IPY_MODEL_{Id(models["OutputModel"])}"],
            models["VBoxModel"].Content["data"]!["state"]!["children"]!.AsArray().Select(child => child!.GetValue<string>())
        );

        Seen update = Assert.Single(
            Sent(Id(models["FloatSliderModel"]), """{"method":"update","state":{"value":1.0},"buffer_paths":[]}""")
        );
        Assert.Equal(
            (Id(models["OutputModel"]), "2: 100 %"),
            (update.Text("comm_id"), update.Content["data"]!["state"]!["outputs"]![0]!["data"]!["text/plain"]!.GetValue<string>())
        );
        // A page that was loaded anew asks.
        Seen state = Assert.Single(Sent(Id(models["FloatSliderModel"]), """{"method":"request_state"}"""));
        Assert.Equal(
            (1.0, "threshold"),
            (
                state.Content["data"]!["state"]!["value"]!.GetValue<double>(),
                state.Content["data"]!["state"]!["description"]!.GetValue<string>()
            )
        );
    }

    [Fact]
    public void A_list_gives_the_name_that_is_chosen_and_an_error_is_text()
    {
        Executed cell = Client.Execute(
            "Wsss.Notebooks.Controls.Control.Choice(\"image\", [\"a\", \"b\"], name => name == \"a\" ? \"first\" : throw new "
                + "Exception(\"no picture of \" + name))"
        );
        Seen list = cell.Published.Single(message => message.Type == "comm_open" && Name(message) == "DropdownModel");
        Assert.Equal("first", cell.Result);
        string id = Client.Send(
            KernelChannel.Shell,
            "comm_msg",
            new JsonObject { ["comm_id"] = Id(list), ["data"] = JsonNode.Parse("""{"method":"update","state":{"index":1}}""") }
        );
        Assert.Contains(
            "no picture of b",
            Assert.Single(Client.PublishedFor(id), message => message.Type == "stream").Text("text"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Without_a_front_end_the_first_value_is_shown()
    {
        var formats = new DisplayFormats();
        MimeBundle shown = formats.Format(Control.Slider("t", 0, 1, 0.1, 0.25, t => 4 * t));
        Assert.Equal([KeyValuePair.Create(MimeBundle.Text, "1")], shown.Entries);
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.Contains(
            "0, 2, 1",
            Assert.Throws<NotebookException>(() => Control.Slider("t", 0, 1, 0.1, 2, t => t)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<NotebookException>(() => Control.Slider("t", 0, 1, 0, 0.5, t => t));
        Assert.Throws<NotebookException>(() => Control.Slider("t", 1, 1, 0.1, 1, t => t));
        Assert.Throws<NotebookException>(() => Control.Choice("c", [], name => name));
    }

    private IEnumerable<Seen> Sent(string comm, string data)
    {
        string id = Client.Send(KernelChannel.Shell, "comm_msg", new JsonObject { ["comm_id"] = comm, ["data"] = JsonNode.Parse(data) });
        return Client.PublishedFor(id).Where(message => message.Type == "comm_msg");
    }

    private static string Name(Seen opened) => opened.Content["data"]!["state"]!["_model_name"]!.GetValue<string>();

    private static string Id(Seen opened) => opened.Text("comm_id");
}
