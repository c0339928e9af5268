using System.Diagnostics;
using Wsss.Data;

namespace Wsss.Notebooks.Tests.Cli;

/// <summary>What other people's files and names do to the command: nothing but an error in a line.</summary>
public sealed class HostileInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Larger_images_are_refused_until_they_are_allowed()
    {
        Photographs("cat/1.jpg", "dog/2.jpg");
        var refused = await WsssProcess.RunAsync("data", "check", "--data", _folder.Path, "--max-pixels", "191", "--quiet");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("at most 191 pixels, found 16×12", refused.Output);
        Assert.Equal(0, (await WsssProcess.RunAsync("data", "check", "--data", _folder.Path, "--max-pixels", "192", "--quiet")).ExitCode);
    }

    [Fact]
    public async Task Names_of_files_do_not_steer_the_terminal()
    {
        Photographs("cat/\u001b[31m\u202e1.jpg", "dog/2.jpg");
        File.WriteAllText(Path.Combine(_folder.Path, "cat", "\u001b]0;x\u0007.jpg"), "no photograph");
        string[][] commands =
        [
            ["data", "check", "--data", _folder.Path], ["data", "check", "--data", _folder.Path, "--json"],
            ["init", _folder.Path, "--out", _folder.File("a.yaml"), "--sheet", _folder.File("a.png")],
            ["evaluate", "--masks", _folder.File("\u001b[31mnone"), "--scale", "smoke"],
        ];
        foreach (string[] command in commands)
        {
            var outcome = await WsssProcess.RunAsync(command);
            string printed = (outcome.Output + outcome.Errors).ReplaceLineEndings("\n");
            Assert.NotEmpty(printed);
            Assert.DoesNotContain(printed, c => (char.IsControl(c) && c != '\n') || c == '\u202e');
        }
    }

    [Fact]
    public async Task A_pipe_among_the_photographs_ends_in_an_error_and_not_in_waiting()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("There are no named pipes among the files of Windows.");
        Photographs("cat/1.jpg", "dog/2.jpg");
        using (var make = Process.Start("mkfifo", [Path.Combine(_folder.Path, "dog", "3.jpg")])) make.WaitForExit();
        var outcome = await WsssProcess.RunAsync("data", "check", "--data", _folder.Path);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("3.jpg", outcome.Output + outcome.Errors);
    }

    private void Photographs(params string[] names)
    {
        foreach (string name in names)
        {
            string path = Path.Combine(_folder.Path, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            ImageFile.WriteJpeg(path, new RgbImage(16, 12, [.. Enumerable.Range(0, 576).Select(i => (byte)(i * name.Length))]));
        }
    }
}
