using System.Net;
using System.Text.RegularExpressions;
using Wsss.Notebooks.Reports;

namespace Wsss.Notebooks.Tests.Reports;

public sealed partial class CodeHighlighterTests
{
    [Theory]
    [InlineData(
        "var x = 1; // one",
        "<span class=\"keyword\">var</span> x = <span class=\"number\">1</span>; <span class=\"comment\">// one</span>"
    )]
    [InlineData(
        "Cam.Of(\"a<b\")",
        "<span class=\"type\">Cam</span>.<span class=\"method\">Of</span>(<span class=\"string\">&quot;a&lt;b&quot;</span>)"
    )]
    [InlineData(
        "#r \"nuget: X\"\nawait y",
        "<span class=\"directive\">#r &quot;nuget: X&quot;\n</span><span class=\"keyword\">await</span> y"
    )]
    [InlineData("new Recipe()", "<span class=\"keyword\">new</span> <span class=\"type\">Recipe</span>()")]
    public void Words_of_each_kind_get_their_class(string code, string html) => Assert.Equal(html, CodeHighlighter.ToHtml(code));

    [Theory]
    [InlineData("int Broken( {{{ \"open\n$\"{x:0.0}\" /* never closed")]
    [InlineData("""using System;  var s = $"a {b + 1} c"; var t = @"x""y"; foreach (var (k, v) in d) Console.WriteLine(k);""")]
    [InlineData("#if NEVER\nint x;\n#endif\n\tclass A<T> where T : notnull { }\n\n")]
    public void Never_changes_the_text(string code) =>
        Assert.Equal(code, WebUtility.HtmlDecode(Tag().Replace(CodeHighlighter.ToHtml(code), "")));

    [GeneratedRegex("</?span[^>]*>")]
    private static partial Regex Tag();
}
