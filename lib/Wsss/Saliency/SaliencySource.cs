using TorchSharp;
using Wsss.Data;
using Wsss.Models;
using Wsss.Storage;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Saliency;

/// <summary>
/// Where saliency maps come from: the objectness network that this project ships (for drawn scenes), a TorchScript network,
/// or a folder of finished maps.
/// </summary>
public abstract class SaliencySource : IDisposable
{
    /// <summary>The name of the network that this project ships, pre-trained on other drawn objects.</summary>
    public const string Shipped = BackboneSpec.Shipped;

    /// <summary>Where its file lies: beside this library.</summary>
    public static string ShippedPath => ShippedWeights.PathOf("menagerie_objectness");

    private const string Extension = ".pt";

    /// <summary>Hash of what decides the maps of what a person names; no network is loaded for it.</summary>
    /// <param name="from">As <see cref="Open"/> takes it.</param>
    /// <exception cref="WsssException">There is no such file or folder.</exception>
    public static string KeyOf(string from) => ArtifactStore.Key("saliency/2", from switch
    {
        Shipped => FileHash.Compute(RequireShipped()),
        _ when IsScript(from) => FileHash.Compute(from),
        _ => string.Join('\n', InputFolder.Files(RequireFolder(from), [".png"]).Order(StringComparer.Ordinal)
            .SelectMany(file => new[] { Path.GetRelativePath(from, file), FileHash.Compute(file) })),
    });

    /// <summary>Opens what a person names.</summary>
    /// <param name="from"><see cref="Shipped"/>, a TorchScript file (.pt), or a folder of 8-bit grey <c>ID.png</c>.</param>
    /// <param name="device">Where a network runs.</param>
    /// <exception cref="InputFileException">There is no such file.</exception>
    /// <exception cref="WeightFileException">It is no network, or the shipped one is missing.</exception>
    /// <exception cref="DataSetException">There is no such folder.</exception>
    public static SaliencySource Open(string from, Device device)
    {
        if (from == Shipped) return new Objectness(RequireShipped(), device);
        return IsScript(from) ? new ScriptedSaliency(from, device) : new Folder(RequireFolder(from));
    }

    /// <summary>
    /// A split with the saliency of its images. A network's maps are computed once and kept in the store; another split, or
    /// another network, has other maps.
    /// </summary>
    /// <param name="source">The split.</param>
    /// <param name="from">As <see cref="Open"/> takes it.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <exception cref="WsssException">There is no such file or folder, or a map is missing.</exception>
    public static ISampleSource Attach(ISampleSource source, string from, RunContext run)
    {
        if (!IsNetwork(from)) return SaliencyFolderSource.Open(source, RequireFolder(from));
        string key = ArtifactStore.Key(KeyOf(from), source.Fingerprint);
        string maps = run.Store.Ensure("saliency", key, $"{from}, {source.Name}", temporary =>
        {
            using var saliency = Open(from, run.Device);
            int done = 0;
            foreach (var sample in Prefetch.Samples(source, run))
            {
                ImageFile.WriteGray(SampleFiles.PathOf(temporary, sample.Id), saliency.Of(sample.Id, sample.Image));
                run.Report($"saliency of {source.Name}", ++done, source.Count);
            }
        }, run);
        return SaliencyFolderSource.Open(source, maps);
    }

    /// <summary>The saliency of an image.</summary>
    /// <param name="id">Its name; a folder finds the map by it.</param>
    /// <param name="image">The image.</param>
    /// <returns>A map of the image's size, 255 for 1.</returns>
    /// <exception cref="ImageFileException">A folder has no map of that name, or a broken one.</exception>
    public abstract LabelMap Of(string id, RgbImage image);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Rounds [H, W] in 0…1 to bytes.</summary>
    private protected static LabelMap ToBytes(Tensor map) =>
        new((int)map.shape[1], (int)map.shape[0], map.mul(255).round().to(uint8).cpu().contiguous().data<byte>().ToArray());

    /// <summary>Whether what a person names is a network, which has a map of any image; a folder has those of its own images.</summary>
    internal static bool IsNetwork(string from) => from == Shipped || IsScript(from);

    private static bool IsScript(string from) => from.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    private static string RequireShipped() => File.Exists(ShippedPath) ? ShippedPath : throw new WeightFileException(
        $"Expected the objectness network at '{ShippedPath}', found no such file. Pre-train it, or give another saliency.")
    { Remedy = Remedy.Pretrain };

    private static string RequireFolder(string path) =>
        Directory.Exists(path)
            ? path
            : throw new DataSetException(
                $"Expected saliency from '{Shipped}', a TorchScript file (*{Extension}) or a folder of maps (ID.png, 8-bit grey); found "
                    + $"no folder '{path}'."
            );

    private sealed class Objectness : SaliencySource
    {
        private readonly ObjectnessNetwork _network;
        private readonly Device _device;

        public Objectness(string path, Device device)
        {
            _device = device;
            _network = new ObjectnessNetwork(new MenagerieNet());
            NetworkWeights.Load(_network, path);
            _network.to(device);
            _network.eval();
        }

        public override LabelMap Of(string id, RgbImage image)
        {
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            return ToBytes(_network.call(Loader.ImageTensor(image, _device)).sigmoid()[0, 0]);
        }

        public override void Dispose()
        {
            _network.Dispose();
            base.Dispose();
        }
    }

    private sealed class Folder(string path) : SaliencySource
    {
        public override LabelMap Of(string id, RgbImage image) =>
            Resampler.Resize(ImageFile.ReadGray(SampleFiles.PathOf(path, id)), image.Width, image.Height);
    }
}
