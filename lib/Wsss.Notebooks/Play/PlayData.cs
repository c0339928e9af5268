using Wsss.Notebooks.Reviews;

namespace Wsss.Notebooks.Play;

/// <summary>What the scripts of a page to play with know beside the network.</summary>
/// <param name="Classes">All C classes, in the order of the network's channels.</param>
/// <param name="Stride">Pixels from one cell of a map to the next.</param>
/// <param name="Offset">Pixel of the first cell's middle.</param>
/// <param name="Side">Longer side in pixels of the largest sample: larger pictures of the reader's are made that large.</param>
/// <param name="Threshold">Where the slider begins, in hundredths.</param>
/// <param name="Samples">Pictures to begin with.</param>
internal sealed record PlayData(
    IReadOnlyList<ReviewClass> Classes, double Stride, double Offset, int Side, int Threshold, IReadOnlyList<PlaySample> Samples);

/// <summary>A picture to begin with.</summary>
/// <param name="Labels">The zero-based classes that it is said to show.</param>
/// <param name="Picture">The picture as a data URL: a page that was opened as a file may not read the pixels of other files.</param>
internal sealed record PlaySample(IReadOnlyList<int> Labels, string Picture);
