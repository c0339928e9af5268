using Wsss.Data;

namespace Wsss.Evaluation;

/// <summary>
/// Recall on the telling parts of objects (heads) and on the rest (bodies): how much of each is given its right class.
/// A gap between the two is the bias that expansion methods are made against.
/// </summary>
/// <remarks>Pixels whose true class is 255 are not counted. Adding is thread-safe.</remarks>
public sealed class PartRecall
{
    private readonly object _gate = new();
    private long _head, _headFound, _body, _bodyFound;

    /// <summary>Right head pixels / head pixels over all images, 0…1; null while no head pixel was added.</summary>
    public double? Head
    {
        get
        {
            lock (_gate) return _head == 0 ? null : (double)_headFound / _head;
        }
    }

    /// <summary>Right body pixels / body pixels over all images, 0…1; null while no body pixel was added.</summary>
    public double? Body
    {
        get
        {
            lock (_gate) return _body == 0 ? null : (double)_bodyFound / _body;
        }
    }

    /// <summary>Counts the pixels of one scene.</summary>
    /// <param name="truth">The true class mask.</param>
    /// <param name="parts">The part mask (<see cref="SceneTruth.Parts"/>), of the same size.</param>
    /// <param name="prediction">The predicted class mask, of the same size.</param>
    /// <exception cref="EvaluationException">The sizes differ.</exception>
    public void Add(LabelMap truth, LabelMap parts, LabelMap prediction)
    {
        Guard.SameSize("a part mask", parts.Width, parts.Height, truth);
        Guard.SameSize("a prediction", prediction.Width, prediction.Height, truth);
        long head = 0, headFound = 0, body = 0, bodyFound = 0;
        for (int i = 0; i < truth.Values.Length; i++)
        {
            byte label = truth.Values[i];
            if (label is 0 or LabelMap.Ignore) continue;
            bool found = prediction.Values[i] == label;
            switch (parts.Values[i])
            {
                case SceneTruth.Head:
                    head++;
                    if (found) headFound++;
                    break;
                case SceneTruth.Body:
                    body++;
                    if (found) bodyFound++;
                    break;
                default:
                    break;
            }
        }
        lock (_gate)
        {
            _head += head;
            _headFound += headFound;
            _body += body;
            _bodyFound += bodyFound;
        }
    }
}
