using System.Buffers.Binary;
using System.Text;

namespace Wsss.Weights;

/// <summary>
/// Reads the pickle of a PyTorch state dict into plain values: null, bool, long, double, string, object?[] (tuples),
/// List&lt;object?&gt;, <see cref="PickledDict"/>, <see cref="PickledTensor"/>, <see cref="PickledObject"/>. A pickle is a program for a
/// stack machine that may import and call anything; this machine knows the opcodes and the few names that state dicts need,
/// passes over objects of <see cref="InertNames"/>, refuses all else by name, and never calls anything. Sizes, counts and the
/// number of steps are bounded.
/// </summary>
internal sealed class StateDictPickle
{
    /// <summary>A hundred times what the largest networks need.</summary>
    public const int MaxBytes = 1 << 24;

    private const int MaxSteps = 1_000_000;
    private const int MaxTensors = 100_000;
    private const int MaxKeyLength = 1024;
    private const int MaxNameLength = 256;
    private const int MaxProtocol = 5;
    private const int MaxLong = 32;

    private static readonly object Marker = new();
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _bytes;
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _at;
    private int _tensors;

    private readonly Dictionary<string, PickledStorage> _storages;

    private StateDictPickle(byte[] bytes, int start, Dictionary<string, PickledStorage> storages) =>
        (_bytes, _at, _storages) = (bytes, start, storages);

    /// <summary>Reads a whole pickle.</summary>
    /// <exception cref="InvalidDataException">It is broken, or too large.</exception>
    /// <exception cref="NotSupportedException">It asks for what no state dict needs.</exception>
    public static object? Read(byte[] bytes)
    {
        int at = 0;
        object? result = ReadOne(bytes, ref at, []);
        return at == bytes.Length ? result : throw Broken("it goes on after its end");
    }

    /// <summary>Reads one of several pickles in a row.</summary>
    /// <param name="bytes">The bytes that they lie in.</param>
    /// <param name="at">Where it begins; then where it ended.</param>
    /// <param name="storages">The storages that it mentions are added, by key.</param>
    /// <inheritdoc cref="Read"/>
    public static object? ReadOne(byte[] bytes, ref int at, Dictionary<string, PickledStorage> storages)
    {
        var machine = new StateDictPickle(bytes, at, storages);
        object? result = machine.Run();
        at = machine._at;
        return result;
    }

    private object? Run()
    {
        for (int step = 0; step < MaxSteps; step++)
        {
            var opcode = (PickleOpcode)Take(1)[0];
            if (opcode == PickleOpcode.Stop)
            {
                object? result = Pop();
                if (_stack.Count > 0) throw Broken("it goes on after its end");
                return result;
            }
            Do(opcode);
        }
        throw Broken($"it takes more than {MaxSteps} steps");
    }

    private void Do(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                if (Take(1)[0] is var version and > MaxProtocol) throw Broken($"its protocol is {version}, expected at most {MaxProtocol}");
                break;
            case PickleOpcode.Frame: Take(8); break;

            case PickleOpcode.None: _stack.Add(null); break;
            case PickleOpcode.NewTrue: _stack.Add(true); break;
            case PickleOpcode.NewFalse: _stack.Add(false); break;
            case PickleOpcode.BinInt: _stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case PickleOpcode.BinInt1: _stack.Add((long)Take(1)[0]); break;
            case PickleOpcode.BinInt2: _stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case PickleOpcode.Long1: TakeLong(); break;
            case PickleOpcode.BinFloat: _stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case PickleOpcode.ShortBinUnicode or PickleOpcode.ShortBinString: _stack.Add(Text(Take(Take(1)[0]))); break;
            case PickleOpcode.BinUnicode or PickleOpcode.BinString: _stack.Add(Text(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))))); break;

            case PickleOpcode.ShortBinBytes: Pass(Take(1)[0]); break;
            case PickleOpcode.BinBytes: Pass(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;

            case PickleOpcode.Mark:
                _marks.Push(_stack.Count);
                _stack.Add(Marker);
                break;
            case PickleOpcode.EmptyTuple: _stack.Add(Array.Empty<object?>()); break;
            case PickleOpcode.Tuple1: _stack.Add(PopLast(1)); break;
            case PickleOpcode.Tuple2: _stack.Add(PopLast(2)); break;
            case PickleOpcode.Tuple3: _stack.Add(PopLast(3)); break;
            case PickleOpcode.Tuple: _stack.Add(PopToMark()); break;
            case PickleOpcode.EmptyList: _stack.Add(new List<object?>()); break;
            case PickleOpcode.Append: Append(PopLast(1)); break;
            case PickleOpcode.Appends: Append(PopToMark()); break;
            case PickleOpcode.EmptyDict: _stack.Add(new PickledDict(isOrdered: false)); break;
            case PickleOpcode.SetItem: SetItems(PopLast(2)); break;
            case PickleOpcode.SetItems: SetItems(PopToMark()); break;

            case PickleOpcode.EmptySet: _stack.Add(PickledObject.Any); break;
            case PickleOpcode.AddItems:
                PopToMark();
                if (Top() is not PickledObject) throw Broken("it adds to a value that is no set");
                break;
            case PickleOpcode.FrozenSet:
                PopToMark();
                _stack.Add(PickledObject.Any);
                break;

            case PickleOpcode.BinPut: Keep(Take(1)[0]); break;
            case PickleOpcode.LongBinPut: Keep(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            case PickleOpcode.Memoize: Keep((uint)_memo.Count); break;
            case PickleOpcode.BinGet: Recall(Take(1)[0]); break;
            case PickleOpcode.LongBinGet: Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;

            case PickleOpcode.Global: _stack.Add(Resolve(TakeLine(), TakeLine())); break;
            case PickleOpcode.StackGlobal:
                _stack.Add(PopLast(2) is [string module, string name] ? Resolve(module, name) : throw Broken("STACK_GLOBAL lacks its two names"));
                break;
            case PickleOpcode.BinPersId: _stack.Add(ToStorage(Pop())); break;
            case PickleOpcode.Reduce: Reduce(); break;
            case PickleOpcode.NewObj when _stack is [.., PickledObject, object?[]]:
                PopLast(2);
                _stack.Add(PickledObject.Any);
                break;
            case PickleOpcode.Build:
                object? state = Pop();
                if (Top() is not PickledObject && (state is not PickledDict || Top() is not PickledDict { IsOrdered: true }))
                    throw Broken("it gives attributes to a value that is no OrderedDict");
                break;

            default: throw Refused(Enum.IsDefined(opcode) ? $"opcode {opcode.ToString().ToUpperInvariant()} (0x{(byte)opcode:x2})" : $"unknown opcode 0x{(byte)opcode:x2}");
        }
    }

    private static object Resolve(string module, string name)
    {
        WeightType? storage = module == "torch" ? WeightType.All.FirstOrDefault(type => type.StorageName == name) : null;
        return (module, name) switch
        {
            ("collections", "OrderedDict") => PickledName.OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2") => PickledName.RebuildTensor,
            ("torch._utils", "_rebuild_parameter") => PickledName.RebuildParameter,
            ("torch._utils", "_rebuild_parameter_with_state") => PickledName.RebuildParameterWithState,
            ("collections", "defaultdict") => PickledName.DefaultDict,
            _ when InertNames.Contains(module, name) => PickledObject.Any,
            _ when module.StartsWith("torch.nn.", StringComparison.Ordinal) || module.StartsWith("torchvision.models.", StringComparison.Ordinal) =>
                throw new NotSupportedException(
                    $"it holds a whole network as a Python object ('{Shown(module)}.{Shown(name)}'), not its state dict, and objects are not made here. " +
                    "If you trust the file, load it in Python and save its state dict alone: torch.save(torch.load(path, weights_only=False).state_dict(), other_path)"),
            _ => storage ?? throw Refused($"'{Shown(module)}.{Shown(name)}'"),
        };
    }

    /// <summary>The calls that a state dict consists of, written out.</summary>
    private void Reduce()
    {
        object?[] call = PopLast(2);
        object result = call switch
        {
            [PickledName.OrderedDict, object?[] { Length: 0 }] => new PickledDict(isOrdered: true),
            [PickledName.RebuildTensor, object?[] { Length: 6 or 7 } a]
                when a[0] is PickledStorage storage && a[1] is long offset && Numbers(a[2]) is { } shape && Numbers(a[3]) is { } strides
                    && a[4] is bool && IsNothing(a[5]) && (a.Length == 6 || IsNothing(a[6])) => new PickledTensor(storage, offset, shape, strides),
            [PickledName.RebuildParameter, object?[] { Length: 3 } a] when a[0] is PickledTensor data && a[1] is bool && IsNothing(a[2]) => data,
            [PickledName.RebuildParameterWithState, object?[] { Length: 4 } a] when a[0] is PickledTensor data && a[1] is bool && IsNothing(a[2]) => data,
            [PickledName.DefaultDict, object?[] { Length: <= 1 }] => new PickledDict(isOrdered: true),
            [PickledObject, object?[]] => PickledObject.Any,
            [PickledName name, _] => throw Broken($"{name} has other arguments than torch.save writes"),
            _ => throw Refused("a call of a value that is no function"),
        };
        if (result is PickledTensor && ++_tensors > MaxTensors) throw Broken($"it has more than {MaxTensors} tensors");
        _stack.Add(result);
    }

    private PickledStorage ToStorage(object? id)
    {
        // Before version 1.6 a view of another storage could follow.
        if (id is not object?[] { Length: 5 or 6 } parts || (parts.Length == 6 && parts[5] is not null)
            || parts is not ["storage", WeightType type, string { Length: <= MaxNameLength } key, string, long count, ..])
            throw Broken("a persistent id is not ('storage', type, key, device, count)");
        var storage = new PickledStorage(type, key, count);
        if (!_storages.TryAdd(storage.Key, storage) && _storages[storage.Key].Type != storage.Type)
            throw Broken($"the storage '{Shown(storage.Key)}' has two types");
        return storage;
    }

    /// <summary>Hooks and metadata: whoever sets them means something that would be lost here.</summary>
    private static bool IsNothing(object? value) => value is null or PickledDict { Count: 0 };

    private static long[]? Numbers(object? value)
    {
        if (value is not object?[] { Length: <= TensorEntry.MaxDimensions } items) return null;
        var numbers = new long[items.Length];
        for (int i = 0; i < items.Length; i++)
        {
            if (items[i] is not long number) return null;
            numbers[i] = number;
        }
        return numbers;
    }

    private void Append(object?[] items)
    {
        if (Top() is PickledObject) return;
        if (Top() is not List<object?> list) throw Broken("it appends to a value that is no list");
        list.AddRange(items);
    }

    private void SetItems(object?[] items)
    {
        if (Top() is PickledObject) return;
        if (Top() is not PickledDict dict || items.Length % 2 != 0) throw Broken("it sets items of a value that is no dict, or keys without values");
        for (int i = 0; i < items.Length; i += 2)
        {
            if (items[i] is PickledObject) continue;
            PickledKey key = items[i] switch
            {
                string { Length: <= MaxKeyLength } text => new PickledKey(text),
                long number => new PickledKey(null, number),
                _ => throw Broken($"a key is neither a whole number nor a text of up to {MaxKeyLength} characters"),
            };
            if (!dict.TryAdd(key, items[i + 1])) throw Broken($"the key '{Shown($"{key}")}' occurs twice");
        }
    }

    private void Keep(uint index)
    {
        // Python counts up from 0, so that no more are needed.
        if (index >= MaxSteps) throw Broken($"it keeps a value under the number {index}");
        _memo[index] = Top();
    }

    private void Recall(uint index) => _stack.Add(_memo.TryGetValue(index, out object? value) ? value : throw Broken($"it recalls value {index}, which it never kept"));

    private object? Top() => _stack.Count > 0 && _stack[^1] != Marker ? _stack[^1] : throw Broken("it takes a value where there is none");

    private object? Pop() => PopLast(1)[0];

    private object?[] PopLast(int count)
    {
        int floor = _marks.TryPeek(out int mark) ? mark + 1 : 0;
        if (_stack.Count - floor < count) throw Broken("it takes a value where there is none");
        return Remove(_stack.Count - count);
    }

    private object?[] PopToMark()
    {
        if (!_marks.TryPop(out int mark)) throw Broken("it takes values up to a mark where there is none");
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

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count > _bytes.Length - _at) throw Broken($"it asks for {count} bytes where {_bytes.Length - _at} are left");
        ReadOnlySpan<byte> taken = _bytes.AsSpan(_at, (int)count);
        _at += (int)count;
        return taken;
    }

    private string TakeLine()
    {
        int length = _bytes.AsSpan(_at).IndexOf((byte)'\n');
        if (length < 0) throw Broken("a name has no end");
        string line = Text(Take(length));
        _at++;
        return line;
    }

    private void TakeLong()
    {
        ReadOnlySpan<byte> digits = Take(Take(1)[0]);
        if (digits.Length > MaxLong) throw Broken($"a whole number has {digits.Length} bytes, expected at most {MaxLong}");
        if (digits.Length > sizeof(long))
        {
            // A seed of 64 bits has a byte more for its sign.
            _stack.Add(PickledObject.Any);
            return;
        }
        long value = digits.Length > 0 && digits[^1] >= 0x80 ? -1 : 0;
        for (int i = digits.Length - 1; i >= 0; i--) value = (value << 8) | digits[i];
        _stack.Add(value);
    }

    private void Pass(long bytes)
    {
        Take(bytes);
        _stack.Add(PickledObject.Any);
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw Broken("a text is not UTF-8", error);
        }
    }

    /// <summary>A name out of the file, fit for a message: not long, and without characters that steer a terminal.</summary>
    internal static string Shown(string text) =>
        string.Concat(text.Take(MaxNameLength).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));

    private static InvalidDataException Broken(string problem, Exception? inner = null) => new($"its pickle is broken: {problem}", inner);

    private static NotSupportedException Refused(string what) => new(
        $"its pickle contains {what}, which a state dict does not need and which is refused, as pickles can run any program. " +
        "If you trust the file, load it in Python and save its state dict alone: torch.save(model.state_dict(), path)");
}
