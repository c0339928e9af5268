using Wsss.Data;

namespace Wsss.Evaluation;

/// <summary>
/// Takes predicted masks one by one, shows them to every <see cref="Measure"/> there is, and gives back their <see cref="Score"/>.
/// Adding is thread-safe.
/// </summary>
public sealed class SegmentationEvaluator
{
    private readonly IReadOnlyList<string> _labels;
    private readonly IReadOnlyList<Measure> _measures;
    private readonly object _gate = new();
    private int _images;

    /// <summary>Creates an evaluator that has seen nothing.</summary>
    /// <param name="classNames">Names of the C target classes, without background.</param>
    /// <exception cref="EvaluationException">There are no classes, or more than 254.</exception>
    public SegmentationEvaluator(IReadOnlyList<string> classNames)
    {
        Guard.LabelCount(classNames.Count + 1);
        _labels = ["background", .. classNames];
        _measures = Measures.Create(_labels.Count);
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
        // Before any measure counts, so that an image is counted by all or by none.
        Guard.SameSize($"a prediction of '{id}'", prediction.Width, prediction.Height, mask);
        if (maps is not null) Guard.SameSize($"maps of '{id}'", maps.Width, maps.Height, mask);
        var image = new ScoredImage(id, mask, prediction, truth, maps);
        lock (_gate)
        {
            foreach (var measure in _measures) measure.Add(image);
            _images++;
        }
    }

    /// <summary>The score of what was added so far.</summary>
    /// <exception cref="EvaluationException">Two measures give values of one name.</exception>
    public Score ToScore()
    {
        lock (_gate)
        {
            var values = _measures
                .SelectMany(measure => measure.Values(), (measure, value) => (Measure: measure.GetType().Name, Value: value))
                .ToArray();
            if (values.GroupBy(found => found.Value.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            {
                string measures = string.Join(" and ", twice.Select(found => found.Measure));
                throw new EvaluationException(
                    $"Expected measures whose values have names of their own, found '{twice.Key}' in {measures}. Rename one.");
            }
            if (values.FirstOrDefault(found => Measures.OfExperiments.Contains(found.Value.Name)) is { Value.Name: { } taken } reserved)
            {
                throw new EvaluationException(
                    $"Expected another name than those that experiments use ({string.Join(", ", Measures.OfExperiments)}), found '{taken}' "
                        + $"in {reserved.Measure}. Rename it.");
            }
            return new Score(_images, _labels, [.. values.Select(found => found.Value)]);
        }
    }
}
