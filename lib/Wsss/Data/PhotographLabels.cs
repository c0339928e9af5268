using Microsoft.VisualBasic.FileIO;

namespace Wsss.Data;

/// <summary>Reads which classes photographs show, from a list that people write: lines <c>image,class;class</c>.</summary>
public static class PhotographLabels
{
    private const string Header = "image";

    private const StringSplitOptions Clean = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    /// <summary>The labels of the photographs that a list names.</summary>
    /// <param name="path">
    /// A CSV file; an image is named by its file, with or without folder and extension. A first line that begins with <c>image</c> is a
    /// header; images that are not among the photographs are passed over; no class means background alone.
    /// </param>
    /// <param name="photographs">The photographs.</param>
    /// <param name="classNames">Names of the C classes.</param>
    /// <returns>Zero-based classes, ascending, by the photograph's id.</returns>
    /// <exception cref="DataSetException">
    /// The list cannot be read, names an unknown class or a photograph twice, or none of the photographs.
    /// </exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<int>> Read(
        string path, IReadOnlyList<Photograph> photographs, IReadOnlyList<string> classNames)
    {
        var named = ByName(photographs);
        var labels = new Dictionary<string, IReadOnlyList<int>>();
        foreach (var (line, cells) in Lines(path))
        {
            if (cells.Length > 2) throw new DataSetException($"{path}, line {line}: expected image,class;class, found {cells.Length} cells.");
            if (!named.TryGetValue(cells[0].Replace('\\', '/'), out var photograph)) continue;
            string[] classes = cells.Length == 1 ? [] : cells[1].Split(';', Clean);
            if (!labels.TryAdd(photograph.Id, [.. classes.Select(name => Class(name, line)).Distinct().Order()]))
                throw new DataSetException($"{path}, line {line}: expected each photograph once, found '{cells[0]}' again.");
        }
        if (labels.Count == 0)
        {
            throw new DataSetException(
                $"{path}: expected lines image,class;class for some of the {photographs.Count} photographs, found none, such as for " +
                $"'{photographs[0].File}'.");
        }
        return labels;

        int Class(string name, long line)
        {
            try
            {
                return ClassList.Find(classNames, name);
            }
            catch (DataSetException error)
            {
                throw new DataSetException($"{path}, line {line}: {error.Message}", error);
            }
        }
    }

    /// <summary>Each way to name a photograph that means no other one.</summary>
    private static Dictionary<string, Photograph> ByName(IReadOnlyList<Photograph> photographs)
    {
        Func<Photograph, string>[] ways =
        [
            photo => photo.File, photo => photo.Id, photo => Path.GetFileName(photo.File), photo => Path.GetFileNameWithoutExtension(photo.File),
        ];
        var named = new Dictionary<string, Photograph>();
        foreach (var way in ways)
            foreach (var same in photographs.GroupBy(way)) if (same.Count() == 1) named.TryAdd(same.Key, same.First());
        return named;
    }

    private static IEnumerable<(long Line, string[] Cells)> Lines(string path)
    {
        using var parser = Open(path);
        parser.SetDelimiters(",");
        for (bool first = true; !parser.EndOfData; first = false)
        {
            long line = parser.LineNumber;
            string[] cells;
            try
            {
                cells = parser.ReadFields() ?? [];
            }
            catch (MalformedLineException error)
            {
                throw new DataSetException($"{path}, line {line}: expected image,class;class, found a quotation mark out of place.", error);
            }
            if (cells.Length == 0 || first && cells[0].Equals(Header, StringComparison.OrdinalIgnoreCase)) continue;
            yield return (line, cells);
        }
    }

    private static TextFieldParser Open(string path)
    {
        try
        {
            return new TextFieldParser(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataSetException($"Expected a list of labels that can be read: '{path}'. {error.Message}", error);
        }
    }
}
