namespace Wsss.Tests;

public sealed class WsssYamlTests
{
    private sealed record Values
    {
        public string? Text { get; init; }
        public double Number { get; init; }
        public int? Whole { get; init; }
        public bool Flag { get; init; }
        public IReadOnlyList<string?> List { get; init; } = [];
    }

    [Fact]
    public void Plain_scalars_have_their_types_and_quoted_ones_are_text()
    {
        var read = WsssYaml.Read<Values>("""
            text: "12"       # quoted: text
            number: 6.666666666666667
            whole: -3
            flag: true
            list: [a b, 'true', null, ~, "", wide, thing]
            """, "x");
        Assert.Equal(("12", 6.666666666666667, -3, true), (read.Text, read.Number, read.Whole, read.Flag));
        Assert.Equal(["a b", "true", null, null, "", "wide", "thing"], read.List);
    }

    [Fact]
    public void Json_reads_as_it_does_as_json()
    {
        string json = WsssJson.Write(new Values { Text = "a: \"b\" # c\né", Number = 1e-9, Whole = null, List = ["-", "null", "1"] });
        Assert.Equal(json, WsssJson.Write(WsssYaml.Read<Values>(json, "x")));
    }

    [Fact]
    public void An_anchor_stands_for_its_value()
    {
        Assert.Equal(["same", "same"], WsssYaml.Read<Values>("{ list: [&a same, *a] }", "x").List);
    }

    [Theory]
    [InlineData("text: [a", "line 2")]
    [InlineData("text: a\ntext: b", "line 2")]
    [InlineData("speed: 1", "speed")]
    [InlineData("whole: fast", "$.whole")]
    [InlineData("[a, b]: c", "name")]
    [InlineData("", "one YAML or JSON document")]
    [InlineData("text: a\n---\ntext: b", "found 2")]
    [InlineData("~", "null")]
    public void What_it_is_not_is_said_with_its_place(string yaml, string expected)
    {
        string message = Assert.Throws<WsssException>(() => WsssYaml.Read<Values>(yaml, "mine.yaml")).Message;
        Assert.StartsWith("mine.yaml: ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }
}
