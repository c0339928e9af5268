using System.Text.Json;
using System.Text.Json.Serialization;
using Wsss.Data;
using Wsss.Storage;
using static TorchSharp.torch;

namespace Wsss.Training;

/// <summary>How any network of this project is trained: what the one training loop needs to know. Immutable.</summary>
public abstract record NetworkRecipe
{
    // Batch normalisation needs two.
    internal const int SmallestPart = 2;

    /// <summary>The pre-trained network below the head.</summary>
    public BackboneSpec Backbone { get; init; } = new();

    /// <summary>Optimiser and learning rates.</summary>
    public OptimizerSpec Optimizer { get; init; } = new();

    /// <summary>How training images, and what comes with them, are varied; its size is the network's input.</summary>
    public Augmentation Augmentation { get; init; } = new();

    /// <summary>Passes over the training images.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>
    /// Fewest steps: where <see cref="Epochs"/> passes make fewer, because there are few images, more passes are made. 0, the default: no
    /// such bound.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int LeastSteps { get; init; }

    /// <summary>
    /// Epochs without a rise of the first validation metric after which training ends; the weights of the best epoch are kept, and
    /// <see cref="Epochs"/> is the most that is waited for. 0, the default: all epochs, and the last one's weights.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Patience { get; init; }

    /// <summary>
    /// What the exponential moving average of the weights keeps of itself at each step, in 0…1 (without 1), such as .99; the average is
    /// validated and kept in place of the last step's weights. 0, the default: no average.
    /// </summary>
    /// <remarks>The first steps forget faster, (1 + t) / (10 + t) after t, so that the untrained head is gone soon.</remarks>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Averaging { get; init; }

    /// <summary>Whether classes take turns in an epoch, so that rare ones are seen as often as others. Default: each image once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Balanced { get; init; }

    /// <summary>Images per step.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>
    /// Most images that pass through the network at once; those of a step pass in equal parts, and their gradients are added up (gradient
    /// accumulation), so that large steps need little memory. 0, the default: all images of a step.
    /// </summary>
    /// <remarks>
    /// Batch normalisation sees a part at a time, and so do techniques that look at several images, or whose loss is a mean over chosen
    /// pixels or pairs of them (region contrast, the affinity of the walk): other weights come of it.
    /// </remarks>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int MicroBatch { get; init; }

    /// <summary>
    /// Most gigabytes (of 10⁹ bytes) that a training step may take, above 0: as many images pass at once as fit, at most
    /// <see cref="MicroBatch"/>; where not even two do, crops are made smaller. What was chosen stands in the recipe of the trained network
    /// in its place. 0, the default: no bound.
    /// </summary>
    /// <remarks>
    /// Counted from the layers' outputs, so that the same recipe gives the same network; what the process has besides, on a GPU half a
    /// gigabyte of its driver, is not in it.
    /// </remarks>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double MaxMemory { get; init; }

    /// <summary>Parts of a step.</summary>
    internal int Parts => MicroBatch == 0 ? 1 : (BatchSize - 1) / MicroBatch + 1;

    private bool HasWholeParts => BatchSize / Parts >= SmallestPart;

    /// <summary>Images of the largest part.</summary>
    internal int LargestPart => (BatchSize + Parts - 1) / Parts;

    /// <summary>Seed of weights, order, augmentation and all else that is random.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Kind of the trained network in the store, such as <c>classifier</c>.</summary>
    internal abstract string Kind { get; }

    /// <summary>Checks every option before any work starts.</summary>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public virtual void Validate()
    {
        if (Epochs < 1 || BatchSize < 2 || LeastSteps < 0)
        {
            throw new RecipeException(
                $"Expected at least 1 epoch, 2 images per step and 0 fewest steps, found {Epochs}, {BatchSize} and {LeastSteps}.");
        }
        if (MicroBatch < 0 || !HasWholeParts)
        {
            throw new RecipeException(
                $"Expected parts of a step with at least {SmallestPart} images each, found {BatchSize} images, {MicroBatch} at once. "
                    + "0 is all at once.");
        }
        if (!(MaxMemory >= 0 && double.IsFinite(MaxMemory)))
            throw new RecipeException($"Expected 0 or more gigabytes of memory for a training step, found {MaxMemory}. 0 is no bound.");
        if (Patience < 0 || Averaging is not (>= 0 and < 1))
        {
            throw new RecipeException(
                $"Expected a patience of 0 or more epochs and an average that keeps 0 … 1 (without 1), found {Patience} and {Averaging}.");
        }
        Optimizer.Validate();
        Augmentation.Validate();
    }

    /// <summary>A recipe with just so many epochs: who says how many wants no more, however few steps they make.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="epochs">From 1 on.</param>
    public static T ForEpochs<T>(T recipe, int epochs) where T : NetworkRecipe =>
        (T)((NetworkRecipe)recipe with { Epochs = epochs, LeastSteps = 0 });

    /// <summary>
    /// A recipe for so many training images: batches of no more than there are, but two, and one fewer where their parts would be too
    /// small; as many epochs as make <see cref="LeastSteps"/>, and patience grows with them.
    /// </summary>
    /// <returns>The same recipe if it fits.</returns>
    public static T ForImages<T>(T recipe, int images) where T : NetworkRecipe
    {
        int batch = Math.Min(recipe.BatchSize, Math.Max(2, images));
        if (batch < recipe.BatchSize && !((NetworkRecipe)recipe with { BatchSize = batch }).HasWholeParts) batch--;
        int stepsPerEpoch = Math.Max(1, images / batch);
        int epochs = Math.Max(recipe.Epochs, (int)Math.Ceiling((double)recipe.LeastSteps / stepsPerEpoch));
        return (batch, epochs, 0) == (recipe.BatchSize, recipe.Epochs, recipe.LeastSteps) ? recipe
            : (T)((NetworkRecipe)recipe with
            {
                BatchSize = batch,
                Epochs = epochs,
                LeastSteps = 0,
                Patience = (int)Math.Min(int.MaxValue, (long)recipe.Patience * epochs / recipe.Epochs),
            });
    }

    /// <summary>
    /// The same steps with half as many images at once, or with as few as parts may have, for a device whose memory does not suffice.
    /// </summary>
    /// <returns>Null where no smaller part is large enough.</returns>
    internal static T? WithHalfAtOnce<T>(T recipe) where T : NetworkRecipe
    {
        int most = recipe.BatchSize / SmallestPart, twice = Math.Min(2 * recipe.Parts, most);
        int[] counts =
        [
            .. Enumerable.Range(twice, most - twice + 1),
            .. Enumerable.Range(recipe.Parts + 1, Math.Max(0, twice - recipe.Parts - 1)).Reverse(),
        ];
        return counts.Where(parts => parts > recipe.Parts).Select(parts => InParts(recipe, parts))
            .FirstOrDefault(smaller => smaller.Parts > recipe.Parts);
    }

    /// <summary>The same steps in so many parts, or fewer where images do not come out even.</summary>
    internal static T InParts<T>(T recipe, int parts) where T : NetworkRecipe =>
        (T)((NetworkRecipe)recipe with { MicroBatch = (recipe.BatchSize + parts - 1) / parts });

    /// <summary>
    /// The key of the network that this recipe gives on that data; files count by their content. What decides the last bits of the
    /// arithmetic counts too (<see cref="TorchRuntime.Arithmetic"/>): training makes more of them than the last digits.
    /// </summary>
    /// <param name="train">What is trained on.</param>
    /// <param name="device">Where it is trained; null for the CPU.</param>
    public string Key(ISampleSource train, Device? device = null) => ArtifactStore.Key(
        $"{Kind}/{KeyVersion}", OptionsKey(), train.Fingerprint, TorchRuntime.Arithmetic(device ?? CPU));

    /// <summary>
    /// What of the options decides the network: weights by their content, and no path to what training images get beside them, which
    /// counts in the images' fingerprint.
    /// </summary>
    internal string OptionsKey() => JsonSerializer.Serialize<object>(
        this with { Backbone = Backbone with { Weights = Backbone.WeightsKey() } }, WsssJson.KeyOptions);

    /// <summary>Is raised when the same options give another network than they did.</summary>
    private protected virtual int KeyVersion => 4;

    /// <summary>By which options a network is trained, in words.</summary>
    internal virtual string About(ISampleSource train, RunContext run) =>
        $"{Backbone.Name}, {train.Name} ({train.Count} images), epochs {Epochs}, batch {BatchSize}, size {Augmentation.Size}, " +
        $"seed {Seed}, " + TorchRuntime.Arithmetic(run.Device);

    /// <summary>The recipe with all options of its own type as JSON.</summary>
    internal string ToJson() => WsssJson.Write<object>(this);
}
