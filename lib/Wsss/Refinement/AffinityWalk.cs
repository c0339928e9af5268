using System.Text.Json.Serialization;
using Wsss.Crf;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Registry;
using Wsss.Storage;
using Wsss.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Wsss.Refinement;

/// <summary>
/// Refines maps by a random walk on affinities that are learned from the maps themselves: the idea of PSA (Ahn &amp; Kwak, CVPR
/// 2018) as IRN (Ahn et al., CVPR 2019) completes it. Maps of the training images, sharpened by a CRF, give confident seeds;
/// a boundary branch on the classifier's frozen backbone learns where seeds change (<see cref="AffinityNetwork"/>); then the
/// scores of any image walk within its boundaries (<see cref="TransitionMatrix"/>).
/// </summary>
/// <remarks>
/// As in IRN's code: seeds with thresholds .30 (surely object) and .05 (surely background), each refined by a CRF; what is
/// neither stays unknown. At inference the boundary is the mean over the image and its mirror image, the maps are averaged
/// around each cell of the boundary's grid of stride 4 and multiplied by 1 − boundary; β = 10, 2⁸ steps, radius 5. The walked maps of an
/// image are divided by their common maximum. Differs: the mean is one of boundaries, where the code takes the sigmoid of the mean of both
/// logits. Class maps need no displacement field, which IRN has for instances.
/// </remarks>
[Registered("a random walk within boundaries that are learned from the maps of the training images (PSA, IRN)", Name = "walk", Order = 3)]
public sealed record AffinityWalk : MapRefinement
{
    private const int SmallestCrop = 2 * AffinityNetwork.Stride;

    /// <summary>IRN's options are for photographs; small scenes need a finer grid, stricter seeds and a shorter walk.</summary>
    [Suggested(DataKind.DrawnScenes)]
    public static AffinityWalk ForDrawnScenes { get; } =
        new()
        {
            Scale = 2,
            ObjectThreshold = 0.4f,
            BackgroundThreshold = 0.2f,
            Steps = 64,
        };

    /// <summary>What the map of a pixel must reach to be surely an object, 0…1.</summary>
    public float ObjectThreshold { get; init; } = 0.3f;

    /// <summary>What the maps of a pixel must stay below to be surely background, 0…1.</summary>
    public float BackgroundThreshold { get; init; } = 0.05f;

    /// <summary>The CRF that sharpens the seeds.</summary>
    public CrfOptions Crf { get; init; } = new();

    /// <summary>Size of the network's input relative to the image: above 1 for small images, whose grid would be too coarse.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Passes over the training images.</summary>
    public int Epochs { get; init; } = 3;

    /// <summary>Pixels of the grid closer than this are pairs, in training and in the walk.</summary>
    public int Radius { get; init; } = 5;

    /// <summary>β: the higher, the less passes a weak boundary.</summary>
    public double Beta { get; init; } = 10;

    /// <summary>Steps of the walk.</summary>
    public int Steps { get; init; } = 256;

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool Learns => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(BackgroundThreshold is >= 0 and <= 1) || !(ObjectThreshold >= BackgroundThreshold && ObjectThreshold <= 1))
        {
            throw new RecipeException(
                $"Affinity walk: expected 0 ≤ background threshold ≤ object threshold ≤ 1, found {BackgroundThreshold} and "
                    + $"{ObjectThreshold}."
            );
        }
        if (!InputScales.IsValid(Scale))
            throw new RecipeException($"Affinity walk: expected a scale above 0 and at most {InputScales.Largest}, found {Scale}.");
        if (Epochs < 1)
            throw new RecipeException($"Affinity walk: expected at least one epoch, found {Epochs}.");
        if (Radius < 2)
            throw new RecipeException($"Affinity walk: expected a radius of at least 2, found {Radius}.");
        if (!(Beta > 0))
            throw new RecipeException($"Affinity walk: expected β above 0, found {Beta}.");
        if (Steps < 0)
            throw new RecipeException($"Affinity walk: expected at least 0 steps, found {Steps}.");
        DeviceCrf.Check(Crf, "Affinity walk");
    }

    /// <summary>Makes the seeds and trains the boundary branch, or takes both from the store.</summary>
    /// <inheritdoc/>
    public override MapRefiner Open(RefinementContext context)
    {
        Validate();
        var before = context.Before;
        var classifier = before?.Classifiers.FirstOrDefault() ?? throw new RecipeException(
            "Expected the classifier that made the maps, as the affinity walk learns on its features; found none.");
        // Seeds take long: a branch that cannot be trained is told before them.
        var recipe = RecipeOn(classifier);
        var network = AffinityTrainer.Train(recipe, new TargetSource(MakeSeeds(before!, context)), context.Run);
        return new Refiner(this, network, context.Run.Device);
    }

    private AffinityRecipe RecipeOn(TrainedClassifier classifier)
    {
        var trained = classifier.Recipe;
        int size = (int)Math.Round(trained.Augmentation.Size * Scale);
        if (size < SmallestCrop)
            throw new RecipeException(
                $"Affinity walk: expected a scale that leaves at least {SmallestCrop} pixels of the classifier's crops of "
                    + $"{trained.Augmentation.Size}, two cells of the boundaries' grid, found {Scale}, which leaves {size}. Give more."
            );
        var recipe = new AffinityRecipe
        {
            Backbone = trained.Backbone with { Weights = classifier.WeightsPath },
            Augmentation = trained.Augmentation with { Size = size },
            Radius = Radius,
            Epochs = Epochs,
            BatchSize = trained.BatchSize,
            MicroBatch = trained.MicroBatch,
            Seed = trained.Seed,
        };
        recipe.Validate();
        return recipe;
    }

    /// <summary>
    /// The confident seeds of one image: c + 1 where a CRF on labels at the object threshold says class c, 0 where it says
    /// background and so does one on labels at the background threshold, else 255.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="maps">Its maps.</param>
    /// <param name="crf">The CRF, of <see cref="Crf"/>.</param>
    public LabelMap Seeds(RgbImage image, LocalizationMaps maps, DenseCrf crf)
    {
        if (maps.Classes.Count == 0)
            return new LabelMap(maps.Width, maps.Height, new byte[maps.Width * maps.Height]);
        byte[] objects = Labels(ObjectThreshold),
            background = Labels(BackgroundThreshold);
        byte[] seeds = [.. objects.Select((label, i) => label != 0 || background[i] == 0 ? label : LabelMap.Ignore)];
        return new LabelMap(maps.Width, maps.Height, seeds);

        byte[] Labels(float threshold)
        {
            int pixels = maps.Width * maps.Height,
                labels = maps.Classes.Count + 1;
            float[] marginals = crf.Infer(
                image.Width,
                image.Height,
                image.Pixels,
                new MapLabels { Threshold = threshold }.Unary(maps),
                labels
            ); // [K + 1, H, W]
            var result = new byte[pixels];
            for (int i = 0; i < pixels; i++)
            {
                int best = 0;
                for (int k = 1; k < labels; k++)
                    if (marginals[k * pixels + i] > marginals[best * pixels + i])
                        best = k;
                result[i] = best == 0 ? (byte)0 : (byte)(maps.Classes[best - 1] + 1);
            }
            return result;
        }
    }

    private MaskFolderSource MakeSeeds(MapSource maps, RefinementContext context)
    {
        var (_, train, run) = context;
        string key = ArtifactStore.Key(
            "seeds/3",
            maps.KeyFor(train),
            train.Fingerprint,
            WsssJson.Write(ObjectThreshold),
            WsssJson.Write(BackgroundThreshold),
            WsssJson.Write(Crf)
        );
        string about =
            $"{maps.Origin.Title}, above {WsssJson.Write(ObjectThreshold)}, below {WsssJson.Write(BackgroundThreshold)}, {train.Name}";
        string seeds = run.Store.Ensure(
            "seeds",
            key,
            about,
            folder =>
            {
                var crf = new DenseCrf(Crf, get_num_threads());
                foreach (var (sample, map) in maps.Read(train))
                    ImageFile.WriteMask(MaskFolderSource.PathOf(folder, sample.Id), Seeds(sample.Image, map, crf));
            },
            run
        );
        return new MaskFolderSource(train, seeds, key);
    }

    private sealed class Refiner(AffinityWalk options, AffinityNetwork network, Device device) : MapRefiner
    {
        public override void Dispose()
        {
            network.Dispose();
            base.Dispose();
        }

        protected override LocalizationMaps RefineSome(RgbImage image, LocalizationMaps maps)
        {
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            int count = maps.Classes.Count;
            Tensor input = InputScales.Resize(Loader.ImageTensor(image, device), options.Scale);
            CellGeometry own = AffinityNetwork.Cells;
            Tensor direct = network.call(input), mirrored = network.call(input.flip(3)).flip(3);
            (int height, int width) = ((int)direct.shape[2], (int)direct.shape[3]);
            Tensor back = CellSampling.At(mirrored, own.Mirrored(width, input.shape[3]), own, height, width);
            Tensor boundary = (direct + back) / 2;                                               // [1, 1, h, w]
            CellGeometry cells = own.Resized((input.shape[2], input.shape[3]), (maps.Height, maps.Width));
            Tensor scores = tensor(maps.Values, [1, count, maps.Height, maps.Width]).clone().SentTo(device);
            Tensor small = CellSampling.Average(scores, cells, height, width) * (1 - boundary);  // [1, K, h, w]
            Tensor large = CellSampling.AtPixels(Walk(boundary, small), cells, maps.Height, maps.Width);
            return new LocalizationMaps(maps.Id, maps.Width, maps.Height, maps.Classes, Values(large / large.max().clamp_min(1e-30)));
        }

        // [1, K, h, w] along [1, 1, h, w].
        private Tensor Walk(Tensor boundary, Tensor scores)
        {
            var (count, height, width) = ((int)scores.shape[1], (int)scores.shape[2], (int)scores.shape[3]);
            if (device.type != DeviceType.CPU)
                return TensorWalk.Walk(boundary[0, 0], scores[0], options.Steps, options.Radius, options.Beta).unsqueeze(0);
            float[] walked = TransitionMatrix.FromBoundary(Values(boundary), width, height, options.Radius, options.Beta)
                .Walk(Values(scores), count, options.Steps, get_num_threads());
            return tensor(walked, [1, count, height, width]).clone();
        }

        private static float[] Values(Tensor tensor) => tensor.cpu().contiguous().data<float>().ToArray();
    }
}
