using Wsss.Registry;

namespace Wsss.Evaluation;

/// <summary>
/// A metric of predicted masks: sees one image after the other and gives named values at the end. A metric is one file, a
/// public type with a <see cref="RegisteredAttribute"/>, whose order is its place among the columns of a table, and a public constructor
/// that takes nothing, or the number of labels (background included) as an <see cref="int"/>. It is registered nowhere: every
/// <see cref="SegmentationEvaluator"/> uses the ones that the loaded assemblies define, those of a notebook's cell among them.
/// </summary>
/// <remarks>An instance is used by one thread at a time.</remarks>
[Family("measure")]
public abstract class Measure
{
    /// <summary>Counts one image.</summary>
    /// <param name="image">Its truth and prediction are of one size; a scene's truths and maps, where there are any, too.</param>
    /// <exception cref="EvaluationException">A label lies outside the class list.</exception>
    public abstract void Add(ScoredImage image);

    /// <summary>What was measured over all images that were added: no, one or several values, each under a name of its own.</summary>
    public abstract IReadOnlyList<MeasureValue> Values();
}
