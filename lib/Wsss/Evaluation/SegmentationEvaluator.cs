using Wsss.Data;
using Wsss.Localization;

namespace Wsss.Evaluation;

/// <summary>Takes predicted masks one by one and gives back their <see cref="Score"/>. Adding is thread-safe.</summary>
public sealed class SegmentationEvaluator
{
    private readonly IReadOnlyList<string> _classNames;
    private readonly ConfusionMatrix _confusion;
    private readonly BoundaryF _boundary = new();
    private readonly PartRecall _parts = new();
    private readonly ContextLeak _leak = new();
    private int _images;

    /// <summary>Creates an evaluator that has seen nothing.</summary>
    /// <param name="classNames">Names of the C target classes, without background.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no classes, or more than 254.</exception>
    public SegmentationEvaluator(IReadOnlyList<string> classNames)
    {
        _classNames = classNames;
        _confusion = new ConfusionMatrix(classNames.Count + 1);
    }

    /// <summary>Compares the prediction for one sample with its truth.</summary>
    /// <param name="id">The sample's name, for messages.</param>
    /// <param name="mask">Its mask.</param>
    /// <param name="truth">With a scene's truths, part recall and context leak are measured too; null for photographs.</param>
    /// <param name="prediction">The predicted mask, of the sample's size.</param>
    /// <param name="maps">The maps that the mask comes from, of the sample's size; null if there are none.</param>
    /// <exception cref="EvaluationException">Sizes differ, or a label lies outside the classes.</exception>
    public void Add(string id, LabelMap mask, SceneTruth? truth, LabelMap prediction, LocalizationMaps? maps = null)
    {
        Guard.SameSize($"a predicted mask of '{id}'", prediction.Width, prediction.Height, mask);
        if (maps is not null) Guard.SameSize($"maps of '{maps.Id}'", maps.Width, maps.Height, mask);
        _confusion.Add(mask, prediction);
        _boundary.Add(mask, prediction);
        if (truth is { } scene)
        {
            _parts.Add(mask, scene.Parts, prediction);
            _leak.Add(scene.Context, prediction);
            if (maps is not null) _leak.Add(scene.Context, maps);
        }
        Interlocked.Increment(ref _images);
    }

    /// <summary>The score of what was added so far.</summary>
    public Score ToScore()
    {
        ClassScore[] classes =
        [
            .. _classNames.Prepend("background").Select((name, label) =>
                new ClassScore(name, _confusion.IoU(label), _confusion.Precision(label), _confusion.Recall(label))),
        ];
        return new Score(
            Volatile.Read(ref _images), _confusion.MeanIoU, _confusion.MeanPrecision, _confusion.MeanRecall, _boundary.Mean,
            _parts.Head, _parts.Body, _leak.Maps, _leak.Masks, classes);
    }
}
