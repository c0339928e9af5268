using System.Buffers.Binary;
using System.Text;

namespace Wsss.Data.Labels;

/// <summary>
/// Reads the pickle that <c>np.save</c> writes for a dict: a 0-dimensional array of objects with a dict from texts or whole numbers to arrays
/// of numbers. A pickle is a program that may call anything; this machine knows the operations and the five names that numpy uses for that,
/// refuses all else by name, and calls nothing.
/// </summary>
internal sealed class NumpyPickle
{
    private const int MaxBytes = 1 << 28;

    private static readonly object Marker = new();

    private readonly byte[] _bytes;
    private readonly List<object?> _stack = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _at;

    private NumpyPickle(byte[] bytes) => _bytes = bytes;

    /// <summary>The dict's keys, as text, and its arrays.</summary>
    /// <param name="bytes">The pickle.</param>
    /// <exception cref="InvalidDataException">It is broken, too large, or holds something else.</exception>
    public static IReadOnlyList<(string Key, float[] Values)> ReadDict(byte[] bytes)
    {
        if (bytes.Length > MaxBytes) throw new InvalidDataException($"it has more than {MaxBytes >> 20} MiB");
        object? value = new NumpyPickle(bytes).Run();
        if (value is PickledArray { Content: [Dictionary<object, object?> inner] }) value = inner;
        if (value is not Dictionary<object, object?> dict) throw new InvalidDataException("it holds no dict");
        return [.. dict.Select(pair => ($"{pair.Key}", pair.Value switch
        {
            PickledArray { Numbers: { } numbers } => numbers,
            List<object?> list when list.All(item => item is long or double) => [.. list.Select(Convert.ToSingle)],
            _ => throw new InvalidDataException($"under '{pair.Key}' it holds no array of numbers"),
        }))];
    }

    private object? Run()
    {
        // Each operation takes a byte at least.
        while (true)
        {
            byte operation = Take(1)[0];
            if (operation == '.') return Pop();
            Do(operation);
        }
    }

    private void Do(byte operation)
    {
        switch (operation)
        {
            case 0x80: Take(1); break;                                                                     // PROTO
            case 0x95: Take(8); break;                                                                     // FRAME
            case (byte)'N': _stack.Add(null); break;
            case 0x88: _stack.Add(true); break;
            case 0x89: _stack.Add(false); break;
            case (byte)'J': _stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case (byte)'K': _stack.Add((long)Take(1)[0]); break;
            case (byte)'M': _stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case 0x8a: _stack.Add(TakeLong()); break;                                                      // LONG1
            case (byte)'G': _stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case (byte)'X': _stack.Add(Encoding.UTF8.GetString(Take(Length4()))); break;
            case 0x8c: _stack.Add(Encoding.UTF8.GetString(Take(Take(1)[0]))); break;                       // SHORT_BINUNICODE
            case (byte)'U' or (byte)'C': _stack.Add(Take(Take(1)[0]).ToArray()); break;                    // SHORT_BINSTRING, SHORT_BINBYTES
            case (byte)'T' or (byte)'B': _stack.Add(Take(Length4()).ToArray()); break;                     // BINSTRING, BINBYTES
            case (byte)'(': _stack.Add(Marker); break;
            case (byte)')': _stack.Add(Array.Empty<object?>()); break;
            case 0x85 or 0x86 or 0x87: _stack.Add(Last(operation - 0x84)); break;                          // TUPLE1, 2, 3
            case (byte)'t': _stack.Add(ToMark()); break;
            case (byte)']': _stack.Add(new List<object?>()); break;
            case (byte)'a': Append(Last(1)); break;
            case (byte)'e': Append(ToMark()); break;
            case (byte)'}': _stack.Add(new Dictionary<object, object?>()); break;
            case (byte)'s': SetItems(Last(2)); break;
            case (byte)'u': SetItems(ToMark()); break;
            case (byte)'q': _memo[Take(1)[0]] = Top(); break;
            case (byte)'r': _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Top(); break;
            case 0x94: _memo[(uint)_memo.Count] = Top(); break;                                            // MEMOIZE
            case (byte)'h': _stack.Add(Recall(Take(1)[0])); break;
            case (byte)'j': _stack.Add(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case (byte)'c': _stack.Add(Name(Line(), Line())); break;
            case 0x93: _stack.Add(Last(2) is [string module, string name] ? Name(module, name) : throw Broken("a name is no text")); break;
            case (byte)'R': _stack.Add(Call(Last(2))); break;
            case (byte)'b': Build(Pop()); break;
            default: throw new InvalidDataException($"it asks for the operation 0x{operation:x2}, which arrays of labels do not need");
        }
    }

    private static object Name(string module, string name) => (module, name) switch
    {
        ("numpy.core.multiarray" or "numpy._core.multiarray", "_reconstruct") => PickledFunction.Reconstruct,
        ("numpy", "ndarray") => PickledFunction.Array,
        ("numpy", "dtype") => PickledFunction.Type,
        ("_codecs", "encode") => PickledFunction.Encode,
        ("numpy.core.multiarray" or "numpy._core.multiarray", "scalar") => PickledFunction.Scalar,
        _ => throw new InvalidDataException($"it asks for '{Plain(module)}.{Plain(name)}', which is not made here"),
    };

    private static object Call(object?[] call) => call switch
    {
        [PickledFunction.Reconstruct, object?[] { Length: 3 }] => new PickledArray(),
        [PickledFunction.Type, object?[] and [string or byte[], ..] arguments] => new PickledType(Text(arguments[0])),
        // Bytes in Python 2's way.
        [PickledFunction.Encode, object?[] and [string text, ..]] => Encoding.Latin1.GetBytes(text),
        [PickledFunction.Scalar, object?[] and [PickledType type, byte[] data]] => (double)type.Read(data)[0],
        _ => throw Broken("it calls something in a way that numpy does not"),
    };

    private void Build(object? state)
    {
        switch (Top(), state)
        {
            // (version, shape, type, Fortran order, content)
            case (PickledArray array, object?[] { Length: 5 } parts) when parts[2] is PickledType type:
                array.Content = parts[4] is List<object?> objects ? [.. objects] : null;
                array.Numbers = parts[4] is byte[] data ? type.Read(data) : array.Content?.All(item => item is long or double) == true
                    ? [.. array.Content.Select(Convert.ToSingle)] : null;
                break;
            // (version, byte order, …)
            case (PickledType type, object?[] parts) when parts.Length > 1:
                if (Text(parts[1]) == ">") throw Broken("its numbers are in big endian");
                break;
            default: throw Broken("it gives a state to something that has none");
        }
    }

    private void Append(object?[] items)
    {
        if (Top() is not List<object?> list) throw Broken("it appends to no list");
        list.AddRange(items);
    }

    private void SetItems(object?[] items)
    {
        if (Top() is not Dictionary<object, object?> dict || items.Length % 2 != 0) throw Broken("it sets items of no dict");
        for (int i = 0; i < items.Length; i += 2)
        {
            object key = items[i] switch { string or long => items[i]!, byte[] text => Encoding.UTF8.GetString(text), _ => throw Broken("a key is no text") };
            dict[key] = items[i + 1];
        }
    }

    private object? Recall(uint index) => _memo.TryGetValue(index, out object? value) ? value : throw Broken("it recalls what it never kept");

    private object? Top() => _stack.Count > 0 && _stack[^1] != Marker ? _stack[^1] : throw Broken("it takes a value where there is none");

    private object? Pop() => Last(1)[0];

    private object?[] Last(int count) => _stack.Count >= count ? Remove(_stack.Count - count) : throw Broken("it takes a value where there is none");

    private object?[] ToMark()
    {
        int mark = _stack.LastIndexOf(Marker);
        if (mark < 0) throw Broken("it takes values up to a mark where there is none");
        object?[] items = Remove(mark + 1);
        _stack.RemoveAt(mark);
        return items;
    }

    private object?[] Remove(int start)
    {
        object?[] items = [.. _stack[start..]];
        _stack.RemoveRange(start, items.Length);
        return items;
    }

    private long TakeLong()
    {
        ReadOnlySpan<byte> digits = Take(Take(1)[0]);
        if (digits.Length > sizeof(long)) throw Broken("a whole number is too large");
        long value = digits.Length > 0 && digits[^1] >= 0x80 ? -1 : 0;
        for (int i = digits.Length - 1; i >= 0; i--) value = (value << 8) | digits[i];
        return value;
    }

    private long Length4() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private string Line()
    {
        int length = _bytes.AsSpan(_at).IndexOf((byte)'\n');
        if (length < 0) throw Broken("a name has no end");
        string line = Encoding.UTF8.GetString(Take(length));
        _at++;
        return line;
    }

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count > _bytes.Length - _at) throw Broken("it ends too early");
        ReadOnlySpan<byte> taken = _bytes.AsSpan(_at, (int)count);
        _at += (int)count;
        return taken;
    }

    private static string Text(object? value) => value switch { string text => text, byte[] bytes => Encoding.Latin1.GetString(bytes), _ => "" };

    private static string Plain(string name) => PlainText.Of(name.Length > 60 ? name[..60] : name);

    private static InvalidDataException Broken(string how) => new(how);

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
            int size = Name switch { "f4" or "i4" => 4, "f8" or "i8" => 8, "i2" or "f2" => 2, "u1" or "i1" or "b1" => 1, _ => throw Broken($"its numbers are of the type '{Plain(Name)}'") };
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
