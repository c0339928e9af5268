using Wsss.Data;
using Wsss.Pipeline;

namespace Wsss.Tests.Pipeline;

public sealed class PredictionIndexTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_made_of_photographs_is_none_of_them()
    {
        string root = _folder.File("pictures");
        // Two earlier runs: one into a folder below, one into the photographs' own.
        string[] photographs = ["a.png", "sub/b.png", "sub/masks/of carnival.png"],
            made = ["run/masks/a.png", "run/overlays/a.png", "masks/a.png", "overlays/a.png"];
        foreach (string file in photographs.Concat(made)) ImageFile.WriteGray(Path.Combine(root, file), new LabelMap(2, 2, new byte[4]));
        foreach (string index in (string[])["run/index.jsonl", "index.jsonl"]) File.WriteAllText(Path.Combine(root, index), "{}\n");
        IReadOnlyList<Photograph> Left(string path) => PredictionIndex.WithoutOwn(Photographs.Find(path), path);
        Assert.Equal(photographs.Order(), Left(root + "/").Select(photograph => photograph.File).Order());
        Assert.Equal("a.png", Assert.Single(Left(Path.Combine(root, "run/masks/a.png"))).File);
        var error = Assert.Throws<DataSetException>(() => Left(Path.Combine(root, "run")));
        Assert.Contains("found nothing but what was made of others", error.Message);
    }
}
