using System.CommandLine.Parsing;

namespace Wsss.Cli;

/// <summary>What is made of predicted masks.</summary>
internal enum PredictionFormat
{
    Png,
    Overlay,
    Coco,
    LabelStudio,
    Cvat,
    Csv,
    Sheet,
}

/// <summary>Lists of formats as they are typed.</summary>
internal static class PredictionFormats
{
    /// <summary>Their names, as they are typed.</summary>
    public static string Names { get; } = string.Join(", ", Enum.GetNames<PredictionFormat>().Select(name => name.ToLowerInvariant()));

    /// <summary>Reads <c>png,coco</c>.</summary>
    public static PredictionFormat[] Parse(ArgumentResult result)
    {
        var formats = new List<PredictionFormat>();
        const StringSplitOptions Clean = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        foreach (string name in result.Tokens.SelectMany(token => token.Value.Split(',', Clean)))
        {
            // Numbers are names to Enum.TryParse.
            if (char.IsAsciiLetter(name[0]) && Enum.TryParse(name, ignoreCase: true, out PredictionFormat format)) formats.Add(format);
            else result.AddError($"Expected formats of {Names}, found '{name}'.");
        }
        return [.. formats.Distinct()];
    }
}
