namespace Wsss.Tests;

/// <summary>The project's own files, for tests that read sources, documents and notebooks.</summary>
internal static class ProjectFolder
{
    /// <summary>Where Notebooks.sln lies, above the test programs.</summary>
    public static string Root { get; } = Find();

    /// <summary>The path of a file or folder of the project.</summary>
    public static string At(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Notebooks.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"Expected Notebooks.sln above {AppContext.BaseDirectory}.");
    }
}
