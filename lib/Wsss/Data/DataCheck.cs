namespace Wsss.Data;

/// <summary>Whether a data set can be trained on, and what a person should know before.</summary>
internal static class DataCheck
{
    private const int MostNamed = 5;

    /// <summary>
    /// Everything that is found in a data set, errors first: each file is opened, each photograph and mask decoded, in parallel.
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <param name="run">Workers, progress, cancellation.</param>
    /// <exception cref="DataSetException">There is no such data set.</exception>
    public static IReadOnlyList<DataFinding> Of(DataSet data, RunContext run) => DataSetReport.Of(data, run).Findings;

    /// <summary>What labels and lists alone say, before any training; no photograph is decoded.</summary>
    /// <param name="data">The three parts.</param>
    /// <returns>Warnings and notes.</returns>
    /// <exception cref="DataSetException">Training cannot work: there is no label, or training images are scored, or a file does not
    /// fit.</exception>
    public static IReadOnlyList<DataFinding> BeforeTraining(DataSplits data)
    {
        DataFinding[] all = [.. OfLabels([data.Train, data.Validation, data.Test])];
        DataFinding[] errors = [.. all.Where(finding => finding.Severity == FindingSeverity.Error)];
        if (errors.Length == 0)
            return all;
        string more =
            errors.Length == 1
                ? ""
                : $" {errors.Length - 1} more: {string.Join("; ", errors.Skip(1).Take(MostNamed).Select(error => error.File))}.";
        throw new DataSetException($"{errors[0]}{more}");
    }

    /// <summary>What sources say about themselves, and what their labels and ids say.</summary>
    /// <param name="parts">Train, validation and test; rules that compare them are for all three.</param>
    internal static IEnumerable<DataFinding> OfLabels(IReadOnlyList<IMaskedSource> parts)
    {
        var own = parts.OfType<IFindingSource>().SelectMany(source => source.Findings).Concat(OfNames(parts));
        return Ordered(
            parts is [var train, var validation, var test]
                ? own.Concat(OfTraining(train))
                    .Concat(Unlabelled(validation, FindingSeverity.Warning))
                    .Concat(Unlabelled(test, FindingSeverity.Error))
                    .Concat(OfOverlaps(train, validation, test))
                : own
        );
    }

    /// <summary>Each once, errors first, by file.</summary>
    internal static IEnumerable<DataFinding> Ordered(IEnumerable<DataFinding> findings) =>
        findings
            // Validation images may be training images too, and an error of a file is found when it is opened and when it is read.
            .DistinctBy(finding => finding.Severity == FindingSeverity.Error ? finding.What : finding.File + finding.What)
            .OrderBy(finding => finding.Severity)
            .ThenBy(finding => finding.File, StringComparer.Ordinal)
            .ThenBy(finding => finding.What, StringComparer.Ordinal);

    // What is made of a sample is kept under its name.
    private static IEnumerable<DataFinding> OfNames(IReadOnlyList<IMaskedSource> parts)
    {
        string[] wrong = [.. parts.SelectMany(Ids).Distinct().Where(id => !SampleFiles.IsName(id))];
        if (wrong.Length > 0)
        {
            yield return new(
                FindingSeverity.Error,
                wrong[0],
                $"Expected names of images that can be file names everywhere ({SampleFiles.NameRule}), found {wrong.Length} that cannot: "
                    + $"{List([.. wrong.Select(id => $"'{id}'")])}.",
                "Rename the files, and their names in the labels."
            );
        }
    }

    private static IEnumerable<DataFinding> OfTraining(IMaskedSource train)
    {
        if (train.ClassNames.Count is < 1 or > VocClasses.Most)
        {
            yield return new(
                FindingSeverity.Error,
                train.Name,
                $"Expected 1…{VocClasses.Most} classes, found {train.ClassNames.Count}.",
                "A label of a mask is one byte: leave out classes that do not occur, or join some."
            );
            yield break;
        }
        int[] images = new int[train.ClassNames.Count];
        for (int i = 0; i < train.Count; i++)
            foreach (int label in train.Labels(i))
                images[label]++;
        foreach (var finding in Unlabelled(train, FindingSeverity.Error))
            yield return finding;
        if (images.All(count => count == 0))
            yield break;
        string[] without = Names(count => count == 0),
            everywhere = Names(count => count == train.Count && train.Count > 1);
        if (without.Length > 0)
        {
            yield return new(
                FindingSeverity.Warning,
                train.Name,
                $"Classes that no image of {train.Name} shows, and so nothing can learn: {List(without)}.",
                "Add images of them, or take them off the class list."
            );
        }
        if (everywhere.Length > 0)
        {
            yield return new(
                FindingSeverity.Warning,
                train.Name,
                $"Classes that every image of {train.Name} shows: {List(everywhere)}.",
                "Add images without them: a classifier learns from the contrast."
            );
        }

        string[] Names(Func<int, bool> matches) => [.. train.ClassNames.Where((_, c) => matches(images[c]))];
    }

    private static IEnumerable<DataFinding> Unlabelled(IMaskedSource part, FindingSeverity severity)
    {
        if (Enumerable.Range(0, part.Count).All(i => part.Labels(i).Count == 0))
        {
            yield return new(severity, part.Name, $"No image of {part.Name} has a label ({part.Count} images).",
                $"Label them; in masks a class is 1, 2, … ({LabelMap.Ignore} is not counted).");
        }
    }

    private static IEnumerable<DataFinding> OfOverlaps(IMaskedSource train, IMaskedSource validation, IMaskedSource test)
    {
        var training = Ids(train);
        int[] shared = [.. Enumerable.Range(0, test.Count).Where(i => training.Contains(test.Id(i)))];
        if (shared.Length > 0)
        {
            // Without a mask it is not scored.
            bool scored = shared.Any(test.HasMask);
            yield return new(
                scored ? FindingSeverity.Error : FindingSeverity.Note,
                test.Name,
                $"{shared.Length} of {test.Count} images of {test.Name} are training images too: {List([.. shared.Select(test.Id)])}.",
                scored ? "Take them out of one of the two: a network that is scored on what it has learnt looks better than it is." : ""
            );
        }
        var tuning = Ids(validation);
        // All of them: validation was chosen from the training images, as is usual in the field.
        string[] some = [.. tuning.Where(training.Contains)];
        if (some.Length > 0 && some.Length < tuning.Count)
        {
            yield return new(
                FindingSeverity.Warning,
                validation.Name,
                $"{some.Length} of {tuning.Count} images of {validation.Name} are training images too: {List(some)}.",
                "Take them out of one of the two."
            );
        }
        string[] tested = [.. Enumerable.Range(0, test.Count).Select(test.Id).Where(id => tuning.Contains(id) && !training.Contains(id))];
        if (tested.Length > 0)
        {
            yield return new(
                FindingSeverity.Warning,
                test.Name,
                $"{tested.Length} of {test.Count} images of {test.Name} are images of {validation.Name} too: {List(tested)}.",
                "Take them out of one of the two: the threshold is chosen on what is scored."
            );
        }
    }

    private static HashSet<string> Ids(IMaskedSource part) => [.. Enumerable.Range(0, part.Count).Select(part.Id)];

    private static string List(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "");
}
