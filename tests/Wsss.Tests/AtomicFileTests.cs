namespace Wsss.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_written_into_a_new_folder_without_a_byte_order_mark()
    {
        string path = _folder.File("a", "b", "file.txt");
        AtomicFile.WriteText(path, "é");
        Assert.Equal([0xC3, 0xA9], File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(_folder.File("a", "b")));
    }

    [Fact]
    public void A_reader_sees_the_old_content_until_all_is_written()
    {
        string path = _folder.File("file");
        AtomicFile.WriteText(path, "old and longer");
        AtomicFile.Write(path, stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old and longer", File.ReadAllText(path));
        });
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], _folder.Files);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_error_keeps_the_old_content_and_leaves_no_temporary_file(bool exists)
    {
        string path = _folder.File("file");
        if (exists) AtomicFile.WriteText(path, "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("new"u8);
            throw new InvalidOperationException();
        }));
        Assert.Equal(exists ? [path] : [], _folder.Files);
        if (exists) Assert.Equal("old", File.ReadAllText(path));
    }
}
