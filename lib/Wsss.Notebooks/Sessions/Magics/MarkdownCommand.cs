using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions.Magics;

/// <summary><c>#!markdown</c>: the text below is shown as Markdown.</summary>
internal sealed class MarkdownCommand : MagicCommand
{
    public override string Word => "#!markdown";

    public override string Help => "shows the text below as Markdown";

    public override bool TakesText => true;

    public override CellError? Run(CellPart part, CellContext cell)
    {
        cell.Show((MimeBundle.Markdown, part.Text), (MimeBundle.Text, part.Text));
        return null;
    }
}
