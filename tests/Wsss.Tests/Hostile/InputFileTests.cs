namespace Wsss.Tests.Hostile;

public sealed class InputFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_pipe_is_refused_and_not_waited_for()
    {
        string message = Refusal(Pipes.Make(_folder.File("p.txt")));
        Assert.Contains("p.txt", message);
        if (OperatingSystem.IsLinux()) Assert.Contains("found a pipe", message);
    }

    [Fact]
    public void A_link_to_an_endless_device_is_refused()
    {
        string message = Refusal(Pipes.Endless(_folder.File("z.txt")));
        Assert.Contains("z.txt", message);
        if (OperatingSystem.IsLinux()) Assert.Contains("found a device", message);
    }

    [Fact]
    public void A_folder_a_missing_file_and_links_to_nothing_or_in_a_circle_are_refused()
    {
        Assert.Contains("found a folder", Refusal(_folder.Path));
        Assert.Contains("no such file", Refusal(_folder.File("none")));
        Assert.Contains("no such file", Refusal(_folder.File("none", "none")));
        File.CreateSymbolicLink(_folder.File("dangling"), _folder.File("none"));
        File.CreateSymbolicLink(_folder.File("circle"), _folder.File("circle"));
        Assert.Contains("no such file", Refusal(_folder.File("dangling")));
        Assert.Contains("circle", Refusal(_folder.File("circle")));
    }

    [Fact]
    public void A_file_larger_than_its_kind_is_refused_without_being_read()
    {
        using (var file = File.Create(_folder.File("huge"))) file.SetLength(5 << 20);
        var error = Assert.Throws<InputFileException>(() => InputFile.ReadBytes(_folder.File("huge"), InputKind.Annotation));
        Assert.Contains("at most 4 MiB, found one of 5 MiB", error.Message);
        Assert.Equal(5 << 20, InputFile.ReadBytes(_folder.File("huge"), InputKind.Document).Length);
    }

    [Fact]
    public void Bytes_texts_and_lines_are_those_of_the_file_through_links_too()
    {
        File.WriteAllText(_folder.File("a.txt"), "\ufeffzwei\r\nZeilen ä\n");
        File.CreateSymbolicLink(_folder.File("link"), "a.txt");
        Assert.Equal(File.ReadAllBytes(_folder.File("a.txt")), InputFile.ReadBytes(_folder.File("link"), InputKind.Document));
        Assert.Equal("zwei\r\nZeilen ä\n", InputFile.ReadText(_folder.File("link"), InputKind.Document));
        Assert.Equal(["zwei", "Zeilen ä"], InputFile.ReadLines(_folder.File("link"), InputKind.Document));
    }

    [Fact]
    public void An_empty_file_is_empty()
    {
        File.WriteAllText(_folder.File("empty"), "");
        Assert.Equal("", InputFile.ReadText(_folder.File("empty"), InputKind.Document));
        Assert.Empty(InputFile.ReadLines(_folder.File("empty"), InputKind.Document));
    }

    [Fact]
    public void A_link_that_leads_out_of_a_folder_is_told_from_one_within()
    {
        Directory.CreateDirectory(_folder.File("data"));
        File.WriteAllText(_folder.File("outside"), "x");
        File.WriteAllText(_folder.File("data", "inside"), "x");
        File.CreateSymbolicLink(_folder.File("data", "out"), _folder.File("outside"));
        File.CreateSymbolicLink(_folder.File("data", "in"), "inside");
        Assert.Equal(_folder.File("outside"), InputFile.TargetOutside(_folder.File("data", "out"), _folder.File("data")));
        Assert.Null(InputFile.TargetOutside(_folder.File("data", "in"), _folder.File("data")));
        Assert.Null(InputFile.TargetOutside(_folder.File("data", "inside"), _folder.File("data")));
    }

    [Fact]
    public void Folders_are_walked_once_whatever_links_lie_in_them()
    {
        Directory.CreateDirectory(_folder.File("sub"));
        File.WriteAllText(_folder.File("a.PNG"), "");
        File.WriteAllText(_folder.File("sub", "b.png"), "");
        File.WriteAllText(_folder.File("sub", "c.txt"), "");
        foreach (string name in (string[])["up", "down", "over"])
            Directory.CreateSymbolicLink(_folder.File("sub", name), _folder.Path);
        Assert.Equal(
            [_folder.File("a.PNG"), _folder.File("sub", "b.png")],
            InputFolder.Files(_folder.Path, [".png"]).Order(StringComparer.Ordinal)
        );
    }

    private static string Refusal(string path)
    {
        Assert.Throws<InputFileException>(() => InputFile.Open(path, InputKind.Weights));
        Assert.Throws<InputFileException>(() => InputFile.Require(path, InputKind.Weights));
        return Assert.Throws<InputFileException>(() => InputFile.ReadText(path, InputKind.Document)).Message;
    }
}
