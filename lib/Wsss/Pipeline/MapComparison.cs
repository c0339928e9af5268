using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Refinement;
using Wsss.Segmentation;
using Wsss.Training;

namespace Wsss.Pipeline;

/// <summary>One way to get maps: a classifier and how maps are read off it.</summary>
/// <param name="Name">Its name in tables and charts.</param>
/// <param name="Recipe">How its classifier is trained; the comparison sets the seed.</param>
/// <param name="Maps">How its maps are read.</param>
/// <param name="Refinement">What is done to them then; null for nothing.</param>
/// <param name="Erasing">Further classifiers on erased images, whose maps are merged with the first one's; null for the first alone.</param>
public sealed record Contender(string Name, Recipe Recipe, MapInference Maps, MapRefinement? Refinement = null, IterativeErasing? Erasing = null);

/// <summary>What one contender gave with one seed.</summary>
/// <param name="Contender">Its name.</param>
/// <param name="Seed">Seed of the classifier.</param>
/// <param name="Threshold">The background score, chosen on the validation split.</param>
/// <param name="Maps">The maps' masks at the threshold, on the test split.</param>
/// <param name="AveragePrecision">Area under precision and recall of the test maps; no threshold was chosen for it.</param>
public sealed record MapTrial(string Contender, int Seed, float Threshold, Score Maps, double AveragePrecision);

/// <summary>
/// Compares ways to get maps under the same rules: the same data, the same seeds, one rule for the threshold (best mIoU on
/// the validation split), scores on the test split.
/// </summary>
/// <param name="Trials">One per contender and seed, contender by contender.</param>
public sealed record MapComparison(IReadOnlyList<MapTrial> Trials)
{
    private const string ScoreFile = "trial.json";

    /// <summary>Trains (or takes from the store) every classifier and scores its maps; scores are kept in the store as well.</summary>
    /// <param name="data">What to train, choose and test on.</param>
    /// <param name="contenders">Names differ; contenders with the same recipe share a classifier.</param>
    /// <param name="seeds">Seeds of the classifiers.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <exception cref="RecipeException">Two contenders have one name, or there is none, or no seed.</exception>
    public static MapComparison Run(DataSplits data, IReadOnlyList<Contender> contenders, IReadOnlyList<int> seeds, RunContext run)
    {
        if (contenders.Count == 0 || seeds.Count == 0)
            throw new RecipeException($"Expected at least one contender and one seed, found {contenders.Count} and {seeds.Count}.");
        if (contenders.GroupBy(contender => contender.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new RecipeException($"Expected each contender's name once, found '{twice.Key}' {twice.Count()} times.");
        var trials = new Dictionary<(string, int), MapTrial>();
        foreach (int seed in seeds)
        {
            foreach (var group in contenders.GroupBy(contender => KeyOf(contender.Recipe with { Seed = seed })))
            {
                var recipe = group.First().Recipe with { Seed = seed };
                TrainedClassifier? trained = null; // only when a score is missing
                try
                {
                    foreach (var contender in group)
                    {
                        string key = ArtifactStore.Key(
                        [
                            "trial/1", group.Key, WsssJson.Write(contender.Maps), data.Validation.Fingerprint, data.Test.Fingerprint,
                            .. contender.Refinement is null ? [] : new[] { contender.Refinement.Key() },
                            .. contender.Erasing is null ? [] : new[] { "erasing", WsssJson.Write(contender.Erasing) },
                        ]);
                        if (!run.Store.Has("trial", key))
                        {
                            trained ??= ClassifierTrainer.Train(recipe, data, run);
                            var trial = Try(contender, seed, trained, data, run);
                            run.Store.Publish("trial", key, folder => AtomicFile.WriteText(Path.Combine(folder, ScoreFile), WsssJson.Write(trial)));
                        }
                        string path = Path.Combine(run.Store.FolderOf("trial", key), ScoreFile);
                        // The same maps may have been scored under another name before.
                        trials[(contender.Name, seed)] = WsssJson.Read<MapTrial>(File.ReadAllText(path), path) with { Contender = contender.Name };
                    }
                }
                finally
                {
                    trained?.Dispose();
                }
            }
        }
        return new MapComparison([.. contenders.SelectMany(contender => seeds.Select(seed => trials[(contender.Name, seed)]))]);

        string KeyOf(Recipe recipe) => recipe.Key(recipe.View(data.Train, run));
    }

    /// <summary>
    /// A row per contender: means over the seeds with their 95 % intervals, and the paired difference in mIoU to the first
    /// contender, seed by seed, which says more than two intervals that overlap.
    /// </summary>
    public Table ToTable()
    {
        var groups = Groups();
        var baseline = groups[0].ToArray();
        bool[] known = [.. baseline[0].Maps.Means().Select((_, i) => Trials.Any(trial => trial.Maps.Means()[i] is not null))];
        return new Table(
            ["maps", .. Score.SummaryHeaders.Where((_, i) => known[i]), "AP %", $"mIoU − {groups[0].Key}"],
            [.. groups.Select(group => (IReadOnlyList<string>)
            [
                group.Key,
                .. Enumerable.Range(0, known.Length).Where(i => known[i]).Select(i => Cell(group, trial => trial.Maps.Means()[i])),
                Cell(group, trial => trial.AveragePrecision),
                group.Key == groups[0].Key ? "" : Interval.Of([.. group.Zip(baseline, (a, b) => a.Maps.MeanIoU - b.Maps.MeanIoU)]).Points(),
            ])]);
    }

    /// <summary>The trials of each contender, in the order in which they were given.</summary>
    internal IReadOnlyList<IGrouping<string, MapTrial>> Groups() => [.. Trials.GroupBy(trial => trial.Contender)];

    private static MapTrial Try(Contender contender, int seed, TrainedClassifier classifier, DataSplits data, RunContext run)
    {
        using var maps = new MapReader(classifier, contender.Maps, contender.Refinement, contender.Erasing, data, run);
        float threshold = PseudoMasks.ChooseThreshold(maps.Read(data.Validation), data.Validation.ClassNames.Count).Best.Threshold;
        var (score, test) = ExperimentRunner.ScoreMaps(maps.Read(data.Test), data.Test.ClassNames, threshold);
        return new MapTrial(contender.Name, seed, threshold, score, test.AveragePrecision);
    }

    private static string Cell(IEnumerable<MapTrial> trials, Func<MapTrial, double?> measure)
    {
        double[] values = [.. trials.Select(measure).OfType<double>()];
        return values.Length == 0 ? Table.Percent(null) : Interval.Of(values).Percent();
    }
}
