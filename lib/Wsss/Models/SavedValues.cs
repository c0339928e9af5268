using Wsss.Weights;
using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>Looks for numbers that make every result of a network wrong.</summary>
internal static class SavedValues
{
    /// <summary>What is wrong with a tensor's numbers.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="key">The file's key.</param>
    /// <param name="type">The type that the network will have them in.</param>
    /// <returns>Null if they can be used.</returns>
    public static string? Problem(IWeightFile file, string key, ScalarType type)
    {
        if (!IsFloatingPoint(type)) return null;
        using var scope = NewDisposeScope();
        Tensor values = file.Read(key).to(type);
        long broken = values.isfinite().logical_not().sum().item<long>();
        if (broken > 0) return $"{key} ({broken} of {values.NumberOfElements} numbers NaN or infinite)";
        if (!key.EndsWith("running_var", StringComparison.Ordinal)) return null;
        long negative = values.lt(0).sum().item<long>();
        return negative > 0 ? $"{key} ({negative} of {values.NumberOfElements} variances negative)" : null;
    }

    private static bool IsFloatingPoint(ScalarType type) =>
        type is ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16;
}
