using System.Text.Json.Serialization;
using Wsss.Data;
using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Refinement;
using Wsss.Segmentation;
using Wsss.Training;

namespace Wsss.Pipeline;

/// <summary>The whole way from photographs and labels to mIoU, as data: what to run, not where.</summary>
public sealed record Experiment
{
    /// <summary>The data set.</summary>
    public DataSpec Data { get; init; } = new();

    /// <summary>How the classifier is trained.</summary>
    public Recipe Classifier { get; init; } = new();

    /// <summary>How its maps are read.</summary>
    public MapInference Maps { get; init; } = new();

    /// <summary>Further classifiers on erased images, whose maps are merged with the first one's; null for the first alone.</summary>
    public IterativeErasing? Erasing { get; init; }

    /// <summary>What is done to the maps before they become masks; null for nothing.</summary>
    public MapRefinement? Refinement { get; init; }

    /// <summary>The name of its maps in tables: <c>CAM</c>, or another extractor's, and those of erasing and refinement.</summary>
    [JsonIgnore]
    public string MapTitle =>
        (Maps.Extractor is Cam ? "CAM" : Maps.Extractor.GetType().Name)
        + (Erasing is null ? "" : $" + {nameof(IterativeErasing)}") + (Refinement is null ? "" : $" + {Refinement.Name}");

    /// <summary>How the segmentation network is trained on the pseudo masks.</summary>
    public SegmenterRecipe Segmenter { get; init; } = new();

    /// <summary>How it looks at held-out images.</summary>
    public SegmentationInference Inference { get; init; } = new();

    /// <summary>Whether the same network is also trained on the full masks, which gives the ceiling of the method.</summary>
    public bool Ceiling { get; init; } = true;

    /// <summary>
    /// The segmentation network's recipe when it starts from the classifier's backbone, which knows the classes already and
    /// so needs a fraction of the epochs. The ceiling starts there too.
    /// </summary>
    public SegmenterRecipe SegmenterFrom(TrainedClassifier classifier) =>
        Segmenter with { Backbone = Segmenter.Backbone with { Weights = classifier.WeightsPath } };

    /// <summary>
    /// The maps of its classifier on any split, merged with those of erasing and refined; erasing and a refinement that learns
    /// are trained now or taken from the store.
    /// </summary>
    public MapReader ReadMaps(TrainedClassifier classifier, LabelledSplits data, RunContext run) => new(classifier, Maps, Refinement, Erasing, data, run);

    /// <summary>Reads an experiment that was written as JSON.</summary>
    /// <exception cref="WsssException">There is no such file, or it is no experiment.</exception>
    public static Experiment Load(string path) => File.Exists(path)
        ? WsssJson.Read<Experiment>(File.ReadAllText(path), path)
        : throw new WsssException($"Expected an experiment as JSON at '{path}', found no such file.");

    /// <summary>The default experiment for a data set.</summary>
    /// <param name="data">Drawn scenes take the small backbone that this project ships, folders the given one.</param>
    /// <param name="backbone">Backbone for photographs; null for Menagerie's.</param>
    /// <param name="seed">Seed of training.</param>
    public static Experiment For(DataSpec data, BackboneSpec? backbone = null, int seed = 1) =>
        data.Folder is null ? Drawn(data, backbone ?? new BackboneSpec(), seed)
        : Photographs(data, backbone ?? throw new RecipeException(
            "Expected a backbone with ImageNet weights for photographs, found none. Give for instance " +
            "--backbone mobilenet_v2 --weights mobilenet_v2.pth."), seed);

    /// <summary>How maps are read by default: photographs are looked at in three sizes, as their objects differ more in size.</summary>
    public static MapInference MapsFor(DataSpec data) => new() { Scales = data.Folder is null ? [1] : [0.5, 1, 1.5] };

    private static Experiment Drawn(DataSpec data, BackboneSpec backbone, int seed)
    {
        int size = Menagerie.SizeOf(data.Scale);
        var (epochs, segmenterEpochs) = data.Scale switch
        {
            MenagerieScale.Smoke => (2, 2),
            MenagerieScale.Quick => (10, 5),
            _ => (12, 12),
        };
        // Small crops would cut labelled objects out of the picture.
        var augmentation = new Augmentation { Size = size, MinScale = 0.8 };
        return new Experiment
        {
            Data = data,
            Maps = MapsFor(data),
            Classifier = new Recipe
            {
                Backbone = backbone,
                Epochs = epochs,
                BatchSize = 32,
                Seed = seed,
                Augmentation = augmentation,
                Optimizer = new OptimizerSpec { LearningRate = 1.5e-3, HeadFactor = 5 },
            },
            Segmenter = new SegmenterRecipe
            {
                Backbone = backbone,
                Head = DeepLabOptions.Small,
                Epochs = segmenterEpochs,
                BatchSize = 32,
                Seed = seed,
                Augmentation = augmentation with { MinScale = 0.6 },
                Optimizer = new OptimizerSpec { LearningRate = 7e-4, HeadFactor = 10 },
            },
            Inference = new SegmentationInference { Scales = [0.75, 1, 1.5] },
        };
    }

    private static Experiment Photographs(DataSpec data, BackboneSpec backbone, int seed)
    {
        var augmentation = new Augmentation { Size = 225, MinScale = 0.4 };
        return new Experiment
        {
            Data = data,
            Classifier = new Recipe { Backbone = backbone, Epochs = 5, BatchSize = 16, Seed = seed, Augmentation = augmentation },
            Maps = MapsFor(data),
            Segmenter = new SegmenterRecipe
            {
                Backbone = backbone,
                Head = new DeepLabOptions(Width: 64, Reach: 48, Dropout: 0.1),
                Epochs = 3,
                BatchSize = 16,
                Seed = seed,
                Augmentation = augmentation,
                // A few passes over a few hundred images: the random head must learn fast.
                Optimizer = new OptimizerSpec { LearningRate = 3e-4, HeadFactor = 15 },
            },
        };
    }
}
