using System.Text.Json;

namespace Wsss.Evaluation;

/// <summary>How well one label is predicted; all null for a class that does not occur in the truth.</summary>
/// <param name="Name">The class's name.</param>
/// <param name="IoU">Intersection over union, 0…1.</param>
/// <param name="Precision">Share of the predicted pixels that are right, 0…1.</param>
/// <param name="Recall">Share of the true pixels that are found, 0…1.</param>
public sealed record ClassScore(string Name, double? IoU, double? Precision, double? Recall);

/// <summary>What an evaluation of masks gives back. Every share lies in 0…1.</summary>
/// <param name="Images">Number of images.</param>
/// <param name="MeanIoU">mIoU over background and the classes that occur in the truth.</param>
/// <param name="MeanPrecision">Mean precision over the same labels.</param>
/// <param name="MeanRecall">Mean recall over the same labels.</param>
/// <param name="BoundaryF">Boundary F-score (<see cref="Evaluation.BoundaryF"/>); null if no object had a boundary.</param>
/// <param name="HeadRecall">Recall on the telling parts; null for photographs.</param>
/// <param name="BodyRecall">Recall on the rest of the objects; null for photographs.</param>
/// <param name="MapLeak">Share of the maps' mass on context; null for photographs, or where no maps were given.</param>
/// <param name="MaskLeak">Share of the predicted foreground on context; null for photographs.</param>
/// <param name="Classes">One entry per label, background first.</param>
public sealed record Score(
    int Images, double MeanIoU, double MeanPrecision, double MeanRecall, double? BoundaryF,
    double? HeadRecall, double? BodyRecall, double? MapLeak, double? MaskLeak, IReadOnlyList<ClassScore> Classes)
{
    private static readonly JsonSerializerOptions JsonOptions = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>The classes in per cent, then their means, then the other measures: plain text that is also Markdown.</summary>
    public string ToTable()
    {
        List<IReadOnlyList<string>> classes =
            [.. Classes.Select(c => Row(c.Name, c.IoU, c.Precision, c.Recall)), Row("mean", MeanIoU, MeanPrecision, MeanRecall)];
        (string Name, double? Value)[] others =
        [
            ("boundary F", BoundaryF), ("head recall", HeadRecall), ("body recall", BodyRecall),
            ("map leak", MapLeak), ("mask leak", MaskLeak),
        ];
        List<IReadOnlyList<string>> known = [.. others.Where(o => o.Value is not null).Select(o => Row(o.Name, o.Value))];
        string table = new Table(["class", "IoU %", "precision %", "recall %"], classes).ToString();
        return known.Count == 0 ? table : table + "\n" + new Table(["measure", "%"], known).ToString();
    }

    /// <summary>The headers of <see cref="Summary"/>, after the row's name.</summary>
    public static IReadOnlyList<string> SummaryHeaders { get; } =
        ["mIoU %", "precision %", "recall %", "boundary F %", "head %", "body %", "map leak %", "mask leak %"];

    /// <summary>The means in the order of <see cref="SummaryHeaders"/>, 0…1; null where the data do not say.</summary>
    public IReadOnlyList<double?> Means() => [MeanIoU, MeanPrecision, MeanRecall, BoundaryF, HeadRecall, BodyRecall, MapLeak, MaskLeak];

    /// <summary>The means as the cells of one row, for tables that compare methods (<see cref="Table"/>).</summary>
    public IReadOnlyList<string> Summary() => [.. Means().Select(Table.Percent)];

    /// <summary>The score as JSON; equal scores give equal text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonOptions);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="EvaluationException">The text is not a score.</exception>
    public static Score FromJson(string json)
    {
        try
        {
            if (JsonSerializer.Deserialize<Score>(json, JsonOptions) is { Classes: not null } score) return score;
        }
        catch (JsonException error)
        {
            throw new EvaluationException($"Expected a score as JSON, found text that does not parse: {error.Message} Evaluate again to write it anew.", error);
        }
        throw new EvaluationException("Expected a score as JSON, found none in the text. Evaluate again to write it anew.");
    }

    private static IReadOnlyList<string> Row(string name, params double?[] shares) => [name, .. shares.Select(Table.Percent)];
}
