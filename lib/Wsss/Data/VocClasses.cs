namespace Wsss.Data;

/// <summary>The class names of a folder in PASCAL VOC layout, from its <c>classes.txt</c>.</summary>
internal static class VocClasses
{
    /// <summary>Most classes that masks of one byte per pixel can tell apart.</summary>
    public const int Most = LabelMap.Ignore - 1;

    /// <summary>The names of the mask values 1, 2, …, and a note where lines are left out. VOC's own where there is no file.</summary>
    /// <remarks>
    /// <see cref="ClassList.WithoutBackground"/> says what is left out. Numbers in front of all lines are left out, and lines that begin
    /// with <c>#</c>.
    /// </remarks>
    /// <exception cref="DataSetException">There is no name, one twice, the background at another place, or more than 254.</exception>
    public static (IReadOnlyList<string> Names, DataFinding? Note) Read(VocLayout layout)
    {
        string path = layout.ClassFile;
        if (!File.Exists(path))
            return (VocDataset.VocClassNames, null);
        var (names, note) = ClassList.WithoutBackground(ClassNameFile.Read(path), path);
        if (names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new DataSetException($"{path}: expected each class once, found '{twice.Key}' again. Correct the list.");
        return (names, note);
    }

    /// <summary>Refuses more classes than a label of one byte can name.</summary>
    /// <exception cref="DataSetException">There is none, or more than 254.</exception>
    public static void Require(IReadOnlyList<string> names, string where)
    {
        if (names.Count is > 0 and <= Most)
            return;
        throw new DataSetException(
            $"Expected 1…{Most} classes, as a label of a mask is one byte (0 background, {LabelMap.Ignore} ignore), found {names.Count} "
                + $"in '{where}'. "
                + "Leave out those that do not occur, or join some."
        );
    }
}
