namespace Wsss.Data;

/// <summary>The class names of a folder in PASCAL VOC layout, from its <c>classes.txt</c>.</summary>
internal static class VocClasses
{
    /// <summary>Most classes that masks of one byte per pixel can tell apart.</summary>
    public const int Most = LabelMap.Ignore - 1;

    /// <summary>The names of the mask values 1, 2, …, and a note where lines are left out. VOC's own where there is no file.</summary>
    /// <remarks>
    /// A background in front (labelme writes its <c>__ignore__</c> before it) is the mask value 0 and left out; so is VOC's <c>void</c> at
    /// the end. Numbers in front of all lines are left out, and lines that begin with <c>#</c>.
    /// </remarks>
    /// <exception cref="DataSetException">There is no name, one twice, the background at another place, or more than 254.</exception>
    public static (IReadOnlyList<string> Names, DataFinding? Note) Read(VocLayout layout)
    {
        string path = layout.ClassFile;
        if (!File.Exists(path))
            return (VocDataset.VocClassNames, null);
        string[] lines = [.. ClassNameFile.Read(path)];
        int start = lines.Length > 0 && ClassList.IsIgnored(lines[0]) ? 1 : 0;
        if (start < lines.Length && ClassList.IsBackground(lines[start]))
            start++;
        int end = lines.Length > start && ClassList.IsIgnored(lines[^1]) ? lines.Length - 1 : lines.Length;
        string[] names = lines[start..end],
            left = [.. lines[..start], .. lines[end..]];
        string? wrong =
            names.Length == 0 ? "no class"
            : names.FirstOrDefault(ClassList.IsBackground) is { } inside ? $"'{inside}' behind other classes"
            : names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice ? $"'{twice.Key}' twice"
            : null;
        if (wrong is not null)
        {
            throw new DataSetException(
                $"Expected the classes of the mask values 1, 2, …, one per line and without the background, found {wrong} in '{path}'. "
                    + "Correct the file."
            );
        }
        Require(names, path);
        return (
            names,
            left.Length == 0
                ? null
                : new DataFinding(
                    FindingSeverity.Note,
                    path,
                    $"{string.Join(", ", left.Select(line => $"'{line}'"))} left out: no class of its own (background is the mask value "
                        + "0).",
                    $"The mask value 1 is read as '{names[0]}'."
                )
        );
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
