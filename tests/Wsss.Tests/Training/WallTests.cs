using System.Reflection;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Refinement;
using Wsss.Sharpening;
using Wsss.Tests.Data;
using Wsss.Training;

namespace Wsss.Tests.Training;

/// <summary>What learns from labels alone cannot see a mask, and does not ask for one.</summary>
public sealed class WallTests : IDisposable
{
    private static readonly Recipe OneEpoch = Toys.Recipe with { Epochs = 1 };

    private readonly TempFolder _folder = new();
    private readonly CountingSource _train = new(Toys.Blobs(8));
    private readonly CountingSource _validation = new(Toys.Blobs(3, seed: 2));
    private readonly CountingSource _test = new(Toys.Blobs(3, seed: 3));

    private DataSplits Data => new(_train, _validation, _test);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(typeof(IBatchTransform))]
    [InlineData(typeof(ILossTerm))]
    [InlineData(typeof(IHeadDesign))]
    [InlineData(typeof(ITrainingView))]
    [InlineData(typeof(RefinementContext))]
    [InlineData(typeof(LabelledSplits))]
    public void Nothing_that_a_technique_is_given_leads_to_a_mask(Type start)
    {
        // Every type of this library that is reachable over public instance members, their parameters and what they give back.
        var reached = new HashSet<Type>();
        var open = new Queue<Type>([start]);
        while (open.TryDequeue(out Type? type))
        {
            if (type.IsGenericType) foreach (Type argument in type.GetGenericArguments()) open.Enqueue(argument);
            if (type.HasElementType) open.Enqueue(type.GetElementType()!);
            if (type.Assembly != typeof(Sample).Assembly || !reached.Add(type)) continue;
            foreach (Type next in type.GetInterfaces()) open.Enqueue(next);
            foreach (MethodInfo method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance))
            {
                open.Enqueue(method.ReturnType);
                foreach (ParameterInfo parameter in method.GetParameters()) open.Enqueue(parameter.ParameterType);
            }
        }
        Assert.Contains(start, reached);
        Assert.DoesNotContain(
            reached, type => type.IsAssignableTo(typeof(IMaskedSource)) || type == typeof(SceneTruth) || type == typeof(DataSplits));
        Assert.DoesNotContain(reached.SelectMany(type => type.GetMembers()), member => member.Name is "Mask" or "Masks" or "Truth");
        // Label maps come as planes that somebody declared, and as nothing else.
        Assert.All(reached.Where(type => type != typeof(Plane)).SelectMany(type => type.GetProperties()),
            property => Assert.NotEqual(typeof(LabelMap), property.PropertyType));
    }

    [Fact]
    public void Training_a_classifier_reads_no_mask_and_no_truth_and_each_image_once()
    {
        using TrainedClassifier trained = ClassifierTrainer.Train(OneEpoch, Data, Toys.Run(_folder));
        AssertUnseen();
        Assert.Equal((8, 3, 0), (_train.Loads, _validation.Loads, _test.Loads));
    }

    [Fact]
    public void So_does_training_with_saliency_from_a_folder()
    {
        var fusion = new SaliencyFusion { Saliency = Toys.WriteSaliency(Toys.Blobs(8), _folder) };
        using TrainedClassifier trained = ClassifierTrainer.Train(OneEpoch.With(fusion), Data, Toys.Run(_folder));
        AssertUnseen();
        Assert.Equal(8, _train.Loads);
    }

    [Fact]
    public void The_mean_colour_is_read_for_a_technique_that_asks_for_it_and_once()
    {
        using TrainedClassifier trained = ClassifierTrainer.Train(OneEpoch.With(new RandomErasing()), Data, Toys.Run(_folder));
        AssertUnseen();
        Assert.Equal(2 * 8, _train.Loads);
    }

    [Fact]
    public void Neither_iterative_erasing_nor_a_walk_on_learned_affinity_asks_for_one()
    {
        RunContext run = Toys.Run(_folder);
        using TrainedClassifier trained = ClassifierTrainer.Train(OneEpoch, Data, run);
        using var maker = MapMaker.Train(OneEpoch.With(new IterativeErasing { Steps = 2, StopBelow = 0 }), Data, new MapInference(), run);
        using var extracted = MapSource.Of(maker, run);
        using var maps = extracted.Refine([new AffinityWalk { Epochs = 1, Steps = 2 }], Data.Train, run);
        Assert.Equal(3, maps.Read(_test).Count());
        AssertUnseen();
    }

    [Fact]
    public void Scoring_masks_loads_no_image()
    {
        Score score = Study.ScoreMasks(new CountingSource(_train), _train, Toys.Run(_folder));
        Assert.Equal(1, score.MeanIoU);
        Assert.Equal((0, 16), (_train.Loads, _train.Masks));
    }

    [Fact]
    public void Whether_every_image_has_a_mask_is_known_without_loading_one()
    {
        var target = new TargetSource(_train);
        Assert.Equal((0, 0, 8), (_train.Loads, _train.Masks, _train.HasMasks));
        Assert.Equal(_train.Mask(1).Values, target.Load(1).Planes[TargetSource.Plane].Values.Values);
    }

    [Fact]
    public void An_experiment_reads_the_training_masks_for_its_score_and_its_ceiling_alone()
    {
        var experiment = new Experiment { Classifier = OneEpoch, Segmenter = Toys.SegmenterRecipe with { Epochs = 1 }, Ceiling = false };
        RunContext run = Toys.Run(_folder);
        using var study = Study.On(Data, experiment, run);
        _ = study.Classifier;
        AssertUnseen();
        ExperimentResult result = study.Score();
        Assert.NotNull(result.PseudoMasks);
        // Loaded for the classifier, the pseudo masks and the segmentation network; the masks are read for the pseudo masks' score.
        Assert.Equal((3 * 8, 8), (_train.Loads, _train.Masks));
    }

    private void AssertUnseen() => Assert.All(
        new[] { _train, _validation, _test }, source => Assert.Equal((0, 0, 0), (source.Masks, source.Truths, source.HasMasks)));
}
