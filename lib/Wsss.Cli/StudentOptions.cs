using System.CommandLine;
using Wsss.Pipeline;
using Wsss.Registry;
using Wsss.Segmentation;
using Wsss.Training;

namespace Wsss.Cli;

/// <summary>Options that decide how the segmentation network is trained and looks; the same for every command that trains one.</summary>
internal sealed class StudentOptions
{
    public Option<string?> Segmenter { get; } = new("--segmenter")
    {
        Description =
            "How the segmentation network is trained, in place of the data set's defaults: epochs=40,patience=6 (epochs without a rise on "
                + "validation until it ends; the best are kept), averaging=0.99 (moving average of the weights), balanced=true (classes "
                + "take turns), 'head={width: 128, decoder: 48}' (DeepLabv3+), 'augmentation={size: 257, minScale: 0.2}', "
                + "'optimizer={learningRate: 0.0003}'.",
    };

    public Option<string?> Inference { get; } = new("--segmenter-inference")
    {
        Description =
            "How the segmentation network looks at images: 'scales=[0.75,1,1.25],flip=true,crf={}' (a CRF afterwards), backgroundPower=2 "
                + "(more pixels become objects), 'saliency={weight: 0.5}' (joined with saliency, see --saliency), withLabels=true (no "
                + "class but those of an image's labels, as in pseudo masks; published figures are without).",
    };

    public Option<double?> IgnoreBand { get; } = new("--ignore-band")
    {
        CustomParser = result => OptionChecks.Number(result),
        Description =
            "Pixels of pseudo masks this near to the threshold are not learned from, 0…1 of the way to surely none and surely all.",
    };

    public Option<int?> SelfTraining { get; } = new Option<int?>("--self-training")
    {
        Description =
            "Rounds in which the segmentation network is trained anew on its own masks of the training images, given their labels.",
    }.AtLeast(0);

    /// <summary>Adds all of them; those about pseudo masks only where the command makes some.</summary>
    public void AddTo(Command command, bool makesMasks)
    {
        command.Options.Add(Segmenter);
        command.Options.Add(Inference);
        if (!makesMasks) return;
        command.Options.Add(IgnoreBand);
        command.Options.Add(SelfTraining);
    }

    /// <summary>The experiment with what the arguments change.</summary>
    /// <exception cref="WsssException">There is no such option, or it cannot be.</exception>
    public Experiment Apply(ParseResult parsed, Experiment experiment) => experiment with
    {
        Segmenter = parsed.GetValue(Segmenter) is { } training ? Over(experiment.Segmenter, training) : experiment.Segmenter,
        Inference = parsed.GetValue(Inference) is { } inference
            ? OptionMerge.Over(experiment.Inference, inference, Inference.Name, out _)
            : experiment.Inference,
        IgnoreBand = parsed.GetValue(IgnoreBand) ?? experiment.IgnoreBand,
        SelfTraining = parsed.GetValue(SelfTraining) ?? experiment.SelfTraining,
    };

    private SegmenterRecipe Over(SegmenterRecipe recipe, string options)
    {
        var merged = OptionMerge.Over(recipe, options, Segmenter.Name, out var given);
        return given.Contains(nameof(recipe.Epochs)) && !given.Contains(nameof(recipe.LeastSteps))
            ? NetworkRecipe.ForEpochs(merged, merged.Epochs)
            : merged;
    }
}
