using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Wsss.Notebooks.Sessions;

/// <summary>Gives the compiler other texts for some of the scripts that a cell loads.</summary>
/// <param name="files">Finds and reads the scripts.</param>
/// <param name="texts">The other texts, by resolved path.</param>
internal sealed class RewrittenSources(SourceReferenceResolver files, IReadOnlyDictionary<string, string> texts) : SourceReferenceResolver
{
    public override string? NormalizePath(string path, string? baseFilePath) => files.NormalizePath(path, baseFilePath);

    public override string? ResolveReference(string path, string? baseFilePath) => files.ResolveReference(path, baseFilePath);

    public override Stream OpenRead(string resolvedPath) => files.OpenRead(resolvedPath);

    public override SourceText ReadText(string resolvedPath) =>
        texts.TryGetValue(resolvedPath, out string? text) ? SourceText.From(text, Encoding.UTF8) : files.ReadText(resolvedPath);

    public override bool Equals(object? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
