using static TorchSharp.torch;

namespace Wsss.Weights;

/// <summary>A type of numbers that weight files may hold.</summary>
/// <param name="DType">The type.</param>
/// <param name="Size">Bytes per number.</param>
/// <param name="SafeTensorsName">Its name in the safetensors format.</param>
/// <param name="StorageName">The name of PyTorch's class for a run of such numbers.</param>
internal sealed record WeightType(ScalarType DType, int Size, string SafeTensorsName, string StorageName)
{
    public static IReadOnlyList<WeightType> All { get; } =
    [
        new(ScalarType.Float64, 8, "F64", "DoubleStorage"), new(ScalarType.Float32, 4, "F32", "FloatStorage"),
        new(ScalarType.Float16, 2, "F16", "HalfStorage"), new(ScalarType.BFloat16, 2, "BF16", "BFloat16Storage"),
        new(ScalarType.Int64, 8, "I64", "LongStorage"), new(ScalarType.Int32, 4, "I32", "IntStorage"),
        new(ScalarType.Int16, 2, "I16", "ShortStorage"), new(ScalarType.Int8, 1, "I8", "CharStorage"),
        new(ScalarType.Byte, 1, "U8", "ByteStorage"), new(ScalarType.Bool, 1, "BOOL", "BoolStorage"),
    ];
}
