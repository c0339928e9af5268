using Wsss.Data;
using Wsss.Figures;
using Wsss.Pipeline;
using Wsss.Storage;

namespace Wsss.Comparisons;

/// <summary>Trials in the store: each is run once, and kept with its picture and its training's history.</summary>
/// <param name="data">What to train, choose and test on.</param>
/// <param name="run">Device, store, progress, cancellation.</param>
internal sealed class TrialStore(DataSplits data, RunContext run)
{
    private const string Kind = "trial", ResultFile = "result.json", DetailsFile = "details.json", PictureFile = "maps.png";
    private const int PicturedImages = 6;

    /// <summary>The trial from the store, or run now.</summary>
    public Trial Get(Contender contender, int seed)
    {
        var experiment = contender.Experiment;
        experiment = experiment with
        {
            Classifier = experiment.Classifier with { Seed = seed },
            Segmenter = experiment.Segmenter with { Seed = seed },
        };
        string key = KeyOf(experiment, contender.Segment);
        if (run.Store.Find(Kind, key) is not { } stored)
        {
            using var claim = run.Store.Claim(Kind, key, run);
            if (!run.Store.Has(Kind, key))
                Try(experiment, contender, key);
            stored = run.Store.Find(Kind, key)!;
        }
        stored.Verify();
        string folder = stored.Folder;
        string result = Path.Combine(folder, ResultFile),
            details = Path.Combine(folder, DetailsFile);
        // The same experiment may have been run under another name before.
        return new Trial(
            contender.Name,
            seed,
            WsssJson.Read<ExperimentResult>(InputFile.ReadText(result, InputKind.Document), result),
            WsssJson.Read<TrialDetails>(InputFile.ReadText(details, InputKind.Document), details) with
            {
                PicturePath = Path.Combine(folder, PictureFile),
            }
        );
    }

    /// <summary>Hash of all that decides a trial's result.</summary>
    /// <param name="experiment">With the trial's seed.</param>
    /// <param name="segment">Whether it goes on from the maps to a segmentation network.</param>
    internal string KeyOf(Experiment experiment, bool segment) => ArtifactStore.Key([
        "trial/6",
        experiment.Classifier.Key(experiment.Classifier.View(data.Train, run), run.Device),
        experiment.Maps.Key(),
        data.Validation.Fingerprint,
        data.Test.Fingerprint,
        .. experiment.Refinements.Select(refinement => refinement.Key()),
        .. experiment.ThresholdRule is { } rule ? new[] { WsssJson.Write(rule) } : [],
        .. segment
            ? new[] { "segment/2", experiment.Segmenter.OptionsKey(), experiment.Inference.Key(), $"{experiment.Ceiling}" }
            : [],
        .. segment && (experiment.IgnoreBand, experiment.SelfTraining) != (0, 0)
            ? new[] { WsssJson.Write(experiment.IgnoreBand), $"{experiment.SelfTraining}" }
            : [],
    ]);

    private void Try(Experiment experiment, Contender contender, string key)
    {
        using var study = Study.On(data, experiment, run);
        var result = study.Score(contender.Segment);
        var picture = Gallery.Maps([.. study.Maps.Read(study.First(PicturedImages))], study.ClassNames, study.Threshold, truth: data.Test);
        var details = new TrialDetails(
            study.Classifiers.Count,
            Math.Round(study.Classifiers.Sum(classifier => classifier.History.Seconds), 2),
            study.Classifier.History,
            result.Provenance!
        );
        run.Store.Publish(
            Kind,
            key,
            $"{contender.Name}, seed {experiment.Classifier.Seed}, {data.Test.Name}",
            folder =>
            {
                // What differs from run to run lies in the details.
                AtomicFile.WriteText(Path.Combine(folder, ResultFile), WsssJson.Write(result with { Provenance = null }));
                AtomicFile.WriteText(Path.Combine(folder, DetailsFile), WsssJson.Write(details));
                picture.Save(Path.Combine(folder, PictureFile));
            }
        );
    }
}
