using Wsss.Data.Labels;

namespace Wsss.Data;

/// <summary>Reads which classes photographs show, from a list in any form of <see cref="LabelFormat"/>.</summary>
internal static class PhotographLabels
{
    /// <summary>The labels of the photographs that a list names.</summary>
    /// <param name="path">
    /// The list; a photograph is named by its file, with or without folder and extension. Those that are not among the photographs are
    /// passed over; no class means background alone.
    /// </param>
    /// <param name="photographs">The photographs.</param>
    /// <param name="classNames">Names of the C classes.</param>
    /// <returns>Zero-based classes, ascending, by the photograph's id.</returns>
    /// <exception cref="DataSetException">The list cannot be read, names an unknown class, or none of the photographs.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<int>> Read(
        string path, IReadOnlyList<Photograph> photographs, IReadOnlyList<string> classNames)
    {
        var named = ByName(photographs);
        var labels = new Dictionary<string, IReadOnlyList<int>>();
        foreach (var row in LabelFormat.ReadAny(path, classNames).Rows)
            if (named.TryGetValue(row.Image.Replace('\\', '/'), out var photograph)) labels[photograph.Id] = row.Labels;
        return labels.Count > 0 ? labels : throw new DataSetException(
            $"{path}: expected labels of some of the {photographs.Count} photographs, found none, such as for '{photographs[0].File}'.");
    }

    /// <summary>Each way to name a photograph that means no other one.</summary>
    private static Dictionary<string, Photograph> ByName(IReadOnlyList<Photograph> photographs)
    {
        Func<Photograph, string>[] ways =
        [
            photo => photo.File,
            photo => photo.Id,
            photo => Path.GetFileName(photo.File),
            photo => Path.GetFileNameWithoutExtension(photo.File),
        ];
        var named = new Dictionary<string, Photograph>();
        foreach (var way in ways)
            foreach (var same in photographs.GroupBy(way))
                if (same.Count() == 1)
                    named.TryAdd(same.Key, same.First());
        return named;
    }
}
