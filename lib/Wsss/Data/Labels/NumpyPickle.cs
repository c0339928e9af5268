using System.Buffers.Binary;
using System.Text;
using Wsss.Weights;

namespace Wsss.Data.Labels;

/// <summary>
/// Reads the pickle that <c>np.save</c> writes for a dict: a 0-dimensional array of objects with a dict from texts or whole numbers to
/// arrays of numbers. It knows the five names that numpy uses for that and refuses all else by name.
/// </summary>
internal sealed class NumpyPickle : PickleMachine
{
    private const int MaxBytes = 1 << 27, MaxSteps = 1 << 24;

    private NumpyPickle(byte[] bytes) : base(bytes, start: 0, MaxSteps)
    {
    }

    /// <summary>The dict's keys, as text, and its arrays.</summary>
    /// <param name="bytes">The pickle.</param>
    /// <exception cref="InvalidDataException">It is broken, too large, or holds something else.</exception>
    /// <exception cref="NotSupportedException">It asks for what arrays of labels do not need.</exception>
    public static IReadOnlyList<(string Key, float[] Values)> ReadDict(byte[] bytes)
    {
        if (bytes.Length > MaxBytes) throw new InvalidDataException($"it has more than {MaxBytes >> 20} MiB");
        object? value = new NumpyPickle(bytes).Run();
        if (value is PickledArray { Content: [PickledDict inner] }) value = inner;
        if (value is not PickledDict dict) throw new InvalidDataException("it holds no dict");
        return [.. dict.Select(pair => ($"{pair.Key}", pair.Value switch
        {
            PickledArray { Numbers: { } numbers } => numbers,
            List<object?> list when list.All(item => item is long or double) => [.. list.Select(Convert.ToSingle)],
            _ => throw new InvalidDataException($"under '{PlainText.Shown($"{pair.Key}")}' it holds no array of numbers"),
        }))];
    }

    protected override object Resolve(string module, string name) => (module, name) switch
    {
        ("numpy.core.multiarray" or "numpy._core.multiarray", "_reconstruct") => PickledFunction.Reconstruct,
        ("numpy", "ndarray") => PickledFunction.Array,
        ("numpy", "dtype") => PickledFunction.Type,
        ("_codecs", "encode") => PickledFunction.Encode,
        ("numpy.core.multiarray" or "numpy._core.multiarray", "scalar") => PickledFunction.Scalar,
        _ => throw Refused($"'{PlainText.Shown(module)}.{PlainText.Shown(name)}'"),
    };

    protected override object Call(object? function, object?[] arguments) => (function, arguments) switch
    {
        (PickledFunction.Reconstruct, { Length: 3 }) => new PickledArray(),
        (PickledFunction.Type, [string or byte[], ..]) => new PickledType(Ascii(arguments[0])),
        // Bytes in Python 2's way.
        (PickledFunction.Encode, [string text, ..]) => Encoding.Latin1.GetBytes(text),
        (PickledFunction.Scalar, [PickledType type, byte[] data]) when type.Read(data) is [var number] => (double)number,
        _ => throw Broken("it calls something in a way that numpy does not"),
    };

    protected override void SetState(object? target, object? state)
    {
        switch (target, state)
        {
            // (version, shape, type, Fortran order, content)
            case (PickledArray array, object?[] { Length: 5 } parts) when parts[2] is PickledType type:
                array.Content = parts[4] is List<object?> objects ? [.. objects] : null;
                array.Numbers = parts[4] is byte[] data ? type.Read(data) : array.Content?.All(item => item is long or double) == true
                    ? [.. array.Content.Select(Convert.ToSingle)] : null;
                break;
            // (version, byte order, …)
            case (PickledType, object?[] parts) when parts.Length > 1:
                if (Ascii(parts[1]) == ">") throw Broken("its numbers are in big endian");
                break;
            default: throw Broken("it gives a state to something that has none");
        }
    }

    protected override object BytesOf(ReadOnlySpan<byte> value) => value.ToArray();

    protected override object OldTextOf(ReadOnlySpan<byte> value) => value.ToArray();

    protected override PickledKey? KeyOf(object? key) =>
        base.KeyOf(key is byte[] text ? Text(text) : key) ?? throw Broken("a key is a number that is too large");

    protected override NotSupportedException Refused(string what) =>
        new($"its pickle asks for {what}, which arrays of labels do not need and which is not made here");

    private static string Ascii(object? value) =>
        value switch
        {
            string text => text,
            byte[] bytes => Encoding.Latin1.GetString(bytes),
            _ => "",
        };

    private enum PickledFunction
    {
        Reconstruct,
        Array,
        Type,
        Encode,
        Scalar,
    }

    private sealed class PickledArray
    {
        public object?[]? Content { get; set; }

        public float[]? Numbers { get; set; }
    }

    private sealed record PickledType(string Name)
    {
        /// <summary>Numbers in little endian.</summary>
        public float[] Read(byte[] data)
        {
            int size = Name switch
            {
                "f4" or "i4" => 4,
                "f8" or "i8" => 8,
                "i2" or "f2" => 2,
                "u1" or "i1" or "b1" => 1,
                _ => throw Broken($"its numbers are of the type '{PlainText.Shown(Name)}'"),
            };
            if (data.Length % size != 0) throw Broken("an array has a part of a number");
            var numbers = new float[data.Length / size];
            for (int i = 0; i < numbers.Length; i++)
            {
                ReadOnlySpan<byte> at = data.AsSpan(i * size, size);
                numbers[i] = Name switch
                {
                    "f4" => BinaryPrimitives.ReadSingleLittleEndian(at),
                    "f8" => (float)BinaryPrimitives.ReadDoubleLittleEndian(at),
                    "f2" => (float)BinaryPrimitives.ReadHalfLittleEndian(at),
                    "i8" => BinaryPrimitives.ReadInt64LittleEndian(at),
                    "i4" => BinaryPrimitives.ReadInt32LittleEndian(at),
                    "i2" => BinaryPrimitives.ReadInt16LittleEndian(at),
                    "i1" => (sbyte)at[0],
                    _ => at[0],
                };
            }
            return numbers;
        }
    }
}
