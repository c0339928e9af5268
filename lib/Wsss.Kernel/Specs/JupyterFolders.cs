namespace Wsss.Kernel.Specs;

/// <summary>Where Jupyter keeps its data, in whose folder <c>kernels</c> it looks for kernels.</summary>
/// <remarks>jupyter-core, jupyter_core.paths.</remarks>
internal static class JupyterFolders
{
    /// <summary>That of the user who runs this program; <c>JUPYTER_DATA_DIR</c> names another.</summary>
    public static string User
    {
        get
        {
            if (Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } chosen) return Path.GetFullPath(chosen);
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            if (OperatingSystem.IsWindows()) return Below(Environment.SpecialFolder.ApplicationData);
            if (OperatingSystem.IsMacOS()) return Path.Combine(home, "Library", "Jupyter");
            string? data = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
            return Path.Combine(string.IsNullOrEmpty(data) ? Path.Combine(home, ".local", "share") : data, "jupyter");
        }
    }

    /// <summary>Those in which Jupyter looks, first the ones that count most.</summary>
    public static IReadOnlyList<string> All
    {
        get
        {
            string[] named = (Environment.GetEnvironmentVariable("JUPYTER_PATH") ?? "")
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
            string[] ofAll = OperatingSystem.IsWindows()
                ? [Below(Environment.SpecialFolder.CommonApplicationData)]
                : [OfPrefix("/usr/local"), OfPrefix("/usr")];
            return [.. named, User, .. ofAll];
        }
    }

    /// <summary>That of an installation, such as a virtual environment of Python.</summary>
    /// <param name="prefix">The installation's folder, <c>sys.prefix</c>.</param>
    public static string OfPrefix(string prefix) => Path.Combine(Path.GetFullPath(prefix), "share", "jupyter");

    private static string Below(Environment.SpecialFolder folder) => Path.Combine(Environment.GetFolderPath(folder), "jupyter");
}
