using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions.Magics;

/// <summary><c>#!import helpers.cs</c>, <c>#!import first.ipynb</c>: runs a script, or a notebook's code cells, here.</summary>
internal sealed class ImportCommand : MagicCommand
{
    public override string Word => "#!import";

    public override string Help => "FILE.cs or FILE.ipynb: runs it here";

    public override IEnumerable<CompletionItem> Arguments(SessionSnapshot state, string baseFolder) =>
        FileNames.In(baseFolder, ".cs", ".csx", ".ipynb");

    public override CellError? Run(CellPart part, CellContext cell)
    {
        string name = part.Head[Word.Length..].Trim().Trim('"');
        string path = cell.PathOf(name);
        if (cell.Imports.Contains(path)) throw Expected("files that do not import each other in a circle", name);
        return Path.GetExtension(name) switch
        {
            ".cs" or ".csx" => cell.Import(path, Path.GetFileName(name)).RunCell(InputFile.ReadText(path, InputKind.Document)),
            ".ipynb" => RunNotebook(path, name, cell),
            _ => throw Expected($"a script (.cs, .csx) or a notebook (.ipynb) after '{Word}'", name),
        };
    }

    private static CellError? RunNotebook(string path, string name, CellContext cell)
    {
        Notebook notebook = Notebook.Load(path);
        if (!notebook.IsCSharp) throw Expected($"'{name}' to be a C# notebook", notebook.Language);
        // Named as its cells would be if it ran by itself.
        return notebook.Cells.Where(each => each.IsCode && !string.IsNullOrWhiteSpace(each.Source))
            .Select((each, index) => cell.Import(path, $"{Path.GetFileName(name)}[{index + 1}]").RunCell(each.Source))
            .FirstOrDefault(error => error is not null);
    }
}
