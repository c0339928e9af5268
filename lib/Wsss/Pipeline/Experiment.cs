using System.Text.Json.Serialization;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Refinement;
using Wsss.Registry;
using Wsss.Segmentation;
using Wsss.Segmentation.Thresholds;
using Wsss.Training;

namespace Wsss.Pipeline;

/// <summary>The whole way from photographs and labels to mIoU, as data: what to run, not where.</summary>
public sealed record Experiment
{
    /// <summary>The data set; null for data that were opened by other means (<see cref="Study.On"/>).</summary>
    public DataSet? Data { get; init; }

    /// <summary>How the classifier is trained.</summary>
    public Recipe Classifier { get; init; } = new();

    /// <summary>How its maps are read.</summary>
    public MapInference Maps { get; init; } = new();

    /// <summary>What is done to the maps before they become masks, one after the other.</summary>
    public IReadOnlyList<MapRefinement> Refinements { get; init; } = [];

    /// <summary>
    /// How the threshold of the masks is chosen; null for the best mIoU on the validation split's masks, and where that has none by
    /// <see cref="MaskFreeRule.Default"/>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MaskFreeRule? ThresholdRule { get; init; }

    /// <summary>The name of its maps in tables: the extractor's and those of the refinements.</summary>
    [JsonIgnore]
    public string MapTitle => string.Join(" + ", Refinements.Select(refinement => refinement.Name).Prepend(Family.NameOf(Maps.Extractor)));

    /// <summary>How the segmentation network is trained on the pseudo masks.</summary>
    public SegmenterRecipe Segmenter { get; init; } = new();

    /// <summary>
    /// How near to the threshold pixels of pseudo masks are left out of its training, 0…1: see <see cref="Wsss.Data.ThresholdRule.Apply"/>.
    /// Masks that are scored or written have no such band.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double IgnoreBand { get; init; }

    /// <summary>How often it is trained anew on the masks that it has predicted for the training images, given their labels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int SelfTraining { get; init; }

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
    /// The same for so many images to train on: batches of no more than there are, but two, and more epochs where
    /// <see cref="NetworkRecipe.LeastSteps"/> asks for them.
    /// </summary>
    /// <param name="images">Number of training images.</param>
    public Experiment ForImages(int images)
    {
        var (classifier, segmenter) = (NetworkRecipe.ForImages(Classifier, images), NetworkRecipe.ForImages(Segmenter, images));
        return ReferenceEquals(classifier, Classifier) && ReferenceEquals(segmenter, Segmenter) ? this
            : this with { Classifier = classifier, Segmenter = segmenter };
    }

    /// <summary>Checks every option before any work starts.</summary>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public void Validate()
    {
        Classifier.Validate();
        Maps.Validate();
        foreach (var refinement in Refinements) refinement.Validate();
        Segmenter.Validate();
        if (IgnoreBand is not (>= 0 and < 1) || SelfTraining < 0)
        {
            throw new RecipeException(
                $"Expected an ignore band in 0 … 1 (without 1) and 0 or more rounds of self-training, found {IgnoreBand} and "
                    + $"{SelfTraining}.");
        }
        Inference.Validate();
    }

    /// <summary>Reads an experiment that was written as JSON.</summary>
    /// <exception cref="WsssException">There is no such file, or it is no experiment.</exception>
    public static Experiment Load(string path) => File.Exists(path)
        ? WsssJson.Read<Experiment>(InputFile.ReadText(path, InputKind.Document), path)
        : throw new WsssException($"Expected an experiment as JSON at '{path}', found no such file.");

    /// <summary>The default experiment for a data set.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="backbone">Backbone of both networks; null for the data set's own.</param>
    /// <param name="seed">Seed of training.</param>
    /// <exception cref="RecipeException">The data set has no backbone of its own, and none is given.</exception>
    public static Experiment For(DataSet data, BackboneSpec? backbone = null, int seed = 1)
    {
        var defaults = data.Defaults;
        backbone ??= defaults.Backbone is { } own ? new BackboneSpec { Name = own } : throw new RecipeException(
            "Expected a backbone with ImageNet weights for photographs, found none. Give one, such as mobilenet_v2.")
        { Remedy = Remedy.ChooseBackbone };
        var augmentation = new Augmentation { Size = defaults.CropSize, MinScale = defaults.ClassifierMinScale };
        return new Experiment
        {
            Data = data,
            Maps = MapsFor(data),
            Classifier = new Recipe
            {
                Backbone = backbone,
                Epochs = defaults.ClassifierEpochs,
                LeastSteps = defaults.LeastSteps,
                BatchSize = defaults.BatchSize,
                Seed = seed,
                Augmentation = augmentation,
                Optimizer = Optimizer(defaults.ClassifierLearning),
            },
            Segmenter = new SegmenterRecipe
            {
                Backbone = backbone,
                Head = new DeepLabOptions(defaults.HeadWidth, defaults.HeadReach, Dropout: 0.1),
                Epochs = defaults.SegmenterEpochs,
                Averaging = defaults.SegmenterAveraging,
                LeastSteps = defaults.LeastSteps,
                BatchSize = defaults.BatchSize,
                Seed = seed,
                Augmentation = augmentation with { MinScale = defaults.SegmenterMinScale },
                Optimizer = Optimizer(defaults.SegmenterLearning),
            },
            Inference = new SegmentationInference { Scales = defaults.SegmenterScales },
        };
    }

    /// <summary>How maps are read by default.</summary>
    public static MapInference MapsFor(DataSet data) => new() { Scales = data.Defaults.MapScales };

    private static OptimizerSpec Optimizer((double Rate, double HeadFactor) learning) =>
        new() { LearningRate = learning.Rate, HeadFactor = learning.HeadFactor };
}
