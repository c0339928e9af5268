using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions.Magics;

/// <summary>
/// <c>#!javascript</c>: the front end runs the text below, as a script in HTML. Reports, made of text and pictures only, leave it out.
/// </summary>
internal sealed class JavaScriptCommand : MagicCommand
{
    public override string Word => "#!javascript";

    public override string Help => "the browser runs the text below";

    public override bool TakesText => true;

    public override CellError? Run(CellPart part, CellContext cell)
    {
        cell.Show((MimeBundle.Html, $"<script type=\"text/javascript\">\n{part.Text}\n</script>"), (MimeBundle.Text, part.Text));
        return null;
    }
}
