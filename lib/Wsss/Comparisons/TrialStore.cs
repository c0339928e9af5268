using System.Diagnostics;
using Wsss.Data;
using Wsss.Figures;
using Wsss.Pipeline;
using Wsss.Training;

namespace Wsss.Comparisons;

/// <summary>Trials in the store: each is run once, and kept with its picture and its training's history.</summary>
/// <param name="data">What to train, choose and test on.</param>
/// <param name="run">Device, store, progress, cancellation.</param>
internal sealed class TrialStore(DataSplits data, RunContext run) : IDisposable
{
    private const string Kind = "trial", ResultFile = "result.json", DetailsFile = "details.json", PictureFile = "maps.png";
    private const int PicturedImages = 6;

    // Contenders that follow each other often differ in what is done to the same classifier's maps.
    private (string Key, TrainedClassifier Classifier)? _last;

    /// <summary>The trial from the store, or run now.</summary>
    public Trial Get(Contender contender, int seed)
    {
        var experiment = contender.Experiment;
        experiment = experiment with { Classifier = experiment.Classifier with { Seed = seed }, Segmenter = experiment.Segmenter with { Seed = seed } };
        string classifierKey = experiment.Classifier.Key(experiment.Classifier.View(data.Train, run));
        string key = ArtifactStore.Key(
        [
            "trial/3", classifierKey, WsssJson.Write(experiment.Maps), data.Validation.Fingerprint, data.Test.Fingerprint,
            .. experiment.Refinement is null ? [] : new[] { experiment.Refinement.Key() },
            .. experiment.Erasing is null ? [] : new[] { "erasing", WsssJson.Write(experiment.Erasing) },
            .. contender.Segment ? new[] { "segment", experiment.Segmenter.ToJson(), WsssJson.Write(experiment.Inference), $"{experiment.Ceiling}" } : [],
        ]);
        if (!run.Store.Has(Kind, key)) Try(experiment, contender.Segment, classifierKey, key);
        string folder = run.Store.FolderOf(Kind, key);
        string result = Path.Combine(folder, ResultFile), details = Path.Combine(folder, DetailsFile);
        // The same experiment may have been run under another name before.
        return new Trial(
            contender.Name, seed, WsssJson.Read<ExperimentResult>(File.ReadAllText(result), result),
            WsssJson.Read<TrialDetails>(File.ReadAllText(details), details) with { PicturePath = Path.Combine(folder, PictureFile) });
    }

    /// <inheritdoc/>
    public void Dispose() => _last?.Classifier.Dispose();

    private void Try(Experiment experiment, bool segment, string classifierKey, string key)
    {
        var clock = Stopwatch.StartNew();
        if (_last?.Key != classifierKey)
        {
            _last?.Classifier.Dispose();
            _last = null;
            _last = (classifierKey, ClassifierTrainer.Train(experiment.Classifier, data, run));
        }
        var classifier = _last.Value.Classifier;
        using var maps = experiment.ReadMaps(classifier, data, run);
        var result = ExperimentRunner.Score(experiment, classifier, maps, data, segment, run);
        var pictured = new Subset(data.Test, [.. Enumerable.Range(0, Math.Min(PicturedImages, data.Test.Count))]);
        var picture = Gallery.Maps([.. maps.Read(pictured)], data.Test.ClassNames, result.Threshold.Best.Threshold);
        var details = new TrialDetails(
            maps.Trainings, Math.Round(maps.TrainingSeconds, 2), classifier.History,
            Provenance.Of(run, experiment.Classifier.Seed, data.Train.Fingerprint, clock.Elapsed));
        run.Store.Publish(Kind, key, folder =>
        {
            AtomicFile.WriteText(Path.Combine(folder, ResultFile), WsssJson.Write(result));
            AtomicFile.WriteText(Path.Combine(folder, DetailsFile), WsssJson.Write(details));
            picture.Save(Path.Combine(folder, PictureFile));
        });
    }
}
