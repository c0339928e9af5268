using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Ganss.Xss;

namespace Wsss.Notebooks.Reports;

/// <summary>
/// HTML that others wrote, made harmless: what is not known to be text, tables, pictures or formulas goes, with scripts, event handlers,
/// frames, forms, styles that could cover the page, and addresses that run something or load something from elsewhere.
/// </summary>
internal static class SafeHtml
{
    private static readonly string[] Tags =
    [
        "a",
        "abbr",
        "article",
        "aside",
        "b",
        "bdi",
        "bdo",
        "big",
        "blockquote",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "font",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
        "wbr",
        "math",
        "mfrac",
        "mi",
        "mn",
        "mo",
        "mover",
        "mroot",
        "mrow",
        "mspace",
        "msqrt",
        "mstyle",
        "msub",
        "msubsup",
        "msup",
        "mtable",
        "mtd",
        "mtext",
        "mtr",
        "munder",
        "munderover",
    ];

    private static readonly string[] Attributes =
    [
        "align",
        "alt",
        "checked",
        "class",
        "colspan",
        "dir",
        "disabled",
        "headers",
        "height",
        "href",
        "id",
        "lang",
        "open",
        "rowspan",
        "scope",
        "span",
        "src",
        "start",
        "style",
        "title",
        "type",
        "valign",
        "width",
        "accent",
        "display",
        "linethickness",
        "mathvariant",
        "minsize",
        "movablelimits",
        "stretchy",
    ];

    private static readonly string[] Styles =
    [
        "background-color", "color", "font-family", "font-style", "font-weight", "max-width", "min-width", "text-align", "text-decoration",
        "vertical-align", "white-space", "width",
    ];

    private static readonly string[] PictureTypes = ["png", "jpeg", "gif", "webp", "svg+xml"];

    private static readonly HtmlSanitizer Sanitizer = Create();

    /// <summary>A fragment without what could do harm.</summary>
    public static string Clean(string html) => Sanitizer.Sanitize(html);

    /// <summary>A fragment without what could do harm, to work on; its <c>body</c> holds it.</summary>
    public static IHtmlDocument Parse(string html) => Sanitizer.SanitizeDom(html);

    /// <summary>A fragment without its links, which cannot stand inside another.</summary>
    public static string WithoutLinks(string html)
    {
        using var document = Parse(html);
        foreach (var link in document.QuerySelectorAll("a").ToArray()) link.Replace([.. link.ChildNodes]);
        return document.Body!.InnerHtml;
    }

    /// <summary>The text of a fragment, not encoded.</summary>
    public static string ToText(string html)
    {
        using var document = new HtmlParser().ParseDocument(html);
        return document.Body!.TextContent;
    }

    private static HtmlSanitizer Create()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>(Tags, StringComparer.OrdinalIgnoreCase),
            AllowedAttributes = new HashSet<string>(Attributes, StringComparer.OrdinalIgnoreCase),
            AllowedCssProperties = new HashSet<string>(Styles, StringComparer.OrdinalIgnoreCase),
            AllowedSchemes = new HashSet<string>(["http", "https", "mailto", "data"], StringComparer.OrdinalIgnoreCase),
            UriAttributes = new HashSet<string>(["href", "src"], StringComparer.OrdinalIgnoreCase),
        });
        sanitizer.FilterUrl += (_, address) =>
        {
            bool isPicture = address.Tag is IHtmlImageElement;
            if (!(isPicture ? IsOwnPicture(address.OriginalUrl) : IsLink(address.OriginalUrl))) address.SanitizedUrl = null;
        };
        sanitizer.PostProcessNode += (_, args) =>
        {
            // The boxes of task lists, and nothing that could be filled in.
            if (args.Node is not IHtmlInputElement input) return;
            if (input.Type == "checkbox") input.IsDisabled = true;
            else input.Remove();
        };
        return sanitizer;
    }

    private static bool IsLink(string address) =>
        Scheme(address) is "" or "http" or "https" or "mailto";

    /// <summary>A picture beside the page or inside it.</summary>
    private static bool IsOwnPicture(string address)
    {
        string start = Compact(address);
        return Scheme(address) switch
        {
            "" => start is not ['/' or '\\', '/' or '\\', ..],
            "data" => PictureTypes.Any(type => start.StartsWith($"data:image/{type};base64,", StringComparison.OrdinalIgnoreCase)),
            _ => false,
        };
    }

    /// <summary>What stands before the colon; empty for an address relative to the page.</summary>
    private static string Scheme(string address)
    {
        string start = Compact(address);
        int end = start.AsSpan().IndexOfAny(":/?#\\");
        return end >= 0 && start[end] == ':' ? start[..end].ToLowerInvariant() : "";
    }

    /// <summary>Without what browsers leave out.</summary>
    private static string Compact(string address) => string.Concat(address.Where(c => c > ' '));
}
