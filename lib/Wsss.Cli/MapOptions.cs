using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Registry;

namespace Wsss.Cli;

/// <summary>Options that decide how maps are read off a classifier; the same for every command that makes maps.</summary>
internal sealed class MapOptions
{
    public Option<string> Method { get; } =
        new("--method")
        {
            Description =
                $"How maps are read off the classifier: {string.Join(", ", Family.Of<MapExtractor>().Names)}. Most look at any layer, "
                + "earlier ones are finer: layercam:layer=layer2.3; `wsss explain --list-layers` names them. Those that read gradients "
                + "take a "
                + $"target ({string.Join(", ", Family.Of<GradientTarget>().Names)}): gradcam:target=softmax.",
            DefaultValueFactory = _ => "cam",
        };

    public Option<double[]> Scales { get; } =
        new("--scales")
        {
            Description =
                "Sizes of the input relative to the image, such as 0.5,1,1.5. Default: 1 for drawn scenes and for explain, 0.5,1,1.5 for "
                    + "photographs.",
            CustomParser = ParseScales,
        };

    public Option<bool> NoFlip { get; } = new("--no-flip") { Description = "Leave out the mirrored image, which takes half of the time." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { Method, Scales, NoFlip }) command.Options.Add(option);
    }

    /// <summary>The defaults with what the arguments change.</summary>
    /// <exception cref="WsssException">No such method, or it has no such option.</exception>
    public MapInference Apply(ParseResult parsed, MapInference defaults) => defaults with
    {
        // A command without these options keeps the defaults.
        Extractor = parsed.GetValue(Method) is { } method ? Family.Parse<MapExtractor>(method, Method.Name) : defaults.Extractor,
        Scales = parsed.GetValue(Scales) is { Length: > 0 } scales ? scales : defaults.Scales,
        Flip = defaults.Flip && !parsed.GetValue(NoFlip),
    };

    private static double[]? ParseScales(ArgumentResult result)
    {
        var scales = new List<double>();
        foreach (string text in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double scale) && InputScales.IsValid(scale))
            {
                scales.Add(scale);
                continue;
            }
            result.AddError(
                $"Expected --scales as numbers above 0 and at most {InputScales.Largest}, separated by commas, found '{text}'."
            );
            return null;
        }
        return [.. scales];
    }
}
