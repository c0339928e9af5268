using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.CodeAnalysis;

namespace Wsss.Notebooks.Sessions;

/// <summary>The assemblies and packages with which the host program was built: all that a session can reference.</summary>
internal sealed class HostAssemblies
{
    /// <summary>The compiler's own assemblies are large, and no cell needs them unless it asks with <c>#r</c>.</summary>
    private const string Compiler = "Microsoft.CodeAnalysis";

    private readonly Dictionary<string, Lazy<PortableExecutableReference>> _byName;
    private readonly Dictionary<string, Package> _packages;

    private HostAssemblies(Dictionary<string, Lazy<PortableExecutableReference>> byName, Dictionary<string, Package> packages) =>
        (_byName, _packages) = (byName, packages);

    /// <summary>All assemblies of the host and of the .NET runtime, except for the compiler's.</summary>
    public ImmutableArray<MetadataReference> References => field.IsDefault
        ? field = [.. _byName.Where(pair => !pair.Key.StartsWith(Compiler, StringComparison.OrdinalIgnoreCase))
            .Select(pair => pair.Value.Value)]
        : field;

    /// <summary>Reads the runtime's list of assemblies and the deps.json files of the running program.</summary>
    /// <exception cref="NotebookException">The program is published as a single file, whose assemblies have no paths.</exception>
    public static HostAssemblies Load()
    {
        string[] paths = (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "").Split(
            Path.PathSeparator,
            StringSplitOptions.RemoveEmptyEntries
        );
        if (paths.Length == 0)
        {
            throw new NotebookException(
                "Expected the host's assemblies as files, found none. Run notebooks from a program that is not published as a single file."
            );
        }
        var byName = new Dictionary<string, Lazy<PortableExecutableReference>>(StringComparer.OrdinalIgnoreCase);
        foreach (string path in paths)
        {
            byName.TryAdd(
                Path.GetFileNameWithoutExtension(path),
                new(() => MetadataReference.CreateFromFile(path, documentation: AssemblyDocumentation.Find(path)))
            );
        }
        var packages = new Dictionary<string, Package>(StringComparer.OrdinalIgnoreCase);
        string[] deps = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries);
        foreach (string path in deps.Where(File.Exists))
            ReadPackages(path, packages);
        return new HostAssemblies(byName, packages);
    }

    /// <summary>The host's own assembly of that simple name; null if it has none.</summary>
    public PortableExecutableReference? Find(string simpleName) => _byName.GetValueOrDefault(simpleName)?.Value;

    /// <summary>Resolves a package of the host, or says why not.</summary>
    /// <param name="reference">What follows <c>nuget:</c>, such as <c>TorchSharp, 0.107.0</c>; the version may be missing.</param>
    /// <param name="problem">Set when null is returned.</param>
    public PortableExecutableReference? FindPackage(string reference, out string? problem)
    {
        string[] parts = reference.Split(',', StringSplitOptions.TrimEntries);
        if (!_packages.TryGetValue(parts[0], out Package? package))
        {
            problem =
                $"The package '{parts[0]}' is not one of the project's, and a headless session has only those: it downloads nothing. "
                + "Add the package to Directory.Packages.props and to the project, or remove this line.";
            return null;
        }
        if (parts.Length > 1 && parts[1] != package.Version && !parts[1].Contains('*'))
        {
            problem =
                $"Version {parts[1]} of the package '{parts[0]}' was asked for, but the project has {package.Version}. "
                + "Write that version, or none.";
            return null;
        }
        problem = null;
        // All assemblies of the host are referenced already; a package of native files only has none to name.
        return package.Assemblies.Select(Find).FirstOrDefault(found => found is not null) ?? Find("System.Runtime");
    }

    private static void ReadPackages(string path, Dictionary<string, Package> packages)
    {
        using JsonDocument document = JsonDocument.Parse(InputFile.ReadBytes(path, InputKind.Document));
        foreach (JsonProperty target in document.RootElement.GetProperty("targets").EnumerateObject())
        {
            foreach (JsonProperty library in target.Value.EnumerateObject())
            {
                string[] id = library.Name.Split('/');
                string[] assemblies = library.Value.TryGetProperty("runtime", out JsonElement runtime)
                    ? [.. runtime.EnumerateObject().Select(file => Path.GetFileNameWithoutExtension(file.Name))]
                    : [];
                packages.TryAdd(id[0], new Package(id.Length > 1 ? id[1] : "", assemblies));
            }
        }
    }

    private sealed record Package(string Version, string[] Assemblies);
}
