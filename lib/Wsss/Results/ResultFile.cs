using System.Text.Json.Nodes;
using Wsss.Comparisons;
using Wsss.Evaluation;

namespace Wsss.Results;

/// <summary>
/// What was measured, as data: the file that experiments and comparisons write, and that the tables of documents are
/// made from. Measures are found by name, so that old files stay readable when new ones have more.
/// </summary>
public sealed record ResultFile
{
    /// <summary>The name of the files that the commands write.</summary>
    public const string FileName = "measured.json";

    /// <summary>What it is about.</summary>
    public required string Title { get; init; }

    /// <summary>How it was made.</summary>
    public required ResultOrigin Origin { get; init; }

    /// <summary>What was measured; of a comparison the first row is the one that differences are taken to.</summary>
    public required IReadOnlyList<ResultRow> Rows { get; init; }

    /// <summary>
    /// The experiment or grid as it was run; null where it was not kept. Kept as it was written, as options may be renamed after a
    /// measurement.
    /// </summary>
    public JsonNode? Options { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="WsssException">There is no such file, or it holds no results.</exception>
    public static ResultFile Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new WsssException(
                $"Expected a file of results at '{path}', found none. Experiments and comparisons write one, {FileName}.")
            {
                Remedy = Remedy.MakeResults,
            };
        }
        var file = WsssJson.Read<ResultFile>(InputFile.ReadText(path, InputKind.Document), path);
        return file.Rows.Count > 0 ? file : throw new WsssException($"{path}: expected at least one row of results, found none.");
    }

    /// <summary>The row whose name begins so; small and large letters are alike.</summary>
    /// <param name="name">The beginning of the row's name.</param>
    /// <exception cref="WsssException">There is no such row.</exception>
    public ResultRow Row(string name) =>
        Rows.FirstOrDefault(each => each.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase)) ?? throw new WsssException(
            $"Expected a row '{name}…' in '{Title}', found {string.Join(", ", Rows.Select(each => $"'{each.Name}'"))}.");

    /// <summary>
    /// A line per measure that a row has: what the first row has, what that one has, and, where the difference was taken seed by seed,
    /// whether it can be told from none.
    /// </summary>
    /// <param name="row">The beginning of the row's name; small and large letters are alike.</param>
    /// <param name="measures">Names of measures.</param>
    /// <exception cref="WsssException">There is no such row.</exception>
    public string InWords(string row, params IReadOnlyList<string> measures)
    {
        var other = Row(row);
        return string.Join('\n', measures.Where(other.Measures.ContainsKey).Select(measure => Line(measure, Rows[0], other)));
    }

    /// <summary>A row per row: its measures in per cent with their intervals, differences to the first row, costs.</summary>
    /// <param name="columns">From left to right: names of measures, <c>difference of</c> a measure, <c>cost</c> (training against that of
    /// the first row) or <c>gain per cost</c> (points of mIoU for as much training as the first row took); the measures, the difference
    /// of mIoU and the cost where none is named.</param>
    /// <exception cref="WsssException">The file has no such column.</exception>
    public Table ToTable(params IReadOnlyList<string> columns) => ResultTable.Of(this, columns).ToTable(this);

    /// <summary>
    /// How the rows' ideas act together: the pair of <c>A</c> and <c>B</c> is the row <c>A + B</c>, the first row is plain training.
    /// </summary>
    /// <param name="measure">Name of the measure whose differences to the first row are the gains.</param>
    public Interaction Pairs(string measure = MaskOverlap.MeanIoU) => Interaction.Of(
        [
            .. from row in Rows.Skip(1)
               let difference = row.Measures.GetValueOrDefault(measure)?.Difference
               where difference is not null
               select ((IReadOnlyList<string>)row.Name.Split(" + "), new Interval(difference.Mean, difference.HalfWidth)),
        ]);

    /// <summary>Writes the file; it is there as a whole or not at all.</summary>
    public void Save(string path) => AtomicFile.WriteText(path, WsssJson.Write(this) + "\n");

    private static string Line(string measure, ResultRow first, ResultRow other)
    {
        string Of(ResultRow row) => row.Measures.TryGetValue(measure, out var value)
            ? $"{new Interval(value.Mean, value.HalfWidth).Percent()} %"
            : "not known";
        string difference = other.Measures[measure].Difference is { } known
            ? $": {new Interval(known.Mean, known.HalfWidth).DifferenceInWords()}"
            : "";
        return $"{measure} of {first.Name} {Of(first)}, of {other.Name} {Of(other)}{difference}";
    }
}

/// <summary>How results were made. What is not known is null.</summary>
public sealed record ResultOrigin
{
    /// <summary>Version and commit of the code that measured.</summary>
    public required string State { get; init; }

    /// <summary>Seeds of the networks.</summary>
    public required IReadOnlyList<int> Seeds { get; init; }

    /// <summary>The command that was typed.</summary>
    public string? Command { get; init; }

    /// <summary>When it was done.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>Device that computed it.</summary>
    public string? Device { get; init; }

    /// <summary>libtorch's threads.</summary>
    public int? Threads { get; init; }

    /// <summary>Operating system and runtime.</summary>
    public string? System { get; init; }

    /// <summary>Fingerprint of the training data.</summary>
    public string? Data { get; init; }

    /// <summary>What a reader should know beside.</summary>
    public string? Note { get; init; }
}

/// <summary>The measures of one contender or stage.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Measures">By name; those without a value are left out.</param>
public sealed record ResultRow(string Name, IReadOnlyDictionary<string, ResultValue> Measures)
{
    /// <summary>The split that was scored.</summary>
    public string Split { get; init; } = "test";

    /// <summary>What it cost; null where it was not measured by itself.</summary>
    public ResultCost? Cost { get; init; }
}

/// <summary>One measure over the seeds; shares in 0…1.</summary>
/// <param name="Mean">The mean over the seeds.</param>
/// <param name="HalfWidth">Half the length of the mean's 95 % interval; null for a single seed.</param>
public sealed record ResultValue(double Mean, double? HalfWidth)
{
    /// <summary>The value of each seed, in the order of <see cref="ResultOrigin.Seeds"/>; null where only the mean was kept.</summary>
    public IReadOnlyList<double?>? BySeed { get; init; }

    /// <summary>The difference to the first row, paired seed by seed; null in the first row, and where that has none.</summary>
    public ResultDifference? Difference { get; init; }
}

/// <summary>A paired difference of shares.</summary>
/// <param name="Mean">The mean over the seeds.</param>
/// <param name="HalfWidth">Half the length of its 95 % interval; null for a single seed.</param>
public sealed record ResultDifference(double Mean, double? HalfWidth);

/// <summary>What the maps of a row cost.</summary>
/// <param name="Trainings">Classifiers that were trained.</param>
/// <param name="Relative">Training against that of the first row.</param>
public sealed record ResultCost(int Trainings, double Relative)
{
    /// <summary>Seconds of training by seed; null where the relative cost was measured in another way.</summary>
    public IReadOnlyList<double>? Seconds { get; init; }
}
