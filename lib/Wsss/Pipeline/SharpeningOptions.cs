using Wsss.Data;
using Wsss.Sharpening;
using Wsss.Training;

namespace Wsss.Pipeline;

/// <summary>
/// The sharpening techniques with options for a data set. The published ones are made for days of training on crops of 448
/// pixels; those for drawn scenes were chosen on their validation split, with one seed, and hold for photographs of a few
/// hundred images too.
/// </summary>
public static class SharpeningOptions
{
    /// <summary>Boundary loss, saliency fusion and equivariance. Photographs need a saliency of their own: set it on the second.</summary>
    public static IReadOnlyList<Technique> For(DataSpec data) =>
    [
        new BoundaryLoss { ForegroundCue = 0.7, BackgroundCue = 0.3, ExpandWeight = 0.3, Ramp = 0.5 },
        new SaliencyFusion(),
        new Equivariance { Scale = 0.75, Weight = 2, Ramp = 0.5 },
    ];
}
