using System.IO.Enumeration;

namespace Wsss;

/// <summary>The one way in which folders of other people are walked.</summary>
internal static class InputFolder
{
    /// <summary>
    /// The files in a folder and in those below it, in the system's order. Links to folders below are not followed: they may lead back to
    /// where they lie, or to a whole disk. The folder itself may be a link.
    /// </summary>
    /// <param name="folder">Must be there.</param>
    /// <param name="extensions">With their dots, in small letters; files are found in any case.</param>
    /// <param name="skipped">Files and folders that are passed over; by default none.</param>
    /// <param name="except">A folder below it that is passed over, in full; null for none.</param>
    public static IEnumerable<string> Files(
        string folder,
        IReadOnlyCollection<string> extensions,
        FileAttributes skipped = 0,
        string? except = null
    ) =>
        new FileSystemEnumerable<string>(
            folder,
            (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(),
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = skipped }
        )
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                !entry.IsDirectory && extensions.Contains(Path.GetExtension(entry.FileName).ToString().ToLowerInvariant()),
            ShouldRecursePredicate = (ref FileSystemEntry entry) =>
                !entry.Attributes.HasFlag(FileAttributes.ReparsePoint) && entry.ToFullPath() != except,
        };

    /// <summary>Whether two paths lead to one folder, by links or by other spellings.</summary>
    /// <param name="one">A path; there need not be anything yet.</param>
    /// <param name="other">Another.</param>
    public static bool IsSame(string one, string other) =>
        string.Equals(Real(one), Real(other), OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);

    /// <summary>The path without links, neither at its end nor on its way.</summary>
    private static string Real(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, Environment.CurrentDirectory));
        if (Path.GetDirectoryName(full) is not { } parent) return full;
        string here = Path.Combine(Real(parent), Path.GetFileName(full));
        // A link in a circle leads to no folder.
        return Directory.Exists(here) && Directory.ResolveLinkTarget(here, returnFinalTarget: true) is { } target
            ? Real(target.FullName) : here;
    }
}
