namespace Wsss.Data;

/// <summary>What tells binary masks from class masks, of one mask.</summary>
/// <param name="Path">Its file.</param>
/// <param name="HasClass">Whether a pixel is neither 0 nor 255.</param>
/// <param name="HasIgnored">Whether a pixel is 255.</param>
internal readonly record struct MaskValues(string Path, bool HasClass, bool HasIgnored);

/// <summary>Masks of 0 and 255 alone, as editors of pictures write them: 255 is the object where there is but one class.</summary>
internal static class BinaryMasks
{
    /// <summary>How they are read.</summary>
    public const string Meaning = "Masks hold 0 and 255 only, and there is one class: 255 is read as the object.";

    /// <summary>What to do where that is wrong.</summary>
    public const string ToDo = "Write 1 for the object to have 255 for pixels that are not counted.";

    /// <summary>Whether 255 is the object: there is one class, and no mask of a data set has another value but 0.</summary>
    /// <param name="classNames">The classes.</param>
    /// <param name="masks">All masks of the data set; asked for one by one, as far as it takes.</param>
    /// <param name="whereNamed">Where classes are named, for the message, such as "in classes.txt".</param>
    /// <exception cref="DataSetException">Several classes, and the masks hold 0 and 255 only.</exception>
    public static bool ObjectsAre255(IReadOnlyList<string> classNames, IEnumerable<MaskValues> masks, string whereNamed)
    {
        string? first = null;
        int count = 0;
        foreach (var mask in masks)
        {
            if (mask.HasClass)
                return false;
            if (mask.HasIgnored)
                first ??= mask.Path;
            count++;
        }
        if (first is null)
            return false;
        return classNames.Count == 1
            ? true
            : throw new DataSetException(
                $"Expected masks with class indices 1 to {classNames.Count}, found only 0 and {LabelMap.Ignore} (not counted) in all "
                    + $"{count} masks, such as '{first}'. Binary masks? Write 1 for {classNames[0]}, 2 for {classNames[1]} and so on, or "
                    + $"name one class {whereNamed}."
            );
    }

    /// <summary>A binary mask as a class mask: 1 for all that is not 0.</summary>
    public static LabelMap ToClasses(LabelMap mask) =>
        new(mask.Width, mask.Height, [.. mask.Values.Select(value => (byte)(value == 0 ? 0 : 1))]);
}
