using Wsss.Data;

namespace Wsss.Evaluation;

/// <summary>All that a <see cref="Measure"/> gets to see of one image; everything has the true mask's size.</summary>
public sealed class ScoredImage
{
    /// <summary>Puts one image's truth beside what was predicted for it.</summary>
    /// <param name="id">The image's name.</param>
    /// <param name="truth">The true mask: 0 background, c + 1 for class c, 255 not counted.</param>
    /// <param name="prediction">The predicted mask; 255 counts as background.</param>
    /// <param name="scene">What a drawn scene knows beyond its mask; null for photographs.</param>
    /// <param name="maps">The maps that the mask comes from; null if there are none.</param>
    /// <exception cref="EvaluationException">The sizes differ.</exception>
    public ScoredImage(string id, LabelMap truth, LabelMap prediction, SceneTruth? scene = null, LocalizationMaps? maps = null)
    {
        Guard.SameSize("a prediction", prediction.Width, prediction.Height, truth);
        if (maps is not null) Guard.SameSize($"maps of '{maps.Id}'", maps.Width, maps.Height, truth);
        if (scene is not null)
        {
            Guard.SameSize("a part mask", scene.Parts.Width, scene.Parts.Height, truth);
            Guard.SameSize("a context mask", scene.Context.Width, scene.Context.Height, truth);
        }
        (Id, Truth, Prediction, Scene, Maps) = (id, truth, prediction, scene, maps);
    }

    /// <summary>The image's name.</summary>
    public string Id { get; }

    /// <summary>The true mask: 0 background, c + 1 for class c, 255 not counted.</summary>
    public LabelMap Truth { get; }

    /// <summary>The predicted mask; 255 counts as background.</summary>
    public LabelMap Prediction { get; }

    /// <summary>What a drawn scene knows beyond its mask; null for photographs.</summary>
    public SceneTruth? Scene { get; }

    /// <summary>The maps that the mask comes from; null if there are none.</summary>
    public LocalizationMaps? Maps { get; }
}
