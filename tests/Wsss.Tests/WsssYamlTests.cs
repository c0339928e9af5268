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

    [Theory]
    [InlineData("whole: 1.5", "x: expected a Values; expected a whole number for 'whole', found something else.")]
    [InlineData("number: 0,3", "x: expected a Values; expected a number, with a point for 'number', found something else.")]
    [InlineData("flag: perhaps", "expected true or false for 'flag', found something else.")]
    [InlineData("list: {a: 1}", "expected its options in braces, or a list where there are several for 'list', found something else.")]
    public void A_value_of_another_type_is_told_in_words(string text, string expected) =>
        Assert.EndsWith(expected, Assert.Throws<WsssException>(() => WsssYaml.Read<Values>(text, "x")).Message, StringComparison.Ordinal);

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

    [Fact]
    public void An_anchor_stands_for_a_copy_of_lists_and_named_values()
    {
        var read = WsssYaml.ToJson("a: &a {x: [1, &b two]}\nb: *a\nc: *b", "x")!.AsObject();
        Assert.Equal("""{"a":{"x":[1,"two"]},"b":{"x":[1,"two"]},"c":"two"}""", read.ToJsonString());
    }

    [Fact]
    public void Aliases_that_grow_beyond_all_bounds_are_refused_where_they_do()
    {
        string lines = string.Concat(
            Enumerable.Range(1, 12).Select(i => $"x{i}: &x{i} [{string.Join(", ", Enumerable.Repeat(i == 1 ? "x" : $"*x{i - 1}", 9))}]\n")
        );
        string message = Assert.Throws<WsssException>(() => WsssYaml.ToJson(lines, "laughs.yaml")).Message;
        Assert.StartsWith("laughs.yaml: ", message, StringComparison.Ordinal);
        // 9 + 9² + … exceeds 100,000 with the sixth line.
        Assert.Contains("line 6", message, StringComparison.Ordinal);
        Assert.Contains("100000 values", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: &a [*a]", "complete before it")]
    [InlineData("a: &a {b: {c: *a}}", "complete before it")]
    [InlineData("a: *b", "complete before it")]
    public void A_value_is_no_part_of_itself(string yaml, string expected) =>
        Assert.Contains(expected, Assert.Throws<WsssException>(() => WsssYaml.ToJson(yaml, "x")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("a: &a [[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]\nb: [[[[[[[[[[[[[[[*a]]]]]]]]]]]]]]]\n")]
    public void What_is_nested_too_deeply_is_refused(string part)
    {
        string yaml = part.Length > 8 ? part : string.Concat(Enumerable.Repeat(part, 200_000));
        Assert.Contains("32 deep", Assert.Throws<WsssException>(() => WsssYaml.ToJson(yaml, "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_nobody_wrote_by_hand_is_refused() =>
        Assert.Contains(
            "characters",
            Assert.Throws<WsssException>(() => WsssYaml.ToJson(new string('x', 5_000_000), "x")).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("text: [a", "line 2")]
    [InlineData("text: a\ntext: b", "line 2")]
    [InlineData("speed: 1", "speed")]
    [InlineData("whole: fast", "for 'whole'")]
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

    private sealed record Named(string Name)
    {
        public IReadOnlyList<Named> Inner { get; init; } = [];
        public IReadOnlyDictionary<string, string> Words { get; init; } = new Dictionary<string, string>();
    }

    [Theory]
    [InlineData("{ inner: [] }", "name")]
    [InlineData("{ name: a, inner: [~] }", "Expected values in 'inner', found null among them.")]
    [InlineData("{ name: a, inner: [{ name: b, inner: [null] }] }", "Expected values in 'inner', found null among them.")]
    [InlineData("{ name: a, words: { b: ~ } }", "Expected values in 'words', found null among them.")]
    public void What_a_value_must_have_is_asked_for(string yaml, string said) =>
        Assert.Contains(said, Assert.Throws<WsssException>(() => WsssYaml.Read<Named>(yaml, "x")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_name_that_is_there_twice_is_refused_in_json()
    {
        var error = Assert.Throws<WsssException>(() => WsssJson.Read<Named>("""{"name":"a","name":"b"}""", "x"));
        Assert.Contains("'name'", error.Message, StringComparison.Ordinal);
    }
}
