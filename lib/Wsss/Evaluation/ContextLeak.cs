using Wsss.Data;
using Wsss.Localization;

namespace Wsss.Evaluation;

/// <summary>
/// How much of what is taken for objects lies on scenery that co-occurs with them (boats and water, trains and rails).
/// </summary>
/// <remarks>
/// Sums run over the scenes that have context pixels: scenes without any cannot leak, and their number should not
/// change the measure. Adding is thread-safe.
/// </remarks>
public sealed class ContextLeak
{
    private readonly object _gate = new();
    private double _mapMass, _mapMassOnContext;
    private long _foreground, _foregroundOnContext;

    /// <summary>Share of the maps' mass (the sum of all their values) on context pixels, 0…1; null while there is no mass.</summary>
    public double? Maps
    {
        get
        {
            lock (_gate) return _mapMass > 0 ? _mapMassOnContext / _mapMass : null;
        }
    }

    /// <summary>Share of the predicted foreground pixels on context pixels, 0…1; null while there are none.</summary>
    public double? Masks
    {
        get
        {
            lock (_gate) return _foreground > 0 ? (double)_foregroundOnContext / _foreground : null;
        }
    }

    /// <summary>Adds the maps of one scene.</summary>
    /// <param name="context">The context mask (<see cref="SceneTruth.Context"/>).</param>
    /// <param name="maps">The maps of the classes present, of the same size.</param>
    /// <exception cref="EvaluationException">The sizes differ.</exception>
    public void Add(LabelMap context, LocalizationMaps maps)
    {
        Guard.SameSize($"maps of '{maps.Id}'", maps.Width, maps.Height, context);
        if (!HasContext(context)) return;
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
        lock (_gate)
        {
            _mapMass += mass;
            _mapMassOnContext += onContext;
        }
    }

    /// <summary>Adds the predicted mask of one scene.</summary>
    /// <param name="context">The context mask (<see cref="SceneTruth.Context"/>).</param>
    /// <param name="prediction">The predicted class mask, of the same size; 255 counts as background.</param>
    /// <exception cref="EvaluationException">The sizes differ.</exception>
    public void Add(LabelMap context, LabelMap prediction)
    {
        Guard.SameSize("a prediction", prediction.Width, prediction.Height, context);
        if (!HasContext(context)) return;
        long foreground = 0, onContext = 0;
        for (int i = 0; i < context.Values.Length; i++)
        {
            if (prediction.Values[i] is 0 or LabelMap.Ignore) continue;
            foreground++;
            if (context.Values[i] != 0) onContext++;
        }
        lock (_gate)
        {
            _foreground += foreground;
            _foregroundOnContext += onContext;
        }
    }

    private static bool HasContext(LabelMap context) => context.Values.AsSpan().ContainsAnyExcept((byte)0);
}
