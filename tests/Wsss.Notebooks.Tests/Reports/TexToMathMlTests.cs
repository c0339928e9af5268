using System.Xml.Linq;
using Wsss.Notebooks.Reports;

namespace Wsss.Notebooks.Tests.Reports;

public sealed class TexToMathMlTests
{
    [Theory]
    [InlineData("x", "<mi>x</mi>")]
    [InlineData("3.14", "<mn>3.14</mn>")]
    [InlineData("a < b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>")]
    [InlineData(@"\alpha \le \Omega", "<mi>α</mi><mo>≤</mo><mi mathvariant=\"normal\">Ω</mi>")]
    [InlineData("w_k^c", "<msubsup><mi>w</mi><mi>k</mi><mi>c</mi></msubsup>")]
    [InlineData("x^12", "<msup><mi>x</mi><mn>1</mn></msup><mn>2</mn>")]
    [InlineData("x^{12}", "<msup><mi>x</mi><mrow><mn>12</mn></mrow></msup>")]
    [InlineData("x'", "<msup><mi>x</mi><mo>′</mo></msup>")]
    [InlineData(@"\frac{a}{2}", "<mfrac><mrow><mi>a</mi></mrow><mrow><mn>2</mn></mrow></mfrac>")]
    [InlineData(@"\frac12", "<mfrac><mn>1</mn><mn>2</mn></mfrac>")]
    [InlineData(@"\hat M", "<mover accent=\"true\"><mi>M</mi><mo stretchy=\"false\">^</mo></mover>")]
    [InlineData(@"\sum_k", "<munder><mo movablelimits=\"true\">∑</mo><mi>k</mi></munder>")]
    [InlineData(@"\mathrm{IoU}", "<mi mathvariant=\"normal\">IoU</mi>")]
    [InlineData(@"\text{if } x", "<mtext>if&#160;</mtext><mi>x</mi>")]
    [InlineData(@"\mathcal{L}", "<mrow><mi>ℒ</mi><mrow></mrow></mrow>")]
    [InlineData(@"\mathbb R", "<mi>ℝ</mi>")]
    [InlineData(@"\left( x \right]", "<mrow><mo stretchy=\"true\">(</mo><mrow><mi>x</mi></mrow><mo stretchy=\"true\">]</mo></mrow>")]
    [InlineData(@"\sqrt[3]{x}", "<mroot><mrow><mi>x</mi></mrow><mrow><mn>3</mn></mrow></mroot>")]
    [InlineData(@"\log x", "<mi>log</mi><mspace width=\"0.167em\"/><mi>x</mi>")]
    [InlineData(@"\log(x)", "<mi>log</mi><mo stretchy=\"false\">(</mo><mi>x</mi><mo stretchy=\"false\">)</mo>")]
    [InlineData(@"\unknown", "<mtext class=\"math-unknown\">\\unknown</mtext>")]
    public void Formulas_become_MathML(string tex, string expected) =>
        Assert.Equal($"<math><mrow>{expected}</mrow></math>", TexToMathMl.Convert(tex, display: false));

    [Fact]
    public void Cases_are_a_table_behind_a_brace()
    {
        string html = TexToMathMl.Convert(@"\begin{cases} 1 & x > 0 \\ 0 & \text{else} \end{cases}", display: true);
        XElement math = XElement.Parse(html);
        Assert.Equal("block", math.Attribute("display")!.Value);
        Assert.Equal("{", math.Descendants("mo").First().Value);
        Assert.Equal([2, 2], math.Descendants("mtr").Select(row => row.Elements("mtd").Count()));
    }

    [Theory]
    [InlineData(@"\frac{1}{")]
    [InlineData(@"}{ x_ ^")]
    [InlineData(@"\left( \begin{cases} 1 & ")]
    [InlineData(@"\")]
    [InlineData(@"\mathbf{")]
    [InlineData(@"\end{x} \right) & \\")]
    [InlineData("")]
    public void Broken_formulas_still_give_well_formed_MathML(string tex) => XElement.Parse(TexToMathMl.Convert(tex, display: false));

    [Theory]
    [InlineData(@"S_c = \sum_{k} w_k^c \frac{1}{HW} \sum_{x, y} f_k(x, y), \quad \hat{M}_c = \max(M_c, 0) / \max_{x,y} M_c")]
    [InlineData(@"\mathcal{L} = -\frac{1}{N} \sum_{n=1}^{N} \left[ y_n \log \sigma(z_n) + (1 - y_n) \log(1 - \sigma(z_n)) \right]")]
    [InlineData(
        @"T = \bigl(D^{-1} A^{\circ \beta}\bigr)^t, \; \tilde{x} \sim \mathrm{Beta}(\alpha, \alpha), \; p \in [0, 1]^{C \times H \times W}"
            + @", \; \lVert x \rVert_2 \ne 0"
    )]
    [InlineData(
        @"\operatorname*{arg\,max}_{c \in \mathcal{C}} \bar{p}_c \cdot \mathbf{1}[p_c \ge \tau]"
            + @", \; \underbrace{a + b}_{\text{both}} \approx \overline{xy} \odot \varepsilon"
    )]
    public void Formulas_of_the_papers_are_known_in_full(string tex)
    {
        string html = TexToMathMl.Convert(tex, display: true);
        XElement.Parse(html);
        Assert.DoesNotContain("math-unknown", html, StringComparison.Ordinal);
    }
}
