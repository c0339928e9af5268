using Wsss.Localization;
using Wsss.Refinement;
using Wsss.Segmentation;

namespace Wsss.Pipeline;

/// <summary>What <c>model.json</c> of a <see cref="ModelFolder"/> says.</summary>
internal sealed record ModelDescription
{
    /// <summary>The form of model.json that this library writes and reads.</summary>
    public const int CurrentSchema = 1;

    /// <summary>The form of the file.</summary>
    public required int Schema { get; init; }

    /// <summary>Names of the C classes: label c + 1 of a mask is class c.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>How maps are read off the classifier.</summary>
    public required MapInference Maps { get; init; }

    /// <summary>What is done to the maps before they become masks, one after the other.</summary>
    public required IReadOnlyList<MapRefinement> Refinements { get; init; }

    /// <summary>The background score that turns maps into masks, 0…1.</summary>
    public required float Threshold { get; init; }

    /// <summary>How the segmentation network looks at images; null where there is none, and masks come from maps.</summary>
    public SegmentationInference? Segmentation { get; init; }

    /// <summary>The SHA-256 of each weight file, by its path in the folder.</summary>
    public required IReadOnlyDictionary<string, string> Weights { get; init; }

    /// <summary>What it was made with.</summary>
    public required Provenance Provenance { get; init; }
}
