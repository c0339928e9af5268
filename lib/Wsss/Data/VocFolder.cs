using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Wsss.Registry;

namespace Wsss.Data;

/// <summary>A folder in PASCAL VOC layout, as <see cref="VocDataset"/> reads it.</summary>
[Registered("a folder in PASCAL VOC layout: JPEGImages, SegmentationClass, ImageSets/Segmentation", Name = "voc", Order = 1000)]
public sealed record VocFolder : DataSet
{
    /// <summary>The folder that holds JPEGImages and ImageSets.</summary>
    [JsonPropertyName("folder")]
    public string Root { get; init; } = "";

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Folder => Root;

    /// <inheritdoc/>
    public override DataSet RelativeTo(string folder) => this with { Root = Path.GetFullPath(Path.Combine(folder, Root)) };

    /// <inheritdoc/>
    public override DataSplits Open() => VocDataset.Splits(Root, Seed);

    /// <inheritdoc/>
    public override IReadOnlyList<IMaskedSource> OpenWhole(ConcurrentQueue<DataFinding> findings, CancellationToken cancellation)
    {
        var layout = new VocLayout(Root);
        if (!Directory.Exists(layout.ImageFolder)) layout.ReadIds("train"); // says what is missing
        VocDataset? train = Try(() => Open(layout.TrainName), layout.TrainName);
        VocDataset? tune = File.Exists(layout.Split("tune")) ? Try(() => Open("tune"), "tune") : null;
        VocDataset? test = Try(() => Open("val"), "val");
        VocDataset[] parts = [.. new[] { train, tune, test }.OfType<VocDataset>()];
        bool objectsAre255 = false;
        Try(() => (objectsAre255 = parts.Length > 0 && VocDataset.ObjectsAre255(parts)) ? train : null, VocLayout.Masks);
        VocDataset? validation = tune?.With(objectsAre255) ?? Try(() => train?.With(objectsAre255).ChooseValidation(Seed), "tune");
        return [.. new[] { train?.With(objectsAre255), validation, test?.With(objectsAre255) }.OfType<VocDataset>()];

        VocDataset Open(string split) => VocDataset.Read(layout, split, null, findings, cancellation);

        VocDataset? Try(Func<VocDataset?> open, string about)
        {
            try
            {
                return open();
            }
            catch (WsssException error)
            {
                findings.Enqueue(DataFinding.Of(error, about));
                return null;
            }
        }
    }

    /// <summary>A folder with one of the layout's own: opening it says what is missing.</summary>
    protected override DataSet? At(string path) => new VocLayout(path).IsThere ? this with { Root = path } : null;
}
