using TorchSharp;
using Wsss.Data;
using Wsss.Menagerie;
using Wsss.Training;

namespace Wsss.Notebooks.Tests.Play;

/// <summary>Untrained classifiers and drawn scenes for a page to play with.</summary>
internal static class PlayTrials
{
    /// <summary>A classifier of the drawn scenes whose head has random weights, large enough that maps differ.</summary>
    public static TrainedClassifier Classifier(string folder, Recipe recipe)
    {
        torch.manual_seed(3);
        var network = recipe.CreateClassifier(Scenes().ClassNames);
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        foreach (var (name, tensor) in network.state_dict())
            if (name.StartsWith("head.", StringComparison.Ordinal)) tensor.normal_(0, 0.1);
        network.eval();
        return new TrainedClassifier(network, recipe, new TrainingHistory([]), folder);
    }

    /// <summary>Two drawn scenes, and a part of one whose sides are odd and differ.</summary>
    public static Sample[] Samples()
    {
        var scenes = Scenes();
        Sample cut = scenes.Load(2);
        return [scenes.Load(0), scenes.Load(1), cut with { Image = Cut(cut.Image, 83, 67) }];
    }

    private static IMaskedSource Scenes() => new MenagerieData { Scale = SceneScale.Smoke }.Open().Test;

    private static RgbImage Cut(RgbImage image, int width, int height) =>
        new(width, height, [.. Enumerable.Range(0, height).SelectMany(y => image.Pixels.Skip(3 * y * image.Width).Take(3 * width))]);
}
