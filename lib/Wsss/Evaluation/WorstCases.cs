using Wsss.Data;

namespace Wsss.Evaluation;

/// <summary>The images that a change did the most harm to.</summary>
public static class WorstCases
{
    /// <summary>Samples by how much mIoU of their own they lose, the greatest loss first.</summary>
    /// <param name="source">Samples with masks.</param>
    /// <param name="before">The masks before the change.</param>
    /// <param name="after">The masks after it.</param>
    /// <param name="count">How many samples at most.</param>
    /// <exception cref="DataSetException">A sample has no mask.</exception>
    /// <exception cref="EvaluationException">A mask is missing or of another size.</exception>
    public static Sample[] Find(IMaskedSource source, Func<Sample, LabelMap?> before, Func<Sample, LabelMap?> after, int count)
    {
        double Right(Sample sample, int index, Func<Sample, LabelMap?> masks)
        {
            var evaluator = new SegmentationEvaluator(source.ClassNames);
            evaluator.Add(sample.Id, source.Mask(index), null,
                masks(sample) ?? throw new EvaluationException($"Expected a predicted mask of '{sample.Id}', found none."));
            return evaluator.ToScore().MeanIoU;
        }
        return
        [
            .. source.LoadAll().Select((sample, i) => (Sample: sample, Loss: Right(sample, i, before) - Right(sample, i, after)))
                .OrderByDescending(item => item.Loss).Take(count).Select(item => item.Sample),
        ];
    }
}
