using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Wsss.Data;
using Wsss.Localization;

namespace Wsss.Cli;

/// <summary>Options that decide how maps are read off a classifier.</summary>
/// <param name="defaultScales">What the help says about the scales when none are given.</param>
internal sealed class MapOptions(string defaultScales)
{
    public Option<string> Method { get; } = new Option<string>("--method")
    {
        Description = "How maps are read off the classifier.",
        DefaultValueFactory = _ => "cam",
    }.AcceptOnlyFromAmong([.. MapExtractors.Names]);

    public Option<string?> Layer { get; } = new("--layer")
    {
        Description = "The layer whose output is looked at, for all methods but cam: earlier ones are finer. Default: the last. `wsss explain --list-layers` names them.",
    };

    public Option<double[]> Scales { get; } = new("--scales")
    {
        Description = $"Sizes of the input relative to the image, such as 0.5,1,1.5. Default: {defaultScales}.",
        CustomParser = ParseScales,
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { Method, Layer, Scales }) command.Options.Add(option);
    }

    /// <summary>The defaults with what the arguments change.</summary>
    /// <exception cref="RecipeException">A layer for a method that has none.</exception>
    public MapInference Apply(ParseResult parsed, MapInference defaults) => defaults with
    {
        Extractor = MapExtractors.Create(parsed.GetValue(Method)!, parsed.GetValue(Layer)),
        Scales = parsed.GetValue(Scales) is { Length: > 0 } scales ? scales : defaults.Scales,
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
            result.AddError($"Expected --scales as numbers above 0 and at most {InputScales.Largest}, separated by commas, found '{text}'.");
            return null;
        }
        return [.. scales];
    }
}
