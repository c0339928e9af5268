using System.Globalization;
using System.Text.RegularExpressions;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Figures;
using Wsss.Localization;
using Wsss.Storage;

namespace Wsss.Cli;

/// <summary>The files of an explanation, and the classes that it is about.</summary>
/// <param name="Picture">The image and a map of each class over it.</param>
/// <param name="Maps">The maps as [K, H, W] float32 in 0…1.</param>
/// <param name="Shape">K, H, W.</param>
/// <param name="Classes">The strongest classes and those that were explained, by falling score.</param>
internal sealed partial record ExplanationFiles(
    string Picture, string Maps, IReadOnlyList<int> Shape, IReadOnlyList<ExplanationFiles.ClassResult> Classes)
{
    private const int Strongest = 5;

    /// <summary>How the weight file held the network; null for a classifier that was trained here.</summary>
    public string? Weights { get; init; }

    /// <summary>One class.</summary>
    /// <param name="Name">Its name, with synonyms.</param>
    /// <param name="Index">Zero-based.</param>
    /// <param name="Score">0…1.</param>
    /// <param name="Map">Its map as a grey picture; null if it was not explained.</param>
    internal sealed record ClassResult(string Name, int Index, float Score, string? Map);

    /// <summary>Writes the files.</summary>
    public static ExplanationFiles Write(
        string folder,
        RgbImage image,
        Explanation explanation,
        IReadOnlyList<string> classNames,
        string title
    )
    {
        var maps = explanation.Maps;
        const string Picture = "explanation.png", Array = "maps.npy";
        var names = maps.Classes.ToDictionary(
            label => label, label => $"{label}-{NotForFiles().Replace(ClassList.ShortName(classNames[label]), "-")}.png");
        var files = new OwnFiles(folder, "explain", [Picture, Array, .. names.Values]);
        files.RefuseOthers();
        files.Begin();
        string picture = Path.Combine(folder, Picture),
            array = Path.Combine(folder, Array);
        var pictures = names.ToDictionary(name => name.Key, name => Path.Combine(folder, name.Value));
        for (int k = 0; k < maps.Classes.Count; k++)
            ImageFile.WriteGray(pictures[maps.Classes[k]], Grey(maps, k));
        int[] shape = [maps.Classes.Count, maps.Height, maps.Width];
        NpyFile.Write(array, new NpyArray(shape, maps.Values));
        Gallery.Explanation(image, explanation, classNames, title).Save(picture);

        var ranking = explanation.Ranking();
        var shown = ranking.Where((label, place) => place < Strongest || pictures.ContainsKey(label));
        return new ExplanationFiles(
            picture,
            array,
            shape,
            [
                .. shown.Select(label => new ClassResult(
                    classNames[label],
                    label,
                    explanation.Scores[label],
                    pictures.GetValueOrDefault(label)
                )),
            ]
        );
    }

    /// <summary>A table of the classes, and where the files are.</summary>
    public string ToText()
    {
        var rows = Classes.Select(row =>
            (IReadOnlyList<string>)
                [
                    ClassList.ShortName(row.Name),
                    $"{row.Index}",
                    row.Score.ToString("0.000", CultureInfo.InvariantCulture),
                    row.Map is null ? "-" : Path.GetFileName(row.Map),
                ]
        );
        string weights = Weights is null ? "" : $"\nweights: {Weights}";
        return $"{new Table(["class", "index", "score", "map"], [.. rows])}\npicture: {Picture}\nmaps: {Maps} "
            + $"[{string.Join(", ", Shape)}]{weights}";
    }

    private static LabelMap Grey(LocalizationMaps maps, int k)
    {
        var values = new byte[maps.Width * maps.Height];
        var map = maps.Map(k);
        for (int i = 0; i < values.Length; i++) values[i] = (byte)(255 * map[i] + 0.5f);
        return new LabelMap(maps.Width, maps.Height, values);
    }

    [GeneratedRegex(@"[^\p{L}\p{N}]+")]
    private static partial Regex NotForFiles();
}
