using Wsss.Data;
using Wsss.Registry;

namespace Wsss.Evaluation;

/// <summary>
/// Recall on the telling parts of objects (heads) and on the rest (bodies): how much of each is given its right class.
/// A gap between the two is the bias that expansion methods are made against.
/// </summary>
/// <remarks>Pixels whose true class is 255 are not counted, and photographs, which do not know their parts.</remarks>
[Registered("head recall, body recall: on the telling parts of drawn objects and on the rest", Order = 30)]
internal sealed class PartRecall : Measure
{
    /// <summary>Right head pixels / head pixels over all images.</summary>
    public const string Head = "head recall";

    /// <summary>Right body pixels / body pixels over all images.</summary>
    public const string Body = "body recall";

    private long _head, _headFound, _body, _bodyFound;

    /// <summary>Counts the pixels of one scene.</summary>
    public override void Add(ScoredImage image)
    {
        if (image.Scene is not { Parts: var parts }) return;
        for (int i = 0; i < image.Truth.Values.Length; i++)
        {
            byte label = image.Truth.Values[i];
            if (label is 0 or LabelMap.Ignore) continue;
            bool found = image.Prediction.Values[i] == label;
            switch (parts.Values[i])
            {
                case SceneTruth.Head:
                    _head++;
                    if (found) _headFound++;
                    break;
                case SceneTruth.Body:
                    _body++;
                    if (found) _bodyFound++;
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Both recalls; null while no such pixel was added.</summary>
    public override IReadOnlyList<MeasureValue> Values() =>
    [
        new(Head, Share(_headFound, _head)) { Header = "head %" },
        new(Body, Share(_bodyFound, _body)) { Header = "body %" },
    ];

    private static double? Share(long found, long all) => all == 0 ? null : (double)found / all;
}
