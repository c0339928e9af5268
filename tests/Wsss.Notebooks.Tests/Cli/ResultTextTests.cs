using Spectre.Console;
using Wsss.Cli;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class ResultTextTests
{
    [Theory]
    [InlineData(40)]
    [InlineData(100)]
    public void Tables_fit_the_terminal_and_other_lines_stay(int width)
    {
        string table = new Evaluation.Table(
            ["class", "IoU %", "pictures of it"],
            [
                ["cat|\x1b[31m", "45.7", string.Join(' ', Enumerable.Repeat("whisker", 10))],
                ["dog", "7.0", "tail"],
            ]
        ).ToString();
        string[] lines = Draw($"before\n{table}\npicture: a|b.png", width);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, width));
        Assert.Equal(("before", "picture: a|b.png"), (lines[0], lines[^1]));
        Assert.DoesNotContain(lines, line => line.Contains("---") || line.StartsWith('|'));
        Assert.Equal(10, lines.Sum(line => line.Split("whisker").Length - 1));
        Assert.Contains(lines, line => line.Contains("cat|\ufffd[31m"));
        // Numbers stand to the right.
        Assert.Equal(
            lines.Single(line => line.Contains("45.7")).IndexOf("5.7", StringComparison.Ordinal),
            lines.Single(line => line.Contains("7.0")).IndexOf("7.0", StringComparison.Ordinal)
        );
    }

    private static string[] Draw(string text, int width)
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = width;
        ResultText.Draw(text, console);
        return output.ToString().TrimEnd().ReplaceLineEndings("\n").Split('\n');
    }
}
