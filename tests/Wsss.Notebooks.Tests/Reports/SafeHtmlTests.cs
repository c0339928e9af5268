using Wsss.Notebooks.Reports;

namespace Wsss.Notebooks.Tests.Reports;

public class SafeHtmlTests
{
    [Theory]
    [InlineData("a<script>b</script>c", "ac")]
    [InlineData("<img src=\"x.png\" onerror=\"f()\" alt=\"a\">", "<img src=\"x.png\" alt=\"a\">")]
    [InlineData("<iframe src=\"http://e.example\"></iframe><object data=\"x\"></object><embed src=\"x\">", "")]
    [InlineData("<a href=\"javascript:f()\">a</a>", "<a>a</a>")]
    [InlineData("<a href=\" jav\tascript:f()\">a</a>", "<a>a</a>")]
    [InlineData("<a href=\"data:text/html,x\">a</a>", "<a>a</a>")]
    [InlineData("<a href=\"file:///etc/passwd\">a</a>", "<a>a</a>")]
    [InlineData("<a href=\"vbscript:x\">a</a>", "<a>a</a>")]
    [InlineData("<a href=\"https://arxiv.org/abs/1512.04150\">a</a>", "<a href=\"https://arxiv.org/abs/1512.04150\">a</a>")]
    [InlineData("<a href=\"b.html#the-part\">a</a>", "<a href=\"b.html#the-part\">a</a>")]
    [InlineData("<img src=\"http://e.example/a.png\">", "<img>")]
    [InlineData("<img src=\"//e.example/a.png\">", "<img>")]
    [InlineData("<img src=\"\\\\e.example\\a.png\">", "<img>")]
    [InlineData("<img src=\"data:image/png;base64,AAAA\">", "<img src=\"data:image/png;base64,AAAA\">")]
    [InlineData("<img src=\"data:text/html;base64,AAAA\">", "<img>")]
    [InlineData("<img srcset=\"http://e.example/a.png 2x\" src=\"a.png\">", "<img src=\"a.png\">")]
    [InlineData(
        "<meta http-equiv=\"refresh\" content=\"0;url=http://e.example\"><base href=\"http://e.example\"><link rel=\"stylesheet\" "
            + "href=\"http://e.example\">",
        ""
    )]
    [InlineData("<style>p { background: url(http://e.example) }</style><p>a</p>", "<p>a</p>")]
    [InlineData(
        "<p style=\"background-image: url(http://e.example); position: fixed; text-align: right\">a</p>",
        "<p style=\"text-align: right\">a</p>"
    )]
    [InlineData("<svg><script>f()</script><a href=\"javascript:f()\"><text>a</text></a></svg>b", "b")]
    [InlineData(
        "<math><mtext><table><mglyph><style><img src=x onerror=f()></style></mglyph></table></mtext></math>",
        "<math><mtext><table></table></mtext></math>"
    )]
    [InlineData("<form action=\"http://e.example\"><input type=\"image\" src=\"x\"></form><input type=\"text\">", "")]
    [InlineData("<input type=\"checkbox\" checked>", "<input type=\"checkbox\" checked=\"\" disabled=\"\">")]
    [InlineData(
        "<math display=\"block\"><mrow><mi mathvariant=\"normal\">x</mi></mrow></math>",
        "<math display=\"block\"><mrow><mi mathvariant=\"normal\">x</mi></mrow></math>"
    )]
    [InlineData("<!-- a --><details open><summary>b</summary>c</details>", "<details open=\"\"><summary>b</summary>c</details>")]
    public void What_could_do_harm_goes_and_the_rest_stays(string html, string expected)
    {
        string clean = SafeHtml.Clean(html);
        Assert.Equal(expected, clean);
        Assert.Equal(clean, SafeHtml.Clean(clean));
    }

    [Fact]
    public void Links_go_and_what_they_hold_stays()
    {
        Assert.Equal("a <em>b</em> <abbr>c</abbr>", SafeHtml.WithoutLinks("a <a href=\"x\" title=\"a>b\"><em>b</em></a> <abbr>c</abbr>"));
        Assert.Equal("a <b> & c", SafeHtml.ToText("a &lt;b&gt; <em>&amp; c</em>"));
    }
}
