using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Wsss.Notebooks.Sessions;

/// <summary>
/// Resolves <c>#r</c> to what the host has: packages, assembly names, files. A file that the host has loaded under the
/// same name resolves to the host's, since two copies of an assembly would make two kinds of every type.
/// </summary>
internal sealed class HostReferenceResolver(HostAssemblies host, string baseFolder) : MetadataReferenceResolver
{
    private const string NugetPrefix = "nuget:";
    private readonly ConcurrentDictionary<string, string> _problems = new();

    /// <summary>Why references did not resolve, by the text after <c>#r</c>; Roslyn itself only says that they did not.</summary>
    public IReadOnlyDictionary<string, string> Problems => _problems;

    public override bool ResolveMissingAssemblies => true;

    public override PortableExecutableReference? ResolveMissingAssembly(MetadataReference definition, AssemblyIdentity referenceIdentity) =>
        host.Find(referenceIdentity.Name);

    public override ImmutableArray<PortableExecutableReference> ResolveReference(
        string reference, string? baseFilePath, MetadataReferenceProperties properties)
    {
        PortableExecutableReference? found = Resolve(reference, out string? problem);
        if (found is not null) return [found];
        _problems[reference] = problem!;
        return [];
    }

    public override bool Equals(object? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    private PortableExecutableReference? Resolve(string reference, out string? problem)
    {
        if (reference.StartsWith(NugetPrefix, StringComparison.OrdinalIgnoreCase))
            return host.FindPackage(reference[NugetPrefix.Length..].Trim(), out problem);
        problem = null;
        bool isFile = reference.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        if (host.Find(isFile ? Path.GetFileNameWithoutExtension(reference) : reference) is { } own) return own;
        string path = Path.GetFullPath(reference, baseFolder);
        if (isFile && File.Exists(path)) return MetadataReference.CreateFromFile(path);
        problem = isFile
            ? $"Expected an assembly at '{path}', found no such file. Paths are relative to the notebook's folder."
            : $"The host has no assembly '{reference}'. Give the path of a .dll, or \"nuget: …\" for a package of the project.";
        return null;
    }
}
