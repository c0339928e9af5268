namespace Wsss.Data;

/// <summary>A split whose images are painted over: what goes with an image, such as its saliency, is of the image as it was.</summary>
internal interface IPaintedSource : ISampleSource
{
    /// <summary>The split as it was.</summary>
    ISampleSource Unpainted { get; }

    /// <summary>The same places painted over on the same images with more planes.</summary>
    /// <param name="source"><see cref="Unpainted"/> with more planes.</param>
    ISampleSource Over(ISampleSource source);
}
