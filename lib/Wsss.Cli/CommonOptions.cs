using System.CommandLine;
using System.Runtime.CompilerServices;
using Wsss.Data;
using Wsss.Menagerie;
using Wsss.Models;
using Wsss.Pipeline;
using Wsss.Refinement;
using Wsss.Registry;
using Wsss.Segmentation;
using Wsss.Segmentation.Thresholds;
using Wsss.Training;

namespace Wsss.Cli;

/// <summary>Options that several commands share; each means the same everywhere.</summary>
internal sealed class CommonOptions
{
    private readonly ConditionalWeakTable<ParseResult, DataSet> _dataSets = [];

    public Option<string> Data { get; } = new("--data", "-d")
    {
        Description = "The path of a data set (a folder, or a file that `wsss init` wrote), or the name of one with its options: " +
            string.Join("; ", Family.Of<DataSet>().Members.Select(member => $"{member.Name}, {member.Summary}")) +
            $". Default: {PhotographFolder.FileName} in the current folder where there is one, else menagerie.",
        DefaultValueFactory = _ => File.Exists(PhotographFolder.FileName) ? PhotographFolder.FileName : "menagerie",
    };

    public Option<SceneScale> Scale { get; } =
        new("--scale", "-s")
        {
            Description =
                "How many scenes Menagerie draws and how long is trained on them: smoke (seconds), quick (minutes), full (an hour or a "
                    + "GPU).",
            DefaultValueFactory = _ => SceneScale.Quick,
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

    public Option<int?> Threads { get; } = new Option<int?>("--threads")
    {
        Description = "Threads on the CPU; what was trained on other threads is another result. Default: one per core.",
    }.AtLeast(1);

    public Option<Precision> Precision { get; } = new("--precision")
    {
        Description = "In which numbers networks convolve and multiply: float32, or bfloat16, whose feature maps need half of the memory " +
            "and which is fast on NVIDIA GPUs from Ampere on (slow on a CPU); another result.",
    };

    public Option<string?> Store { get; } = new("--store")
    {
        Description = "Folder of finished results, shared by commands and notebooks. Default: out/cache in the project, the nearest " +
            "folder with a solution at or above the current one; outside of one, in the current folder.",
    };

    public Option<int?> StoreLimit { get; } = new Option<int?>("--store-limit")
    {
        Description = "Most gigabytes that the store may take; beyond it, maps and what else is computed from trained networks goes, " +
            "oldest first. Default: no bound.",
    }.AtLeast(1);

    public Option<bool> Resume { get; } =
        new("--resume") { Description = "Go on from the checkpoint that interrupted training left; without it, training starts anew." };

    public Option<bool> Json { get; } = new("--json") { Description = "Print the result as JSON instead of a table." };

    public Option<string?> Backbone { get; } = new("--backbone", "-b")
    {
        Description = $"Network below the head: {Names(Backbones.All)}. " +
            $"The project has weights of its own for {Names(Backbones.Shipped)}. Default on drawn scenes: {new BackboneSpec().Name}.",
    };

    public Option<string?> Weights { get; } =
        new("--weights", "-w")
        {
            Description =
                "Backbone weights with torchvision's or timm's names: a .pth file as downloaded, or safetensors. 'random' starts from "
                    + "scratch.",
        };

    public Option<int?> OutputStride { get; } = new("--stride")
    {
        Description = $"Image pixels per feature. {Strides} Default: 16, or the only one.",
    };

    public Option<int?> Epochs { get; } =
        new Option<int?>("--epochs")
        {
            Description =
                "Passes over the training images. Default: depends on data and scale; few photographs are passed over more often.",
        }.AtLeast(1);

    public Option<int?> ImageSize { get; } =
        new Option<int?>("--size")
        {
            Description =
                "Side in pixels of the square crops that training sees. Default: the scenes' size, or 225 for photographs (512 needs a "
                    + "GPU).",
        }.AtLeast(16);

    public Option<int?> BatchSize { get; } = new Option<int?>("--batch")
    {
        Description = "Images per training step; fewer need less memory. Default: 32 for drawn scenes, 16 for photographs.",
    }.AtLeast(2);

    public Option<int?> MicroBatch { get; } = new Option<int?>("--micro-batch")
    {
        Description = "Most images that pass a network at once in training: a step's pass in parts, their gradients are added up. Less " +
            "memory for as large steps. Default: all; where memory does not suffice, half of them.",
    }.AtLeast(2);

    public Option<double?> MaxMemory { get; } = new Option<double?>("--max-memory")
    {
        CustomParser = result => OptionChecks.Number(result),
        Description = "Most gigabytes that a training step may take, counted from the network's layers: as many images pass at once as " +
            "fit (see --micro-batch), and crops become smaller where not even two do. Leave a GPU half a gigabyte besides. Default: " +
            "no bound. walk trains its boundaries with as many images at once as the classifier had.",
    };

    public Option<string[]> Techniques { get; } = new("--technique", "-t")
    {
        Description = "A technique on top of plain training, with the options that are suggested for the data; others by name, such as " +
            "BoundaryLoss:published or MultiDilation:rates=[1,2,3]. May be given several times; any combine. " +
            $"There are {string.Join(", ", Family.Of<Technique>().Names)}.",
    };

    public Option<string[]> Refinement { get; } =
        new("--refinement", "-r")
        {
            Description =
                $"What is done to the maps before they become masks: {string.Join(", ", Family.Of<MapRefinement>().Names)}, with options "
                    + "by name, "
                + "such as walk:scale=2,steps=64 or 'crf:crf={iterations: 5}'. May be given several times: one after the other.",
        };

    public Option<string?> ThresholdRule { get; } =
        new("--threshold-rule")
        {
            Description =
                $"How the threshold of masks is chosen without masks: {string.Join(", ", Family.Of<MaskFreeRule>().Names)}. Default: "
                    + "best on the masks "
                + $"of the validation split, and {MaskFreeRule.Default.Name} where that has none.",
        };

    public MapOptions Maps { get; } = new();

    public StudentOptions Student { get; } = new();

    public SaliencyOption Saliency { get; } = new();

    public ShardOption Shard { get; } = new();

    public Option<SplitName> Split { get; } = new("--split")
    {
        Description = "train, validation (its masks choose the threshold, and options by hand) or test (held out, for reported numbers).",
        DefaultValueFactory = _ => SplitName.Test,
    };

    /// <summary>Adds the options that decide where and how networks run.</summary>
    public void AddRunOptions(Command command) => Add(command, Device, Threads, Store, StoreLimit, Json);

    /// <summary>Adds the options that choose a data set.</summary>
    public void AddDataOptions(Command command) => Add(command, Data, Scale, Seed);

    /// <summary>Adds the options that decide how maps are made of a trained classifier.</summary>
    public void AddMapOptions(Command command)
    {
        Maps.AddTo(command);
        Add(command, Refinement, Saliency.From);
    }

    /// <summary>Adds the options that decide how any network is trained.</summary>
    public void AddTrainingOptions(Command command) =>
        Add(command, Backbone, Weights, OutputStride, Precision, Epochs, ImageSize, BatchSize, MicroBatch, MaxMemory, Resume);

    /// <summary>The data set that <see cref="Data"/> names. In a folder it is looked for, once for a command.</summary>
    public DataSet DataSet(ParseResult parsed) => _dataSets.GetValue(
        parsed,
        parsed => Wsss.Data.DataSet.Parse(parsed.GetValue(Data)!, parsed.GetValue(Scale).ToString(), parsed.GetValue(Seed)));

    /// <summary>The data set, and the split of it that <see cref="Split"/> names.</summary>
    public (DataSplits Data, IMaskedSource Source) Source(ParseResult parsed)
    {
        var data = DataSet(parsed).Open();
        return (data, SplitOf(data, parsed.GetValue(Split)));
    }

    /// <summary>The split of a name.</summary>
    public static IMaskedSource SplitOf(DataSplits data, SplitName name) => name switch
    {
        SplitName.Train => data.Train,
        SplitName.Validation => data.Validation,
        _ => data.Test,
    };

    /// <summary>The data set's default experiment with what the arguments change; the epochs are the classifier's.</summary>
    /// <exception cref="RecipeException">An option cannot be, or photographs lack saliency, or nothing would look at it.</exception>
    public Experiment Experiment(ParseResult parsed) => Saliency.Apply(parsed, SharedExperiment(parsed));

    /// <summary>The same for contenders that bring techniques or refinements of their own: saliency is theirs to get.</summary>
    public Experiment SharedExperiment(ParseResult parsed)
    {
        var data = DataSet(parsed);
        var experiment = Pipeline.Experiment.For(
            data,
            BackboneSpec.Parse(parsed.GetValue(Backbone), parsed.GetValue(Weights), parsed.GetValue(OutputStride)),
            parsed.GetValue(Seed)
        );
        var (classifier, segmenter) = (InEpochs(parsed, experiment.Classifier), experiment.Segmenter);
        int size = parsed.GetValue(ImageSize) ?? classifier.Augmentation.Size,
            batch = parsed.GetValue(BatchSize) ?? classifier.BatchSize, micro = parsed.GetValue(MicroBatch) ?? 0;
        double memory = parsed.GetValue(MaxMemory) ?? 0;
        return Student.Apply(parsed, experiment with
        {
            Maps = Maps.Apply(parsed, experiment.Maps),
            Refinements = GivenRefinements(parsed),
            ThresholdRule = parsed.GetValue(ThresholdRule) is { } rule ? Family.Parse<MaskFreeRule>(rule, ThresholdRule.Name) : null,
            Classifier = classifier with
            {
                Backbone = classifier.Backbone with { Precision = parsed.GetValue(Precision) },
                Augmentation = classifier.Augmentation with { Size = size },
                BatchSize = batch,
                MicroBatch = micro,
                MaxMemory = memory,
                Techniques =
                [
                    .. (parsed.GetValue(Techniques) ?? []).Select(text =>
                        Family.Parse<Technique>(text, $"{Techniques.Name} {text}", data.Kind)
                    ),
                ],
            },
            Segmenter = segmenter with
            {
                Backbone = segmenter.Backbone with { Precision = parsed.GetValue(Precision) },
                Augmentation = segmenter.Augmentation with { Size = parsed.GetValue(ImageSize) ?? segmenter.Augmentation.Size },
                BatchSize = batch,
                MicroBatch = micro,
                MaxMemory = memory,
            },
        });
    }

    /// <summary>The refinements that <see cref="Refinement"/> names, in their order.</summary>
    /// <inheritdoc cref="Experiment"/>
    public IReadOnlyList<MapRefinement> Refinements(ParseResult parsed) =>
        Saliency.Apply(parsed, DataSet(parsed).Kind, GivenRefinements(parsed));

    private MapRefinement[] GivenRefinements(ParseResult parsed)
    {
        var kind = DataSet(parsed).Kind;
        MapRefinement[] steps =
        [
            .. (parsed.GetValue(Refinement) ?? []).Select(text => Family.Parse<MapRefinement>(text, $"{Refinement.Name} {text}", kind)),
        ];
        foreach (var step in steps)
            step.Validate();
        return steps;
    }

    /// <summary>The segmentation network's recipe; the epochs are its own.</summary>
    public SegmenterRecipe SegmenterRecipe(ParseResult parsed) => InEpochs(parsed, Experiment(parsed).Segmenter);

    private T InEpochs<T>(ParseResult parsed, T recipe) where T : NetworkRecipe =>
        parsed.GetValue(Epochs) is { } epochs ? NetworkRecipe.ForEpochs(recipe, epochs) : recipe;

    /// <summary>Where to run; progress goes to <paramref name="progress"/>.</summary>
    public RunContext Context(ParseResult parsed, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        // Commands without networks have no --device.
        var run = RunContext.Open(parsed.GetValue(Device) ?? "cpu", parsed.GetValue(Store), (long?)parsed.GetValue(StoreLimit) << 30);
        if (parsed.GetValue(Threads) is { } threads) TorchRuntime.UseThreads(threads);
        return run with { Progress = progress, Cancellation = cancellation, Resume = parsed.GetValue(Resume) };
    }

    /// <summary>Prints a command's result to standard output: as JSON if asked for, else as text.</summary>
    public void Print<T>(ParseResult parsed, T result, Func<T, string> toText) =>
        ResultText.Print(parsed.GetValue(Json) ? WsssJson.Write(result) : toText(result).TrimEnd());

    /// <summary>Which strides each backbone can have, in words.</summary>
    public static string Strides => string.Join("; ", Backbones.All.GroupBy(design => string.Join(", ", design.Strides))
        .Select(group => $"{Names(group)}: {group.Key}")) + ".";

    private static string Names(IEnumerable<BackboneDesign> designs) => string.Join(", ", designs.Select(design => design.Name));

    private static void Add(Command command, params Option[] options)
    {
        foreach (var option in options) command.Options.Add(option);
    }
}
