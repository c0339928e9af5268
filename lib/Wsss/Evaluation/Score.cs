using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wsss.Evaluation;

/// <summary>What an evaluation of masks gives back: the named values of every <see cref="Measure"/>.</summary>
/// <param name="Images">Number of images.</param>
/// <param name="Labels">Names of the labels, background first.</param>
/// <param name="Measures">The values in the order of a table's columns.</param>
public sealed record Score(int Images, IReadOnlyList<string> Labels, IReadOnlyList<MeasureValue> Measures)
{
    /// <summary>The value of that name, 0…1; null where it was not measured or the images do not say.</summary>
    public double? this[string measure] => MeasureValue.Find(Measures, measure);

    /// <summary>mIoU over background and the classes that occur in the truth, 0…1.</summary>
    /// <exception cref="EvaluationException">The score has none.</exception>
    [JsonIgnore]
    public double MeanIoU =>
        this[MaskOverlap.MeanIoU] ?? throw new EvaluationException("Expected a score with an mIoU, found none. Evaluate again.");

    /// <summary>Mean precision over the same labels, 0…1.</summary>
    [JsonIgnore]
    public double? MeanPrecision => this[MaskOverlap.Precision];

    /// <summary>Recall on the telling parts, 0…1; null for photographs.</summary>
    [JsonIgnore]
    public double? HeadRecall => this[PartRecall.Head];

    /// <summary>Recall on the rest of the objects, 0…1; null for photographs.</summary>
    [JsonIgnore]
    public double? BodyRecall => this[PartRecall.Body];

    /// <summary>Share of the maps' mass on context, 0…1; null for photographs, or where no maps were given.</summary>
    [JsonIgnore]
    public double? MapLeak => this[ContextLeak.Maps];

    /// <summary>Share of the predicted foreground on context, 0…1; null for photographs.</summary>
    [JsonIgnore]
    public double? MaskLeak => this[ContextLeak.Masks];

    /// <summary>
    /// A measure class by class (<see cref="ClassValues"/>), such as <c>IoU</c>: 0…1 for each label, background first; nulls where it was
    /// not measured.
    /// </summary>
    public IReadOnlyList<double?> ByLabel(string measure) =>
        Measures.FirstOrDefault(value => value.Classes?.Name == measure)?.Classes!.ByLabel ?? new double?[Labels.Count];

    /// <summary>The classes in per cent, then their means, then the other measures: plain text that is also Markdown.</summary>
    public string ToTable()
    {
        var known = Measures.Where(value => value.Value is not null).ToLookup(value => value.Classes is not null);
        MeasureValue[] means = [.. known[true]], others = [.. known[false]];
        List<string> tables = [];
        if (means.Length > 0)
        {
            var classes = new Table(
                ["class", .. means.Select(mean => $"{mean.Classes!.Name} %")],
                [
                    .. Labels.Select((name, label) => Row(name, means.Select(mean => mean.Classes!.ByLabel[label]))),
                    Row("mean", means.Select(mean => mean.Value)),
                ]);
            tables.Add(classes.ToString());
        }
        if (others.Length > 0)
            tables.Add(new Table(["measure", "%"], [.. others.Select(other => Row(other.Name, [other.Value]))]).ToString());
        return string.Join('\n', tables);
    }

    /// <summary>A table that compares scores: a row for each, a column for each measure that any of them has a value for.</summary>
    /// <param name="headers">Of the columns before the measures.</param>
    /// <param name="rows">Each score after the cells of these columns.</param>
    public static Table Compare(IReadOnlyList<string> headers, IReadOnlyList<(IReadOnlyList<string> Cells, Score Score)> rows)
    {
        var columns = MeasureValue.Columns(rows.Select(row => row.Score.Measures));
        return new Table(
            [.. headers, .. columns.Select(column => column.Header)],
            [.. rows.Select(row => (IReadOnlyList<string>)
            [
                .. row.Cells, .. columns.Select(column => Table.Percent(row.Score[column.Name])),
            ])]);
    }

    /// <summary>The score as JSON; equal scores give equal text.</summary>
    public string ToJson() => WsssJson.Write(this);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="EvaluationException">The text is not a score.</exception>
    public static Score FromJson(string json)
    {
        try
        {
            if (JsonSerializer.Deserialize<Score>(json, WsssJson.Options) is { Labels: not null, Measures: not null } score)
                return score;
        }
        catch (JsonException error)
        {
            throw new EvaluationException(
                $"Expected a score as JSON, found text that does not parse: {error.Message} Evaluate again to write it anew.",
                error
            );
        }
        throw new EvaluationException("Expected a score as JSON, found none in the text. Evaluate again to write it anew.");
    }

    private static IReadOnlyList<string> Row(string name, IEnumerable<double?> shares) => [name, .. shares.Select(Table.Percent)];
}
