using Wsss.Expansion;
using Wsss.Notebooks.Play;
using Wsss.Training;

namespace Wsss.Notebooks.Tests.Play;

public sealed class PlayPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_file_of_the_runtime_is_named()
    {
        Directory.CreateDirectory(_folder.File("package/dist"));
        _folder.File("package/dist/ort.wasm.min.js", "");
        string message = Assert.Throws<WsssException>(() => PlayRuntime.Open(_folder.File("package"))).Message;
        Assert.Contains(_folder.File("package/dist/ort-wasm-simd-threaded.mjs"), message);
    }

    [Fact]
    public void Maps_that_a_graph_does_not_give_are_refused_and_nothing_is_written()
    {
        Assert.Contains("refines or fuses", Refusal(new Recipe { Techniques = [new FeatureErasing()] }));
        Assert.Contains("depend on the size", Refusal(new Recipe { Backbone = new BackboneSpec { Name = "menagerie_vit" } }));
    }

    [Fact]
    public void Files_of_somebody_else_are_not_written_over()
    {
        Directory.CreateDirectory(_folder.File("page"));
        string own = _folder.File("page/runtime.js", "mine");
        using var classifier = PlayTrials.Classifier(_folder.Path, new Recipe());
        Assert.Contains(own, Assert.Throws<WsssException>(() => Write(classifier)).Message);
        Assert.Equal([own], Directory.GetFileSystemEntries(_folder.File("page")));
        Assert.Equal("mine", File.ReadAllText(own));
    }

    private string Write(TrainedClassifier classifier) =>
        PlayPage.Write(classifier, PlayTrials.Samples(), 0.3, new PlayRuntime("a", "b", "c"), _folder.File("page"));

    private string Refusal(Recipe recipe)
    {
        using var classifier = PlayTrials.Classifier(_folder.Path, recipe);
        string message = Assert.Throws<ExportException>(() => Write(classifier)).Message;
        Assert.False(Directory.Exists(_folder.File("page")));
        return message;
    }
}
