using System.Text.Json.Nodes;
using Wsss.Notebooks.Comms;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Controls;

/// <summary>
/// A slider or a list, and below it what a function makes of the chosen value, made anew when the choice changes:
/// <c>Control.Slider("threshold", 0, 1, 0.05, 0.4, t => Gallery.Maps(…))</c> as a cell's last expression. Where the front end has no
/// ipywidgets, and in notebooks that are run without one, it shows what the function makes of the first value.
/// </summary>
public sealed class Control
{
    private const string ViewType = "application/vnd.jupyter.widget-view+json";
    private const string Package = "controls";
    private const string PackageVersion = "2.0.0";

    private readonly CommHub? _hub = CommHub.Current;
    private readonly Func<CommHub, WidgetModel> _open;
    private readonly string _changing;
    private readonly Func<JsonNode?, object?> _show;
    private readonly JsonNode _first;
    private string? _id;

    private Control(Func<CommHub, WidgetModel> open, string changing, JsonNode first, Func<JsonNode?, object?> show) =>
        (_open, _changing, _first, _show) = (open, changing, first, show);

    /// <summary>A slider for a number.</summary>
    /// <param name="label">What the number is.</param>
    /// <param name="minimum">The least.</param>
    /// <param name="maximum">The most; above the least.</param>
    /// <param name="step">From one number to the next; above 0.</param>
    /// <param name="value">The first, from <paramref name="minimum"/> to <paramref name="maximum"/>.</param>
    /// <param name="show">Makes what is shown, as a cell's last expression would be.</param>
    /// <exception cref="NotebookException">A number is out of its range.</exception>
    public static Control Slider(string label, double minimum, double maximum, double step, double value, Func<double, object?> show)
    {
        if (!(minimum < maximum) || !(step > 0) || !(value >= minimum && value <= maximum))
        {
            throw new NotebookException(FormattableString.Invariant(
                $"Expected a slider with minimum ≤ value ≤ maximum and a step above 0, found {minimum}, {value}, {maximum} and {step}."));
        }
        return new Control(
            hub => WidgetModel.Of(hub, Package, PackageVersion, "FloatSlider", new JsonObject
            {
                ["description"] = label,
                ["min"] = minimum,
                ["max"] = maximum,
                ["step"] = step,
                ["value"] = value,
                // What is shown may take its time: only where the slider is let go.
                ["continuous_update"] = false,
                ["style"] = WidgetModel.Style(hub, "SliderStyle").Reference,
            }),
            "value", value, chosen => show(chosen!.GetValue<double>()));
    }

    /// <summary>A list of which one is chosen; the first at first.</summary>
    /// <param name="label">What is chosen.</param>
    /// <param name="options">Their names; at least one.</param>
    /// <param name="show">Makes what is shown of the name, as a cell's last expression would be.</param>
    /// <exception cref="NotebookException">There are no options.</exception>
    public static Control Choice(string label, IReadOnlyList<string> options, Func<string, object?> show)
    {
        if (options.Count == 0) throw new NotebookException($"Expected options for '{label}', found none.");
        return new Control(
            hub => WidgetModel.Of(hub, Package, PackageVersion, "Dropdown", new JsonObject
            {
                ["description"] = label,
                ["_options_labels"] = new JsonArray([.. options.Select(option => (JsonNode)option)]),
                ["index"] = 0,
                ["style"] = WidgetModel.Style(hub, "DescriptionStyle").Reference,
            }),
            "index", 0, chosen => show(options[chosen!.GetValue<int>()]));
    }

    /// <param name="format">As a value below a cell looks.</param>
    internal MimeBundle Format(Func<object, MimeBundle> format)
    {
        MimeBundle shown = Shown(format, _first);
        if (_hub is null) return shown;
        _id ??= Open(_hub, format, shown);
        var view = new JsonObject { ["version_major"] = 2, ["version_minor"] = 0, ["model_id"] = _id };
        return new MimeBundle([KeyValuePair.Create(ViewType, view.ToJsonString()), .. shown.Entries]);
    }

    private string Open(CommHub hub, Func<object, MimeBundle> format, MimeBundle shown)
    {
        WidgetModel control = _open(hub);
        WidgetModel output = WidgetModel.Of(
            hub, "output", "1.0.0", "Output", new JsonObject { ["msg_id"] = "", ["outputs"] = Outputs(shown) });
        control.Changed = (name, value) =>
        {
            if (name == _changing) output.Set("outputs", Outputs(Shown(format, value)));
        };
        var children = new JsonArray(control.Reference, output.Reference);
        return WidgetModel.Of(hub, Package, PackageVersion, "VBox", new JsonObject { ["children"] = children }).Id;
    }

    private MimeBundle Shown(Func<object, MimeBundle> format, JsonNode? value) =>
        _show(value) is { } made ? format(made) : MimeBundle.Of((MimeBundle.Text, "null"));

    private static JsonArray Outputs(MimeBundle shown) =>
        [new JsonObject { ["output_type"] = "display_data", ["data"] = shown.ToMessage(), ["metadata"] = shown.MetadataToJson() }];
}
