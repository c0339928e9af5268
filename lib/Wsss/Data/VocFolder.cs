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
    public override IReadOnlyList<IMaskedSource> OpenWhole(ConcurrentQueue<string> problems, CancellationToken cancellation)
    {
        var layout = new VocLayout(Root);
        if (!Directory.Exists(layout.ImageFolder)) layout.ReadIds("train"); // says what is missing
        string trainName = File.Exists(layout.Split("train_aug")) ? "train_aug" : "train";
        VocDataset? train = Try(() => Open(trainName));
        VocDataset? validation = Try(() => File.Exists(layout.Split("tune")) ? Open("tune") : train?.ChooseValidation(Seed));
        VocDataset? test = Try(() => Open("val"));
        return [.. new[] { train, validation, test }.OfType<VocDataset>()];

        VocDataset Open(string split) => VocDataset.OpenWhole(Root, split, null, problems, cancellation);

        VocDataset? Try(Func<VocDataset?> open)
        {
            try
            {
                return open();
            }
            catch (WsssException error)
            {
                problems.Enqueue(error.Message);
                return null;
            }
        }
    }

    /// <summary>Any path, as the last that is asked: opening it says what is missing.</summary>
    protected override DataSet At(string path) => this with { Root = path };
}
