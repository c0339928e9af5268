namespace Wsss.Tests;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("straße 猫 🐈 e\u0301 a\u200db", "straße 猫 🐈 e\u0301 a\u200db")]
    [InlineData("\x1b[31mred\x1b[0m", "\ufffd[31mred\ufffd[0m")]
    [InlineData("\u009b31m", "\ufffd31m")]
    [InlineData("a\r\n\tb\0", "a\ufffd\ufffd\ufffdb\ufffd")]
    [InlineData("gpj\u202e.exe\u2066x\u2069\u200f\u061c", "gpj\ufffd.exe\ufffdx\ufffd\ufffd\ufffd")]
    [InlineData("a\u2028b\u2029", "a\ufffdb\ufffd")]
    public void What_steers_a_terminal_is_replaced(string text, string expected) => Assert.Equal(expected, PlainText.Of(text));

    [Fact]
    public void A_name_in_a_message_is_cut_off_where_it_is_long()
    {
        Assert.Equal("a\ufffdb", PlainText.Shown("a\nb"));
        Assert.Equal("abcd\ufffd…", PlainText.Shown("abcd\x1b[31m", most: 5));
        Assert.Equal("abcde", PlainText.Shown("abcde", most: 5));
    }

    [Fact]
    public void Half_a_character_is_replaced() => Assert.Equal("a\ufffdb", PlainText.Of("a\ud83d" + "b"));
}
