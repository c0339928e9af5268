using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions.Magics;

/// <summary><c>#!html</c>: the text below is shown as HTML.</summary>
internal sealed class HtmlCommand : MagicCommand
{
    public override string Word => "#!html";

    public override string Help => "shows the text below as HTML";

    public override bool TakesText => true;

    public override CellError? Run(CellPart part, CellContext cell)
    {
        cell.Show((MimeBundle.Html, part.Text), (MimeBundle.Text, part.Text));
        return null;
    }
}
