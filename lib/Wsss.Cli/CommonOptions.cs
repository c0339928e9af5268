using System.CommandLine;
using Wsss.Data;
using Wsss.Models;
using Wsss.Pipeline;
using Wsss.Training;

namespace Wsss.Cli;

/// <summary>Options that several commands share; each means the same everywhere.</summary>
internal sealed class CommonOptions
{
    private const string MenagerieName = "menagerie";

    public Option<string> Data { get; } = new("--data", "-d")
    {
        Description = "A folder in PASCAL VOC layout (JPEGImages, SegmentationClass, ImageSets/Segmentation), or 'menagerie' for the built-in drawn scenes.",
        DefaultValueFactory = _ => MenagerieName,
    };

    public Option<MenagerieScale> Scale { get; } = new("--scale", "-s")
    {
        Description = "How many scenes Menagerie draws and how long is trained on them: smoke (seconds), quick (minutes), full (an hour or a GPU).",
        DefaultValueFactory = _ => MenagerieScale.Quick,
    };

    public Option<int> Seed { get; } = new("--seed")
    {
        Description = "Seed of drawing, order, augmentation and initial weights. Same seed, machine and --threads: the same numbers.",
        DefaultValueFactory = _ => 1,
    };

    public Option<string> Device { get; } = new("--device")
    {
        Description = "auto (a CUDA device if one answers), cpu, cuda or cuda:N.",
        DefaultValueFactory = _ => "auto",
    };

    public Option<int?> Threads { get; } = new("--threads") { Description = "libtorch's threads on the CPU. Default: one per core." };

    public Option<string?> Store { get; } = new("--store")
    {
        Description = "Folder of finished results, shared by commands and notebooks. Default: out/cache in the project.",
    };

    public Option<bool> Resume { get; } = new("--resume") { Description = "Go on from the checkpoint that interrupted training left; without it, training starts anew." };

    public Option<bool> Json { get; } = new("--json") { Description = "Print the result as JSON instead of a table." };

    public Option<string?> Backbone { get; } = new("--backbone", "-b")
    {
        Description = $"Network below the head: {string.Join(", ", Backbones.Names)}. Default on drawn scenes: menagerie_net with the project's own weights.",
    };

    public Option<string?> Weights { get; } = new("--weights", "-w")
    {
        Description = "Backbone weights: a safetensors file with torchvision's names. 'random' starts from scratch.",
    };

    public Option<int?> OutputStride { get; } = new("--stride") { Description = "Image pixels per feature: 8, 16 or 32. Default: 8 for menagerie_net, else 16." };

    public Option<int?> Epochs { get; } = new("--epochs") { Description = "Passes over the training images. Default: depends on data and scale." };

    public Option<string[]> Techniques { get; } = new("--technique", "-t")
    {
        Description = "A technique on top of plain training, with its published options, or with others as JSON, such as " +
            "RandomErasing or '{\"technique\":\"MultiDilation\",\"rates\":[1,2,3]}'. May be given several times; any combine.",
    };

    /// <summary>Adds the options that decide where and how work runs.</summary>
    public void AddRunOptions(Command command)
    {
        foreach (var option in new Option[] { Device, Threads, Store, Json }) command.Options.Add(option);
    }

    /// <summary>Adds the options that choose a data set.</summary>
    public void AddDataOptions(Command command)
    {
        foreach (var option in new Option[] { Data, Scale, Seed }) command.Options.Add(option);
    }

    /// <summary>Adds the options that decide a classifier.</summary>
    public void AddRecipeOptions(Command command)
    {
        foreach (var option in new Option[] { Backbone, Weights, OutputStride, Epochs, Techniques, Resume }) command.Options.Add(option);
    }

    public DataSpec DataSpec(ParseResult parsed)
    {
        string data = parsed.GetValue(Data)!;
        return new DataSpec
        {
            Folder = data == MenagerieName ? null : data, Scale = parsed.GetValue(Scale), Seed = parsed.GetValue(Seed),
        };
    }

    public Experiment Experiment(ParseResult parsed)
    {
        var experiment = Pipeline.Experiment.For(DataSpec(parsed), BackboneSpec(parsed), parsed.GetValue(Seed));
        var recipe = experiment.Classifier with { Techniques = [.. (parsed.GetValue(Techniques) ?? []).Select(ParseTechnique)] };
        if (parsed.GetValue(Epochs) is { } epochs) recipe = recipe with { Epochs = epochs };
        return experiment with { Classifier = recipe };
    }

    /// <summary>Where to run; progress goes to <paramref name="progress"/>.</summary>
    public RunContext Context(ParseResult parsed, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var run = RunContext.Open(parsed.GetValue(Device)!, parsed.GetValue(Store));
        if (parsed.GetValue(Threads) is { } threads) TorchRuntime.UseThreads(threads);
        return run with { Progress = progress, Cancellation = cancellation, Resume = parsed.GetValue(Resume) };
    }

    private BackboneSpec? BackboneSpec(ParseResult parsed)
    {
        string? name = parsed.GetValue(Backbone), weights = parsed.GetValue(Weights);
        int? stride = parsed.GetValue(OutputStride);
        if (name is null && weights is null && stride is null) return null;
        var spec = new BackboneSpec();
        if (name is not null && name != spec.Name)
        {
            spec = new BackboneSpec
            {
                Name = name, OutputStride = 16,
                Weights = weights ?? throw new RecipeException(
                    $"Expected weights for the backbone {name}, found none: give --weights FILE.safetensors, or --weights random to start from scratch."),
            };
        }
        if (weights is not null) spec = spec with { Weights = weights == "random" ? null : weights };
        return stride is null ? spec : spec with { OutputStride = stride.Value };
    }

    private static Technique ParseTechnique(string text) =>
        WsssJson.Read<Technique>(text.TrimStart().StartsWith('{') ? text : $$"""{"technique":"{{text}}"}""", $"--technique {text}");
}
