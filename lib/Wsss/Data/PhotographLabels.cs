using Wsss.Data.Labels;

namespace Wsss.Data;

/// <summary>Reads which classes photographs show, from a list in any form of <see cref="LabelFormat"/>.</summary>
internal static class PhotographLabels
{
    /// <summary>The labels of the photographs that a list names.</summary>
    /// <param name="path">
    /// The list; photographs are named as <see cref="PhotographFiles"/> finds them, and the labels of rows of one photograph are put
    /// together. Names of none of the photographs, and of several, are passed over; no class means background alone.
    /// </param>
    /// <param name="photographs">The photographs.</param>
    /// <param name="classNames">Names of the C classes.</param>
    /// <returns>Zero-based classes, ascending, by the photograph's id.</returns>
    /// <exception cref="DataSetException">
    /// The list cannot be read, names an unknown class, or none of the photographs, or rows of several mean one photograph.
    /// </exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<int>> Read(
        string path, IReadOnlyList<Photograph> photographs, IReadOnlyList<string> classNames)
    {
        var files = PhotographFiles.Of(photographs);
        var rows = LabelFormat.ReadAny(path, classNames).Rows.ToLookup(row => files.One(row.Image));
        var labels = new Dictionary<string, IReadOnlyList<int>>();
        foreach (var photograph in photographs)
        {
            // Of 'cat/1.jpg' nothing is known where there is 'dog/1.jpg' alone.
            LabelRow[] own = [.. rows[photograph.Path].Where(row => PhotographFiles.MayBeOne(row.Image, photograph.File))];
            if (own.Length == 0)
                continue;
            // A list of several folders may have a photograph of that name in each of them.
            if (own.FirstOrDefault(row => !PhotographFiles.MayBeOne(row.Image, own[0].Image)) is { } other)
                throw new DataSetException(
                    $"{other.Where}: expected labels of one photograph for '{photograph.File}', found '{own[0].Image}' and "
                        + $"'{other.Image}'. Give the folder that holds both, or take the other rows out."
                );
            labels[photograph.Id] = [.. own.SelectMany(row => row.Labels).Distinct().Order()];
        }
        return labels.Count > 0 ? labels : throw new DataSetException(
            $"{path}: expected labels of some of the {photographs.Count} photographs, found none, such as for '{photographs[0].File}'.");
    }
}
