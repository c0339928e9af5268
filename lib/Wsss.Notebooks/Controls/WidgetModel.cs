using System.Text.Json.Nodes;
using Wsss.Notebooks.Comms;

namespace Wsss.Notebooks.Controls;

/// <summary>One model of ipywidgets: a state that session and front end keep alike.</summary>
/// <remarks>ipywidgets, "Model state", jupyter.widget protocol 2.1.</remarks>
internal sealed class WidgetModel
{
    private const string Target = "jupyter.widget";
    private const string ProtocolVersion = "2.1.0";

    private readonly Comm _comm;
    private readonly JsonObject _state;

    private WidgetModel(CommHub hub, JsonObject state)
    {
        _state = state;
        var data = new JsonObject { ["state"] = state.DeepClone(), ["buffer_paths"] = new JsonArray() };
        _comm = hub.Create(Target, data, new JsonObject { ["version"] = ProtocolVersion });
        _comm.Received = Receive;
    }

    /// <summary>Called with the name of what the front end has changed, and the value.</summary>
    public Action<string, JsonNode?>? Changed { get; set; }

    /// <summary>Unique among all models.</summary>
    public string Id => _comm.Id;

    /// <summary>As the state of another model names this one.</summary>
    public string Reference => "IPY_MODEL_" + Id;

    /// <summary>Something that is seen, with a layout of its own.</summary>
    /// <param name="hub">To the front end.</param>
    /// <param name="package">Of the front end, without its scope: <c>controls</c> or <c>output</c>.</param>
    /// <param name="version">Of the package.</param>
    /// <param name="name">Such as <c>FloatSlider</c>.</param>
    /// <param name="state">Beside what every model has.</param>
    public static WidgetModel Of(CommHub hub, string package, string version, string name, JsonObject state)
    {
        state["layout"] = Plain(hub, "base", "2.0.0", "Layout", "Layout").Reference;
        return Plain(hub, package, version, name, name, state);
    }

    /// <summary>How a model's label and handle look.</summary>
    public static WidgetModel Style(CommHub hub, string name) => Plain(hub, "controls", "2.0.0", name, "Style");

    /// <summary>Changes the state on both sides.</summary>
    public void Set(string name, JsonNode value)
    {
        _state[name] = value;
        Send(new JsonObject { [name] = value.DeepClone() });
    }

    private static WidgetModel Plain(CommHub hub, string package, string version, string name, string view, JsonObject? state = null)
    {
        JsonObject all = state ?? [];
        all["_model_module"] = $"@jupyter-widgets/{package}";
        all["_model_module_version"] = version;
        all["_model_name"] = name + "Model";
        // Styles have no package of their own for their view.
        bool isStyle = view == "Style";
        all["_view_module"] = isStyle ? "@jupyter-widgets/base" : $"@jupyter-widgets/{package}";
        all["_view_module_version"] = isStyle ? "2.0.0" : version;
        all["_view_name"] = view + "View";
        return new WidgetModel(hub, all);
    }

    private void Receive(JsonObject data)
    {
        if (data["method"]?.ToString() == "request_state")
        {
            Send(_state.DeepClone().AsObject());
            return;
        }
        if (data["state"] is not JsonObject changes) return;
        foreach ((string name, JsonNode? value) in changes)
        {
            _state[name] = value?.DeepClone();
            Changed?.Invoke(name, value);
        }
    }

    private void Send(JsonObject state) =>
        _comm.Send(new JsonObject { ["method"] = "update", ["state"] = state, ["buffer_paths"] = new JsonArray() });
}
