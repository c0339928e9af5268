using System.Runtime.Intrinsics;

namespace Wsss.Crf;

/// <summary>A label compatibility μ, applied to a row of C − 1 messages and the message of the last label.</summary>
internal sealed unsafe class LabelCompatibility
{
    private readonly int _last;
    private readonly int _rowLength;
    private readonly float[] _penalties; // [C, rowLength]: the first C − 1 columns of μ, filled up with 0
    private readonly float _lastPenalty; // μ of the last label beside itself

    /// <summary>Copies μ.</summary>
    /// <param name="matrix">[C, C], symmetric.</param>
    public LabelCompatibility(IReadOnlyList<IReadOnlyList<float>> matrix)
    {
        _last = matrix.Count - 1;
        _rowLength = (_last + Vector256<float>.Count - 1) / Vector256<float>.Count * Vector256<float>.Count;
        _penalties = new float[matrix.Count * _rowLength];
        for (int label = 0; label <= _last; label++)
            for (int other = 0; other < _last; other++) _penalties[label * _rowLength + other] = matrix[label][other];
        _lastPenalty = matrix[_last][_last];
    }

    /// <summary>Turns messages m into −μ m.</summary>
    /// <param name="messages">Those of the first C − 1 labels, in whole vectors of 8.</param>
    /// <param name="last">That of the last label.</param>
    /// <param name="scratch">As long as <paramref name="messages"/>.</param>
    /// <returns>The last label's.</returns>
    public float Apply(float* messages, float last, float* scratch)
    {
        float ofLast = -_lastPenalty * last;
        new Span<float>(scratch, _rowLength).Clear();
        fixed (float* penalties = _penalties)
        {
            for (int label = 0; label <= _last; label++)
            {
                float message = label < _last ? messages[label] : last;
                float* row = penalties + label * _rowLength;
                for (int c = 0; c < _rowLength; c += Vector256<float>.Count)
                    (Vector256.Load(scratch + c) - Vector256.Load(row + c) * message).Store(scratch + c);
            }
            for (int label = 0; label < _last; label++) ofLast -= penalties[_last * _rowLength + label] * messages[label];
        }
        new Span<float>(scratch, _rowLength).CopyTo(new Span<float>(messages, _rowLength));
        return ofLast;
    }
}
