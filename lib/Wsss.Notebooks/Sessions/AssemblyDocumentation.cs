using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Wsss.Notebooks.Sessions;

/// <summary>The XML documentation of an assembly: read when something asks for it.</summary>
internal sealed class AssemblyDocumentation : XmlDocumentationProvider
{
    private static readonly ConcurrentDictionary<string, string?> SdkFolders = new();

    private readonly string _file;
    private readonly AssemblyDocumentation? _otherwise;

    private AssemblyDocumentation(string file, AssemblyDocumentation? otherwise) => (_file, _otherwise) = (file, otherwise);

    /// <summary>
    /// The file beside the assembly; for an assembly of .NET itself, which has none there, the file of the SDK. Null if there is neither.
    /// </summary>
    public static AssemblyDocumentation? Find(string assembly)
    {
        string beside = Path.ChangeExtension(assembly, ".xml");
        if (File.Exists(beside)) return new AssemblyDocumentation(beside, null);
        // The SDK documents the assemblies that programs refer to; these files are the ones that they forward to.
        string[] names = Path.GetFileNameWithoutExtension(assembly) is var name && name == "System.Private.CoreLib"
            ? ["System.Runtime", "System.Collections", "System.Threading"]
            : [name];
        AssemblyDocumentation? found = null;
        if (SdkFolders.GetOrAdd(Path.GetDirectoryName(assembly)!, FindSdkFolder) is { } folder)
        {
            foreach (string file in names.Reverse().Select(each => Path.Combine(folder, each + ".xml")).Where(File.Exists))
                found = new AssemblyDocumentation(file, found);
        }
        return found;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) =>
        obj is AssemblyDocumentation other && other._file == _file && Equals(other._otherwise, _otherwise);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_file, _otherwise);

    /// <inheritdoc/>
    protected override string? GetDocumentationForSymbol(
        string documentationMemberID, CultureInfo preferredCulture, CancellationToken cancellationToken) =>
        base.GetDocumentationForSymbol(documentationMemberID, preferredCulture, cancellationToken) is { Length: > 0 } own
            ? own
            : _otherwise?.GetDocumentationForSymbol(documentationMemberID, preferredCulture, cancellationToken) ?? "";

    /// <inheritdoc/>
    protected override Stream GetSourceStream(CancellationToken cancellationToken) => InputFile.Open(_file, InputKind.Notebook);

    /// <summary>From <c>dotnet/shared/NAME/VERSION</c> to <c>dotnet/packs/NAME.Ref/VERSION/ref/TARGET</c>.</summary>
    private static string? FindSdkFolder(string folder)
    {
        if (new DirectoryInfo(folder) is not { Parent: { Name: var name, Parent: { Name: "shared", Parent: { } root } } }) return null;
        string packs = Path.Combine(root.FullName, "packs", name + ".Ref");
        if (!Directory.Exists(packs)) return null;
        return Directory.EnumerateDirectories(packs).Select(version => Path.Combine(version, "ref")).Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories).OrderBy(target => Path.GetFileName(target), StringComparer.Ordinal).LastOrDefault();
    }
}
