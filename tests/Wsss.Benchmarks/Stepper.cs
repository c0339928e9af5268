using Wsss.Data;
using Wsss.Models;
using Wsss.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Wsss.Benchmarks;

/// <summary>A classifier that is trained on batches that are given to it: forward, backward, optimiser, and nothing else.</summary>
internal sealed class Stepper : IDisposable
{
    private readonly Recipe _recipe;
    private readonly Classifier _network;
    private readonly optim.Optimizer _optimizer;
    private readonly Device _device;
    private int _step;

    public Stepper(Recipe recipe, IReadOnlyList<string> classNames, Device? device = null)
    {
        _recipe = recipe;
        _network = recipe.CreateClassifier(classNames);
        _device = device ?? CPU;
        _network.to(_device);
        _network.train();
        _optimizer = recipe.Optimizer.Create(_network.Backbone, _network);
    }

    public void Step(Batch batch)
    {
        using var scope = NewDisposeScope();
        var context = new StepContext(_step, 1_000, SeededRandom.For(1, _step), new([0, 0, 0]));
        _step++;
        _optimizer.zero_grad();
        var loss = ClassifierTrainer
            .Losses(_recipe, _network, batch, context)
            .Select(term => term.Loss)
            .Aggregate((sum, term) => sum + term);
        loss.backward();
        _optimizer.step();
    }

    /// <summary>Several steps on one batch, until they are done.</summary>
    public void Steps(Batch batch, int count)
    {
        for (int i = 0; i < count; i++) Step(batch);
        Networks.Wait(_device);
    }

    /// <summary>What a step takes of the memory, as counted.</summary>
    public StepMemory Memory(Batch batch) => StepMemory.Of(
        _network, _recipe,
        () => ClassifierTrainer.Losses(_recipe, _network, batch, new StepContext(0, 1_000, SeededRandom.For(1, 0), new([0, 0, 0]))),
        batch.Ids.Count);

    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
    }
}
