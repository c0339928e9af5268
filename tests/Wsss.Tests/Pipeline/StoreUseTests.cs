using Wsss.Data;
using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Refinement;
using Wsss.Storage;

namespace Wsss.Tests.Pipeline;

/// <summary>What lies in a store after a whole study, and what becomes of it when it is damaged.</summary>
public sealed class StoreUseTests : IDisposable
{
    private static readonly Experiment Experiment = TinyModel.Experiment with
    {
        Classifier = TinyModel.Experiment.Classifier.With(new IterativeErasing { Steps = 2, StopBelow = 0 }),
        Maps = new MapInference { Flip = false },
        Refinements = [new AffinityWalk { Epochs = 1, Steps = 2 }],
    };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private void Work()
    {
        using var study = TinyModel.Study(_folder, Experiment);
        study.TrainSegmenter(study.MakePseudoMasks()).Dispose();
    }

    [Fact]
    public void A_bit_that_flips_in_any_file_is_found_by_name()
    {
        Work();
        string root = Toys.Run(_folder).Store.Root;
        var entries = StoreInventory.Of(root);
        Assert.Equal(
            ["affinity", "classifier", "classifier", "erasure", "erasure", "maps", "masks", "seeds", "segmenter"],
            entries.Select(entry => entry.Kind).Where((kind, i) => kind != "maps" || entries[i - 1].Kind != "maps"));
        Assert.All(entries, entry => Assert.Equal((StoreEntryState.Finished, true), (entry.State, entry.About.Length > 0)));
        Assert.All(entries, entry => Assert.Empty(StoreInventory.Problems(entry, TestContext.Current.CancellationToken)));
        foreach (var entry in entries)
        {
            foreach (string path in Directory.GetFiles(entry.Folder, "*", SearchOption.AllDirectories))
            {
                Flip(path);
                var problem = Assert.Single(StoreInventory.Problems(entry, TestContext.Current.CancellationToken));
                Assert.StartsWith(path, problem.Message);
                Flip(path);
            }
        }
        Assert.All(entries, entry => Assert.Empty(StoreInventory.Problems(entry, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Work_that_reads_a_damaged_file_ends_with_its_name_and_goes_on_without_it()
    {
        Work();
        string root = Toys.Run(_folder).Store.Root;
        // Each when nothing is left of what is made of it.
        foreach (
            var (kind, file) in new[]
            {
                ("segmenter", "artifact.json"),
                ("segmenter", "network.safetensors"),
                ("masks", "blob_1_003.png"),
                ("maps", "maps.json"),
                ("maps", "blob_1_003.npz"),
                ("affinity", "network.safetensors"),
                ("seeds", "blob_1_003.png"),
                ("erasure", "blob_1_003.png"),
                ("classifier", "history.json"),
                ("classifier", "network.safetensors"),
            }
        )
        {
            string[] folders = Directory.GetDirectories(root, kind + "-*");
            string[] paths = [.. folders.SelectMany(folder => Directory.GetFiles(folder, file))];
            Assert.NotEmpty(paths);
            foreach (string path in paths)
                Flip(path);
            var error = Assert.Throws<ArtifactException>(Work);
            Assert.Contains(paths, path => error.Message.StartsWith(path + ":", StringComparison.Ordinal));
            Assert.Equal(Remedy.RenewResult, error.Remedy);
            Assert.DoesNotContain(Directory.GetFileSystemEntries(root), path => Path.GetExtension(path) is ".tmp" or ".lock");
            foreach (string path in paths)
                Flip(path);
            // The last of its kind: on to what it is made of.
            if (file is not ("artifact.json" or "maps.json" or "history.json"))
                foreach (string folder in folders)
                    Directory.Delete(folder, recursive: true);
        }
        Work();
    }

    [Fact]
    public void A_damaged_saliency_map_does_not_become_another_fingerprint()
    {
        var (data, run) = (Toys.BlobSplits(), Toys.Run(_folder));
        string written = Toys.WriteSaliency(data.Train, _folder);
        string maps = run.Store.Publish("saliency", "0123456789abcdef", "", temporary =>
        {
            foreach (string file in Directory.GetFiles(written)) File.Copy(file, Path.Combine(temporary, Path.GetFileName(file)));
        });
        SaliencyFolderSource.Open(data.Train, maps);
        string path = Path.Combine(maps, "blob_1_003.png");
        Flip(path);
        Assert.StartsWith(path, Assert.Throws<ArtifactException>(() => SaliencyFolderSource.Open(data.Train, maps)).Message);
    }

    [Theory]
    [InlineData("model.json")]
    [InlineData("artifact.json")]
    [InlineData("classifier/recipe.json")]
    [InlineData("classifier/provenance.json")]
    [InlineData("segmenter/history.json")]
    public void A_damaged_file_of_a_model_is_named(string name)
    {
        using var study = TinyModel.Study(_folder);
        TinyModel.Save(_folder, study, segment: true);
        string path = _folder.File("model", name);
        byte[] whole = File.ReadAllBytes(path);
        for (int bit = 0; bit < 8 * whole.Length; bit += 331)
        {
            byte[] changed = [.. whole];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, changed);
            Assert.Contains(path, Assert.ThrowsAny<WsssException>(() => ModelFolder.Load(_folder.File("model"))).Message);
        }
        File.WriteAllBytes(path, whole);
        ModelFolder.Load(_folder.File("model"));
    }

    private static void Flip(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 0x10;
        File.WriteAllBytes(path, bytes);
    }
}
