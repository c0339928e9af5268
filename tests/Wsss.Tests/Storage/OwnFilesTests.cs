using Wsss.Storage;

namespace Wsss.Tests.Storage;

public sealed class OwnFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private OwnFiles Of(string maker, params string[] names) => new(_folder.File("out"), maker, names);

    private void Write(string name)
    {
        Directory.CreateDirectory(_folder.File("out"));
        File.WriteAllText(_folder.File("out", name), name);
    }

    [Fact]
    public void Files_of_somebody_else_are_refused_and_what_would_stay_is_not()
    {
        Of("run", "a.json", "b.png").RefuseOthers();
        Assert.False(Directory.Exists(_folder.File("out")));
        Write("b.png");
        string message = Assert.Throws<WsssException>(() => Of("run", "a.json", "b.png").RefuseOthers()).Message;
        Assert.Equal(
            $"Expected a new folder, or one that this command has filled, found '{_folder.File("out", "b.png")}', which would be lost. "
                + "Give another folder, or move it away.",
            message);
        Of("run", "a.json").RefuseOthers();
    }

    [Fact]
    public void Files_of_the_maker_are_known_again_from_before_they_are_there()
    {
        Of("run", "a.json").Begin();
        Write("a.json");
        Of("run", "a.json", "b.png").RefuseOthers();
        Of("run", "b.png").Begin();
        Write("b.png");
        // What was made by other options of the command stays its own.
        Of("run", "a.json", "b.png").RefuseOthers();
        Assert.Throws<WsssException>(() => Of("compare", "a.json").RefuseOthers());
        Of("compare", "a.json").Begin();
        Of("compare", "a.json").RefuseOthers();
        Assert.Throws<WsssException>(() => Of("run", "a.json").RefuseOthers());
        Of("run", "b.png").RefuseOthers();
    }

    [Theory]
    [InlineData("no list")]
    [InlineData("null")]
    [InlineData("[\"a.json\"]")]
    [InlineData("{\"run\": null}")]
    public void A_list_that_is_none_names_nothing(string text)
    {
        Write("a.json");
        File.WriteAllText(_folder.File("out", OwnFiles.ListFile), text);
        Assert.Throws<WsssException>(() => Of("run", "a.json").RefuseOthers());
        Of("run", "a.json").Begin();
        Of("run", "a.json").RefuseOthers();
    }
}
