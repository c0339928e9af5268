using System.Globalization;
using System.Net;
using System.Text;
using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Wsss.Notebooks.Reports;

/// <summary>A heading of a page.</summary>
/// <param name="Level">1 to 6.</param>
/// <param name="Id">The anchor.</param>
/// <param name="Html">The heading's content.</param>
internal sealed record Heading(int Level, string Id, string Html);

/// <summary>Markdown cells of one page as harmless HTML: tables, mathematics, C# in colour, links between notebooks.</summary>
/// <param name="rewriteLink">Where a link or image of the notebook leads from the page.</param>
internal sealed class ReportMarkdown(Func<string, bool, string> rewriteLink)
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseMathematics().UseEmphasisExtras().UseFootnotes().UseTaskLists().Build();

    private readonly List<Heading> _headings = [];

    /// <summary>The headings of all texts so far.</summary>
    public IReadOnlyList<Heading> Headings => _headings;

    /// <summary>The first paragraph of text so far, as HTML; null if there is none.</summary>
    public string? FirstParagraph { get; private set; }

    /// <summary>One text as HTML; the parts of a page are rendered in order.</summary>
    public string ToHtml(string markdown)
    {
        MarkdownDocument document = Markdown.Parse(FormulaLines.Join(markdown), Pipeline);
        foreach (LinkInline link in document.Descendants<LinkInline>())
            link.Url = rewriteLink(link.Url ?? "", link.IsImage);
        foreach (HeadingBlock heading in document.Descendants<HeadingBlock>())
        {
            string id = UniqueId(heading);
            heading.GetAttributes().Id = id;
            _headings.Add(new Heading(heading.Level, id, InlineHtml(heading)));
        }
        ParagraphBlock? paragraph = document.OfType<ParagraphBlock>()
            .FirstOrDefault(block => block.Inline?.FirstChild is not LinkInline { IsImage: true });
        if (FirstParagraph is null && paragraph is not null) FirstParagraph = InlineHtml(paragraph);
        return Render(renderer => renderer.Render(document));
    }

    private static string InlineHtml(LeafBlock block) => Render(renderer => renderer.WriteLeafInline(block));

    private static string Render(Action<HtmlRenderer> render)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.RemoveAll(each => each is HtmlMathInlineRenderer or HtmlMathBlockRenderer or CodeBlockRenderer);
        // A math block is a kind of code block, so it comes first.
        renderer.ObjectRenderers.InsertRange(0, [new InlineMath(), new BlockMath(), new Code()]);
        render(renderer);
        return SafeHtml.Clean(writer.ToString());
    }

    /// <summary>As Jupyter and GitHub name anchors, so that links inside a notebook work here too.</summary>
    private string UniqueId(HeadingBlock heading)
    {
        var slug = new StringBuilder();
        foreach (char c in PlainText(heading).ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(c) || c is '-' or '_') slug.Append(c);
            else if (c == ' ') slug.Append('-');
        }
        string id = slug.Length == 0 ? "section" : slug.ToString();
        int same = 0;
        while (_headings.Any(other => other.Id == (same == 0 ? id : $"{id}-{same}"))) same++;
        return same == 0 ? id : $"{id}-{same}";
    }

    private static string PlainText(LeafBlock block) => string.Concat((block.Inline?.Descendants() ?? []).Select(inline => inline switch
    {
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        MathInline math => math.Content.ToString(),
        _ => "",
    }));

    private sealed class InlineMath : HtmlObjectRenderer<MathInline>
    {
        // $$…$$ inside a paragraph is still meant as a display.
        protected override void Write(HtmlRenderer renderer, MathInline formula)
        {
            string tex = formula.Content.ToString();
            // An image's description is an attribute.
            if (renderer.EnableHtmlForInline) renderer.Write(TexToMathMl.Convert(tex, display: formula.DelimiterCount == 2));
            else renderer.WriteEscape(tex);
        }
    }

    private sealed class BlockMath : HtmlObjectRenderer<MathBlock>
    {
        protected override void Write(HtmlRenderer renderer, MathBlock formula) =>
            renderer.WriteLine(TexToMathMl.Convert(formula.Lines.ToString(), display: true));
    }

    private sealed class Code : HtmlObjectRenderer<CodeBlock>
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock block)
        {
            string code = block.Lines.ToString();
            bool isCSharp = block is FencedCodeBlock { Info: "csharp" or "cs" or "c#" or "C#" };
            string html = isCSharp ? CodeHighlighter.ToHtml(code) : WebUtility.HtmlEncode(code);
            renderer.WriteLine($"<pre class=\"code\"><code>{html}</code></pre>");
        }
    }
}
