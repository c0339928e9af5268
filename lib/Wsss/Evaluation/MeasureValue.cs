namespace Wsss.Evaluation;

/// <summary>One named number of a score.</summary>
/// <param name="Name">What it is found under, such as <c>mIoU</c> or <c>head recall</c>.</param>
/// <param name="Value">A share in 0…1; null where the images do not say, such as parts of photographs.</param>
public sealed record MeasureValue(string Name, double? Value)
{
    /// <summary>The heading of its column, whose cells are in per cent.</summary>
    public string Header { get; init; } = $"{Name} %";

    /// <summary>What it is the mean of; null for a measure that has nothing to say about a single class.</summary>
    public ClassValues? Classes { get; init; }

    /// <summary>The columns that several lists of values need: each name once, those that none has a value for left out.</summary>
    internal static IReadOnlyList<MeasureValue> Columns(IEnumerable<IReadOnlyList<MeasureValue>> rows) =>
    [
        .. rows.SelectMany(row => row)
            .GroupBy(value => value.Name)
            .Where(same => same.Any(value => value.Value is not null))
            .Select(same => same.First()),
    ];

    /// <summary>The value of that name; null where the list does not have it.</summary>
    internal static double? Find(IEnumerable<MeasureValue> values, string name) =>
        values.FirstOrDefault(value => value.Name == name)?.Value;
}

/// <summary>A measure class by class.</summary>
/// <param name="Name">Of one class's value, such as <c>IoU</c> where the mean is the <c>mIoU</c>.</param>
/// <param name="ByLabel">A share in 0…1 for each label, background first; null for a class that does not occur in the truth.</param>
public sealed record ClassValues(string Name, IReadOnlyList<double?> ByLabel);
