namespace Wsss.Models;

/// <summary>
/// In which numbers a network convolves and multiplies; its weights, its outputs and all that follows are float32 either way.
/// </summary>
public enum Precision
{
    /// <summary>float32: 24 bits of a number's digits.</summary>
    Float32,

    /// <summary>
    /// bfloat16: float32's range with 8 bits of digits, at half of the memory; fast on NVIDIA GPUs from Ampere on, slow on a CPU.
    /// </summary>
    BFloat16,
}
