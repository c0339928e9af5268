using Wsss.Data;

namespace Wsss.Annotations;

/// <summary>A photograph's mask with what files of annotations say about the photograph.</summary>
/// <param name="File">The photograph's file, relative to the folder of photographs, with forward slashes.</param>
/// <param name="Mask">Of the photograph's size: 0 background, c + 1 for class c.</param>
public sealed record AnnotatedImage(string File, LabelMap Mask)
{
    /// <summary>The labels that occur, ascending, without background and <see cref="LabelMap.Ignore"/>.</summary>
    public IReadOnlyList<byte> Labels()
    {
        var present = new bool[LabelMap.Ignore + 1];
        foreach (byte label in Mask.Values) present[label] = true;
        return [.. Enumerable.Range(1, LabelMap.Ignore - 1).Where(label => present[label]).Select(label => (byte)label)];
    }

    /// <summary>The name of a label's class.</summary>
    /// <param name="classNames">Names of the C classes.</param>
    /// <param name="label">1…C.</param>
    /// <exception cref="AnnotationException">There is no such class.</exception>
    internal string NameOf(IReadOnlyList<string> classNames, byte label) => label <= classNames.Count
        ? classNames[label - 1]
        : throw new AnnotationException($"Expected labels 0…{classNames.Count} in the mask of '{File}', found {label}.");
}
