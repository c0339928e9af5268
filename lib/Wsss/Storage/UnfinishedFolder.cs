namespace Wsss.Storage;

/// <summary>
/// The mark of a folder that is being filled in its place, over what was there: as long as it is there, the files may be a mixture of two
/// results.
/// </summary>
internal static class UnfinishedFolder
{
    /// <summary>Name of the mark.</summary>
    public const string FileName = "unfinished.txt";

    /// <summary>Marks a folder, which is made if missing.</summary>
    public static void Begin(string folder) => AtomicFile.WriteText(
        Path.Combine(folder, FileName), "Not all of this folder is written: make it again, or remove it.\n");

    /// <summary>Takes the mark away, after all else is written.</summary>
    public static void End(string folder) => File.Delete(Path.Combine(folder, FileName));

    /// <summary>Whether a folder has the mark.</summary>
    public static bool Is(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>Refuses a folder that has the mark.</summary>
    /// <exception cref="DataSetException">It has.</exception>
    public static void Refuse(string folder)
    {
        if (Is(folder))
            throw new DataSetException(
                $"Expected a whole folder, found one whose making was interrupted ('{FileName}' in it): '{folder}'. Make it again.");
    }
}
