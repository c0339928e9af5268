using System.Diagnostics;
using System.Runtime.InteropServices;
using Wsss.Data;
using Wsss.Models;
using Wsss.Storage;
using static TorchSharp.torch;

namespace Wsss.Training;

/// <summary>What differs between the networks that the loop trains.</summary>
internal abstract class TrainingTask
{
    /// <summary>For progress, such as <c>train classifier</c>.</summary>
    public abstract string Stage { get; }

    /// <summary>The network; its parameters are trained.</summary>
    public abstract nn.Module Network { get; }

    /// <summary>Its pre-trained part, which learns at the lower rate.</summary>
    public abstract Backbone Backbone { get; }

    /// <summary>Fingerprint of what <see cref="Validate"/> looks at, by which patience chooses the weights; empty for nothing.</summary>
    public virtual string ValidationFingerprint => "";

    /// <summary>The named terms of the loss on one batch; their sum is minimised.</summary>
    public abstract IReadOnlyList<(string Name, Tensor Loss)> Losses(Batch batch, StepContext step);

    /// <summary>How much a part of a batch counts, of 1: by its images, unless the loss is a mean over something else.</summary>
    public virtual double ShareOf(Batch part, Batch whole) => (double)part.Ids.Count / whole.Ids.Count;

    /// <summary>Metrics on the validation split; the network is in evaluation mode and gradients are off.</summary>
    public abstract IReadOnlyDictionary<string, double> Validate(RunContext run);
}

/// <summary>
/// The one loop that trains every network: batches, steps, schedule, validation, checkpoints. All randomness of step t
/// derives from (seed, t), so that a resumed training continues bit for bit.
/// </summary>
internal static class TrainingLoop
{
    /// <summary>Trains until the recipe's epochs are done; on cancellation it writes a checkpoint first.</summary>
    /// <exception cref="OperationCanceledException">Cancellation was asked for; the checkpoint is in
    /// <paramref name="checkpointFolder"/>.</exception>
    /// <exception cref="TorchException">libtorch failed, for instance for lack of memory; the checkpoint of the last epoch
    /// remains.</exception>
    /// <exception cref="ArtifactException">The checkpoint cannot be written, or one that is there is not what was written.</exception>
    /// <exception cref="RecipeException">There are fewer images than a step takes, or the loss is no longer a finite number.</exception>
    public static TrainingHistory Run(TrainingTask task, ISampleSource train, NetworkRecipe recipe, string checkpointFolder, RunContext run)
    {
        // A network may be asked for first where its maps are looked at, which is done without gradients.
        using var gradients = enable_grad();
        var loader = new Loader(
            train,
            new LoaderOptions
            {
                BatchSize = recipe.BatchSize,
                Augmentation = recipe.Augmentation,
                Shuffle = true,
                Balanced = recipe.Balanced,
                DropLast = true,
                Seed = recipe.Seed,
                Workers = run.Workers,
            },
            run.Device
        );
        var meanColour = new Lazy<float[]>(() => ChannelMean.Of(train, run.Cancellation));
        int stepsPerEpoch = loader.BatchesPerEpoch;
        if (stepsPerEpoch == 0)
        {
            throw new RecipeException(
                $"Expected at least as many training images as a step takes ({recipe.BatchSize}), found {train.Count} in {train.Name}. "
                    + "Lower the batch size."
            );
        }
        if ((long)recipe.Epochs * stepsPerEpoch > int.MaxValue)
        {
            throw new RecipeException(
                $"Expected at most {int.MaxValue} steps of training, found {recipe.Epochs} epochs of {stepsPerEpoch} steps. "
                    + "Give fewer epochs.");
        }
        int totalSteps = recipe.Epochs * stepsPerEpoch;
        using var optimizer = recipe.Optimizer.Create(task.Backbone, task.Network);
        using var kept = new KeptWeights(recipe, task.Network);
        using var losses = LossReadings.On(run.Device.type);
        if (!run.Resume)
            Checkpoint.Delete(checkpointFolder);
        var start = Checkpoint.Load(checkpointFolder, task.Network, kept, optimizer);
        int step = start?.Step ?? 0;
        var epochs = new List<EpochRecord>(start?.Epochs ?? []);
        var sums = new Dictionary<string, double>(start?.EpochLossSums ?? new Dictionary<string, double>());
        double lastLoss = 0;

        while (epochs.Count < recipe.Epochs && !kept.IsOver(epochs))
        {
            int epoch = epochs.Count;
            var clock = Stopwatch.StartNew();
            IReadOnlyDictionary<string, double> metrics;
            try
            {
                IReadOnlyList<string> seen = [];
                task.Network.train();
                foreach (var batch in loader.Epoch(epoch, skip: step - epoch * stepsPerEpoch))
                {
                    using (batch)
                    {
                        run.Cancellation.ThrowIfCancellationRequested();
                        var context = new StepContext(step, totalSteps, SeededRandom.For(recipe.Seed, step), meanColour);
                        seen = batch.Ids;
                        Step(task, batch, context, optimizer, recipe, losses);
                        kept.Step(++step);
                        if (losses.IsDue) ReadLosses();
                        run.Progress?.Report(
                            new WorkProgress(task.Stage, step, totalSteps, $"epoch {epoch + 1}/{recipe.Epochs}, loss {lastLoss:0.000}")
                        );
                    }
                }
                ReadLosses();
                var last = new Divergence(task.Stage, step, recipe.Seed, seen, new Dictionary<string, double>());
                RequireFinite(task, last, checkpointFolder);
                task.Network.eval();
                using (no_grad())
                using (NewDisposeScope())
                    metrics = kept.Validate(() => task.Validate(run));
            }
            catch (OperationCanceledException)
            {
                // Cancelled between two steps, or while validating: then all steps of the epoch are done, and resuming validates anew.
                ReadLosses();
                Save();
                throw;
            }
            catch (ExternalException error)
            {
                // What the step left behind is unknown: the checkpoint of the last whole epoch stays as it is.
                throw new TorchException(
                    $"{task.Stage} stopped at step {step + 1} of {totalSteps}, as libtorch failed: {error.Message.Split('\n')[0]} "
                        + (
                            epochs.Count > 0
                                ? $"The first {epochs.Count} epochs are kept: resumed, it goes on from there."
                                : "Run it again."
                        ),
                    error
                )
                {
                    Remedy =
                        TorchRuntime.IsOutOfMemory(error) ? Remedy.UseLessMemory
                        : epochs.Count > 0 ? Remedy.Resume
                        : Remedy.None,
                };
            }
            var means = sums.ToDictionary(term => term.Key, term => term.Value / stepsPerEpoch);
            sums.Clear();
            epochs.Add(new EpochRecord(epoch + 1, means, metrics, Math.Round(clock.Elapsed.TotalSeconds, 2)));
            kept.EpochDone(epochs);
            Save();
        }
        return kept.Finish(epochs);

        void ReadLosses()
        {
            IReadOnlyList<LossReading> readings = losses.Read();
            foreach (LossReading loss in readings)
            {
                if (!double.IsFinite(loss.Total))
                {
                    string terms = string.Join(", ", loss.Terms.Select(term => $"{term.Key} {term.Value}"));
                    throw new Divergence(task.Stage, loss.Step + 1, recipe.Seed, loss.Images, loss.Terms)
                        .Save(checkpointFolder, $"the loss is {loss.Total} ({terms})");
                }
                foreach (var (name, value) in loss.Terms) Add(sums, name, loss.Share * value);
                if (loss.Terms.Count > 1) Add(sums, "total", loss.Share * loss.Total);
            }
            if (readings.Count > 0) lastLoss = readings.Where(loss => loss.Step == readings[^1].Step).Sum(loss => loss.Share * loss.Total);
        }

        void Save() =>
            run.Store.Guarded(() =>
            {
                new Checkpoint(step, epochs, sums).Save(checkpointFolder, task.Network, kept, optimizer);
                return step;
            });
    }

    private static void Step(
        TrainingTask task, Batch batch, StepContext context, optim.Optimizer optimizer, NetworkRecipe recipe, LossReadings losses)
    {
        using var scope = NewDisposeScope();
        // Dropout draws from libtorch's own generator.
        random.manual_seed(HashCode(recipe.Seed, context.Step));
        recipe.Optimizer.Schedule(optimizer, context.Step, context.TotalSteps);
        optimizer.zero_grad();
        for (int part = 0; part < recipe.Parts; part++)
        {
            // What a part needed is free again before the next one.
            using var partScope = NewDisposeScope();
            Batch images = batch.Part(part, recipe.Parts);
            double share = recipe.Parts == 1 ? 1 : task.ShareOf(images, batch);
            var terms = task.Losses(images, context);
            Tensor total = terms[0].Loss;
            foreach (var (_, term) in terms.Skip(1)) total = total + term;
            losses.Add(context.Step, images.Ids, share, terms, total);
            (share == 1 ? total : total * share).backward();
        }
        optimizer.step();
    }

    /// <summary>Refuses weights that the last step of an epoch has spoilt; those of a step before spoil the next step's loss.</summary>
    private static void RequireFinite(TrainingTask task, Divergence last, string checkpointFolder)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        foreach (var (name, parameter) in task.Network.named_parameters())
        {
            if (parameter.isfinite().all().item<bool>()) continue;
            throw last.Save(checkpointFolder, $"it made a number of '{name}' NaN or infinite");
        }
    }

    private static void Add(Dictionary<string, double> sums, string name, double value) =>
        sums[name] = sums.GetValueOrDefault(name) + value;

    private static long HashCode(int seed, int step) => ((long)seed << 32) ^ (step * 0x9E3779B1L);
}
