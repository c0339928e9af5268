using System.Text.Json.Serialization;
using Wsss.Data;
using Wsss.Registry;

namespace Wsss.Menagerie;

/// <summary>A data set that this project draws, at one of three scales.</summary>
public abstract record DrawnData : DataSet
{
    /// <summary>How many pictures are drawn, and how large.</summary>
    public SceneScale Scale { get; init; } = SceneScale.Quick;

    /// <inheritdoc/>
    [JsonIgnore]
    public override DataKind Kind => DataKind.DrawnScenes;

    /// <inheritdoc/>
    [JsonIgnore]
    public override DataDefaults Defaults
    {
        get
        {
            var (epochs, segmenterEpochs) = Scale switch
            {
                SceneScale.Smoke => (2, 2),
                SceneScale.Quick => (10, 5),
                _ => (12, 12),
            };
            return new DataDefaults
            {
                Backbone = "menagerie_net",
                CropSize = DrawnScenes.SizeOf(Scale),
                // Small crops would cut what is labelled out of the picture.
                ClassifierMinScale = 0.8,
                SegmenterMinScale = 0.6,
                BatchSize = 32,
                ClassifierEpochs = epochs,
                SegmenterEpochs = segmenterEpochs,
                SegmenterAveraging = 0,
                LeastSteps = 0,
                ClassifierLearning = (1.5e-3, 5),
                SegmenterLearning = (7e-4, 10),
                HeadReach = 16,
                MapScales = [1],
                SegmenterScales = [0.75, 1, 1.5],
            };
        }
    }

    /// <inheritdoc/>
    protected override DataSet AtScale(string scale) =>
        Enum.TryParse(scale, ignoreCase: true, out SceneScale parsed) && Enum.IsDefined(parsed)
            ? this with
            {
                Scale = parsed,
            }
            : throw new DataSetException($"Expected the scale smoke, quick or full, found '{scale}'.");
}
