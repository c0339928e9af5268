using Wsss.Data;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Refinement;
using Wsss.Segmentation;

namespace Wsss.Tests.Pipeline;

/// <summary>A model of small networks that have seen a few toy images, and the study that it comes from.</summary>
internal static class TinyModel
{
    public static Experiment Experiment { get; } = new()
    {
        Classifier = Toys.Recipe with { Epochs = 1 },
        Segmenter = Toys.SegmenterRecipe with { Epochs = 1 },
        Maps = new MapInference { Scales = [1, 1.5] },
        Refinements = [new PamrRefinement()],
        Inference = new SegmentationInference { Scales = [1, 1.25] },
    };

    public static Study Study(TempFolder folder, Experiment? experiment = null) =>
        Wsss.Pipeline.Study.On(Toys.BlobSplits(), experiment ?? Experiment, Toys.Run(folder));

    /// <summary>Saves the study's model as <c>model</c> of the folder.</summary>
    public static ModelFolder Save(TempFolder folder, Study study, bool segment)
    {
        using var segmenter = segment ? study.TrainSegmenter(study.Data.Train) : null;
        return ModelFolder.Save(folder.File("model"), study.Experiment, study.Classifier, segmenter, study.Threshold, study.Provenance);
    }

    /// <summary>Writes the images of a source as <c>photographs/ID.png</c>.</summary>
    public static IReadOnlyList<Photograph> Write(TempFolder folder, ISampleSource source)
    {
        foreach (Sample sample in source.LoadAll()) ImageFile.WritePng(folder.File("photographs", sample.Id + ".png"), sample.Image);
        return Photographs.Find(folder.File("photographs"));
    }
}
