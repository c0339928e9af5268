using Wsss.Cli;
using Wsss.Data;
using Wsss.Storage;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class MaskOutputTests : IDisposable
{
    private const string List = "list.json";

    private readonly TemporaryFolder _folder = new();
    private readonly string _out;

    public MaskOutputTests() => _out = _folder.File("masks");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_is_whole_with_its_summary_which_comes_last_and_known_again()
    {
        var masks = Output(["a", "b"]);
        masks.Begin(without: []);
        masks.Write("a", Mask(1));
        masks.Write("b", Mask(1));
        Assert.False(File.Exists(Path.Combine(_out, List)));
        masks.End(2);
        Assert.Equal("2", File.ReadAllText(Path.Combine(_out, List)));
        Assert.False(UnfinishedFolder.Is(_out));

        masks = Output(["a", "b"]);
        masks.Begin(without: ["b"]);
        Assert.False(File.Exists(Path.Combine(_out, List)));
        Assert.Equal(
            [OwnFiles.ListFile, "a.png", UnfinishedFolder.FileName],
            Directory.GetFiles(_out).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        // The interrupted one is the command's own still.
        masks = Output(["a"]);
        masks.Write("a", Mask(2));
        Assert.Equal(2, ImageFile.ReadMask(Path.Combine(_out, "a.png")).Values[0]);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("part/a")]
    public void A_mask_of_somebody_else_is_not_written_over(string id)
    {
        string drawn = Path.Combine(_out, id + ".png");
        ImageFile.WriteMask(drawn, Mask(1));
        string other = Path.Combine(_out, "other.png");
        var error = Assert.Throws<WsssException>(() => Output(["b", id]));
        Assert.Contains($"found '{drawn}', which would be lost. Give another folder", error.Message);
        // A summary of somebody else makes nothing the command's, and is not written over itself.
        File.WriteAllText(Path.Combine(_out, List), "{}");
        Assert.Throws<WsssException>(() => Output([id]));
        Assert.Contains($"found '{Path.Combine(_out, List)}', which", Assert.Throws<WsssException>(() => Output(["b"])).Message);
        File.Delete(Path.Combine(_out, List));
        // What would stay is no reason.
        ImageFile.WriteMask(other, Mask(1));
        _ = Output(["b"]);
    }

    private MaskOutput Output(string[] ids) => new(_out, "masks", List, ids);

    private static LabelMap Mask(byte value) => new(2, 1, [value, 0]);
}
