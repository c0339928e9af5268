using Wsss.Data;
using Wsss.Registry;

namespace Wsss.Evaluation;

/// <summary>
/// How much of what is taken for objects lies on scenery that co-occurs with them (boats and water, trains and rails).
/// </summary>
/// <remarks>
/// Sums run over the scenes that have context pixels: scenes without any cannot leak, and their number should not
/// change the measure.
/// </remarks>
[Registered(
    "map leak, mask leak: share of the maps' mass, and of the predicted foreground, on scenery that co-occurs with drawn objects",
    Order = 40
)]
internal sealed class ContextLeak : Measure
{
    /// <summary>Share of the maps' mass (the sum of all their values) on context pixels.</summary>
    public const string Maps = "map leak";

    /// <summary>Share of the predicted foreground pixels on context pixels; a predicted 255 counts as background.</summary>
    public const string Masks = "mask leak";

    private double _mapMass, _mapMassOnContext;
    private long _foreground, _foregroundOnContext;

    /// <summary>Adds the predicted mask of one scene, and its maps where there are any.</summary>
    public override void Add(ScoredImage image)
    {
        if (image.Scene is not { Context: var context } || !context.Values.AsSpan().ContainsAnyExcept((byte)0)) return;
        AddMask(context, image.Prediction);
        if (image.Maps is { } maps) AddMaps(context, maps);
    }

    /// <summary>Both shares; null while there is no foreground or no mass.</summary>
    public override IReadOnlyList<MeasureValue> Values() =>
    [
        new(Maps, _mapMass > 0 ? _mapMassOnContext / _mapMass : null),
        new(Masks, _foreground > 0 ? (double)_foregroundOnContext / _foreground : null),
    ];

    private void AddMaps(LabelMap context, LocalizationMaps maps)
    {
        // Summed by scene, then over scenes: fewer roundings than one long sum.
        double mass = 0, onContext = 0;
        for (int k = 0; k < maps.Classes.Count; k++)
        {
            ReadOnlySpan<float> map = maps.Map(k);
            for (int i = 0; i < map.Length; i++)
            {
                mass += map[i];
                if (context.Values[i] != 0) onContext += map[i];
            }
        }
        _mapMass += mass;
        _mapMassOnContext += onContext;
    }

    private void AddMask(LabelMap context, LabelMap prediction)
    {
        for (int i = 0; i < context.Values.Length; i++)
        {
            if (prediction.Values[i] is 0 or LabelMap.Ignore) continue;
            _foreground++;
            if (context.Values[i] != 0) _foregroundOnContext++;
        }
    }
}
