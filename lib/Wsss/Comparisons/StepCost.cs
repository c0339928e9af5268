using System.Diagnostics;
using TorchSharp;
using Wsss.Data;
using Wsss.Models;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Comparisons;

/// <summary>
/// What a training step of a contender costs against one of the first contender: both on the same images, in turn, in one process, so that
/// what else the machine does slows both. Times of whole trainings that were done on different days say less.
/// </summary>
/// <param name="Contender">Its name.</param>
/// <param name="Ratio">Median over the rounds of its step's time / the first contender's.</param>
/// <param name="Low">Smallest ratio.</param>
/// <param name="High">Largest ratio.</param>
public sealed record StepCost(string Contender, double Ratio, double Low, double High)
{
    /// <summary>
    /// Takes steps of each contender in turn: a batch forward, its losses backward, the optimiser. Nothing is kept. What wraps whole
    /// trainings, such as iterative erasing, costs a plain step here, and as many trainings more.
    /// </summary>
    /// <param name="contenders">At least one; the first is what the others are compared with.</param>
    /// <param name="train">Training images and labels; a batch of them is loaded once.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <param name="rounds">Measured steps of each, at least 1, after one that is not measured.</param>
    /// <exception cref="RecipeException">There is no contender or no round.</exception>
    public static IReadOnlyList<StepCost> Measure(IReadOnlyList<Contender> contenders, ISampleSource train, RunContext run, int rounds = 5)
    {
        if (contenders.Count == 0 || rounds < 1)
            throw new RecipeException($"Expected at least one contender and one round, found {contenders.Count} and {rounds}.");
        var steppers = new List<Stepper>();
        try
        {
            foreach (var contender in contenders) steppers.Add(new Stepper(contender.Experiment.Classifier, train, run));
            var seconds = new double[contenders.Count, rounds];
            for (int round = -1; round < rounds; round++)
            {
                for (int i = 0; i < contenders.Count; i++)
                {
                    run.Report("measure steps", (round + 1) * contenders.Count + i, (rounds + 1) * contenders.Count, contenders[i].Name);
                    double taken = steppers[i].Step();
                    if (round >= 0) seconds[i, round] = taken;
                }
            }
            return [.. contenders.Select((contender, i) => Of(contender.Name,
                [.. Enumerable.Range(0, rounds).Select(round => seconds[i, round] / seconds[0, round]).Order()]))];
        }
        finally
        {
            foreach (var stepper in steppers) stepper.Dispose();
        }
    }

    private static StepCost Of(string name, double[] ratios) => new(name, ratios[ratios.Length / 2], ratios[0], ratios[^1]);

    /// <summary>An untrained network of a recipe, which learns from one batch again and again.</summary>
    private sealed class Stepper : IDisposable
    {
        private const int TotalSteps = 1_000;

        private readonly Recipe _recipe;
        private readonly Batch _batch;
        private readonly Classifier _network;
        private readonly optim.Optimizer _optimizer;
        private readonly Lazy<float[]> _meanColour = new([0, 0, 0]);
        private int _step;

        public Stepper(Recipe recipe, ISampleSource train, RunContext run)
        {
            // What wraps whole trainings does nothing within one.
            _recipe = recipe with { Techniques = [.. recipe.Techniques.Where(technique => technique.ChangesOneTraining)] };
            var images = new Subset(train, [.. Enumerable.Range(0, Math.Min(recipe.BatchSize, train.Count))]);
            var options = new LoaderOptions { BatchSize = images.Count, Augmentation = Augmentation.Resize(recipe.Augmentation.Size) };
            _batch = new Loader(_recipe.View(images, run), options, run.Device).Epoch(0).Single();
            _network = _recipe.CreateClassifier(train.ClassNames);
            _network.to(run.Device);
            _network.train();
            _optimizer = recipe.Optimizer.Create(_network.Backbone, _network);
        }

        /// <summary>A step's seconds.</summary>
        public double Step()
        {
            using var scope = NewDisposeScope();
            long start = Stopwatch.GetTimestamp();
            var context = new StepContext(_step, TotalSteps, SeededRandom.For(1, _step), _meanColour);
            _step++;
            _optimizer.zero_grad();
            var terms = ClassifierTrainer.Losses(_recipe, _network, _batch, context);
            var loss = terms.Select(term => term.Loss).Aggregate((sum, term) => sum + term);
            loss.backward();
            _optimizer.step();
            // Waits for a device that works on its own.
            loss.item<float>();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        public void Dispose()
        {
            _optimizer.Dispose();
            _network.Dispose();
            _batch.Dispose();
        }
    }
}
