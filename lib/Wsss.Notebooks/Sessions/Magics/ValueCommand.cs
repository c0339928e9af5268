using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions.Magics;

/// <summary>
/// <c>#!value --name x</c>: keeps the text below under a name for <see cref="SetCommand"/>; <c>--from-file data.csv</c> keeps a file's.
/// </summary>
internal sealed class ValueCommand : MagicCommand
{
    public override string Word => "#!value";

    public override string Help => "--name NAME: keeps the text below, or with --from-file FILE a file's";

    public override bool TakesText => true;

    public override IEnumerable<CompletionItem> Arguments(SessionSnapshot state, string baseFolder) =>
        [new("--name", "Keyword", "of what is kept"), new("--from-file", "Keyword", "whose text is kept"), .. FileNames.In(baseFolder)];

    public override CellError? Run(CellPart part, CellContext cell)
    {
        var options = MagicOptions.Parse(part.Head, ["--name", "--from-file"]);
        string name = options["--name"] ?? throw Expected($"'{Word} --name NAME'", part.Head);
        string? file = options["--from-file"];
        if (file is not null && !string.IsNullOrWhiteSpace(part.Text))
            throw Expected($"no text below '{Word}' with '--from-file'", part.Text.Trim().Split('\n')[0]);
        cell.Values[name] = file is null ? part.Text : InputFile.ReadText(cell.PathOf(file), InputKind.List);
        return null;
    }
}
