using System.Reflection;
using System.Text.RegularExpressions;

namespace Wsss.Notebooks.Reports;

/// <summary>Styles and scripts that pages load from their own folder.</summary>
internal static partial class PageResources
{
    /// <summary>plotly.js beside a page.</summary>
    public const string Plotly = "plotly.min.js";

    /// <summary>Writes some of this assembly's.</summary>
    public static void Write(string folder, params IEnumerable<string> names)
    {
        foreach (string name in names) Write(folder, typeof(PageResources).Assembly, name, name);
    }

    /// <summary>Writes plotly.js, which Plotly.NET brings, as <see cref="Plotly"/>.</summary>
    public static void WritePlotly(string folder)
    {
        Assembly plotly = typeof(Plotly.NET.GenericChart).Assembly;
        string resource = plotly.GetManifestResourceNames().FirstOrDefault(name => PlotlyResource().IsMatch(name))
            ?? throw new NotebookException(
                $"Expected plotly.js as a resource of {plotly.GetName()}, found none. Use the Plotly.NET of Directory.Packages.props.");
        Write(folder, plotly, resource, Plotly);
    }

    private static void Write(string folder, Assembly assembly, string resource, string file)
    {
        using Stream content = assembly.GetManifestResourceStream(resource)!;
        AtomicFile.Write(Path.Combine(folder, file), content.CopyTo);
    }

    [GeneratedRegex(@"plotly-[\d.]+\.min\.js$")]
    private static partial Regex PlotlyResource();
}
