using System.Composition.Hosting;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.Text;

namespace Wsss.Notebooks.Sessions;

/// <summary>
/// What the cells declare and the cell that is being written, as two scripts of Roslyn's editor services. Not thread-safe.
/// </summary>
internal sealed class LanguageWorkspace : IDisposable
{
    /// <summary>
    /// Roslyn's services for C#, but for those that offer every type of every assembly and would add a using for it: a front end that
    /// replaces a word cannot do that, and they take most of the time and memory.
    /// </summary>
    private static readonly Lazy<MefHostServices> Services = new(() => MefHostServices.Create(new ContainerConfiguration().WithParts(
        MefHostServices.DefaultAssemblies.Where(assembly => assembly.FullName?.Contains("VisualBasic", StringComparison.Ordinal) == false)
            .SelectMany(assembly => assembly.DefinedTypes)
            .Where(type => !type.Name.EndsWith("ImportCompletionProvider", StringComparison.Ordinal))).CreateContainer()));

    private readonly AdhocWorkspace _workspace = new(Services.Value);
    private readonly HostAssemblies _host;
    private readonly CSharpCompilationOptions _compiling;
    private readonly CSharpParseOptions _parsing = new(LanguageVersion.Latest, DocumentationMode.Parse, SourceCodeKind.Script);
    private SessionDeclarations? _declared;
    private Solution? _before;
    private ProjectId? _last;

    /// <summary>Loads the services, which takes a second or two the first time.</summary>
    public LanguageWorkspace(HostAssemblies host, SessionOptions options)
    {
        _host = host;
        _compiling = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, usings: options.Usings, allowUnsafe: true,
            metadataReferenceResolver: new HostReferenceResolver(host, options.BaseFolder),
            sourceReferenceResolver: new SourceFileResolver([], options.BaseFolder));
    }

    /// <summary>A cell that follows those that ran.</summary>
    public async Task<Document> OpenAsync(SessionDeclarations declared, string code, CancellationToken cancellationToken)
    {
        if (_before is null || !ReferenceEquals(declared, _declared))
        {
            (_before, _last) = Add(_workspace.CurrentSolution, "Declared", declared.Text, null);
            // Here it is compiled once; from the copies that each question makes it would not come back.
            await _before.GetProject(_last)!.GetCompilationAsync(cancellationToken).ConfigureAwait(false);
            _declared = declared;
        }
        (Solution opened, ProjectId current) = Add(_before, "Written", code, _last);
        return opened.GetProject(current)!.Documents.Single();
    }

    public void Dispose() => _workspace.Dispose();

    private (Solution Solution, ProjectId Project) Add(Solution solution, string name, string code, ProjectId? after)
    {
        var id = ProjectId.CreateNewId();
        var document = DocumentInfo.Create(
            DocumentId.CreateNewId(id), name, sourceCodeKind: SourceCodeKind.Script,
            loader: TextLoader.From(TextAndVersion.Create(SourceText.From(code), VersionStamp.Create())));
        var project = ProjectInfo.Create(
            id, VersionStamp.Create(), name, name, LanguageNames.CSharp, compilationOptions: _compiling, parseOptions: _parsing,
            documents: [document], projectReferences: after is null ? [] : [new ProjectReference(after)],
            metadataReferences: _host.References, isSubmission: true, hostObjectType: typeof(SessionGlobals));
        return (solution.AddProject(project), id);
    }
}
