using System.Buffers.Binary;
using System.Text;

namespace Wsss.Weights;

/// <summary>
/// A pickle is a program for a stack machine that may import and call anything. This machine has no way to do either: it puts numbers,
/// texts, tuples, lists and dicts together, hands every name and every call to <see cref="Resolve"/> and <see cref="Call"/> of the reader
/// above it, and refuses all other opcodes by name. What it does is bounded by the pickle's bytes, <paramref name="maxSteps"/> and what is
/// said at the constants.
/// </summary>
/// <remarks>
/// Values are null, bool, long, double, string, object?[] (tuples), List&lt;object?&gt;, <see cref="PickledDict"/>,
/// <see cref="PickledObject"/>, and what the reader above makes.
/// </remarks>
/// <param name="bytes">The bytes in which the pickle lies.</param>
/// <param name="start">Where it begins.</param>
/// <param name="maxSteps">Most opcodes that are carried out.</param>
internal abstract class PickleMachine(byte[] bytes, int start, int maxSteps)
{
    /// <summary>Longest text that can be the key of a dict.</summary>
    protected const int MaxKeyLength = 1024;

    private const int MaxProtocol = 5;
    private const int MaxLong = 32;

    private static readonly object Marker = new();
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];

    /// <summary>The first byte that was not read yet.</summary>
    public int At { get; private set; } = start;

    /// <summary>Runs up to the pickle's end.</summary>
    /// <returns>What it holds.</returns>
    /// <exception cref="InvalidDataException">It is broken, or takes more than is allowed.</exception>
    /// <exception cref="NotSupportedException">It asks for what the reader does not know.</exception>
    public object? Run()
    {
        for (int step = 0; step < maxSteps; step++)
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
        throw Broken($"it takes more than {maxSteps} steps");
    }

    /// <summary>What a name stands for; nothing may be looked up by it.</summary>
    /// <exception cref="NotSupportedException">The reader does not know it.</exception>
    protected abstract object Resolve(string module, string name);

    /// <summary>What a call of such a name gives, written out: nothing is called.</summary>
    protected abstract object Call(object? function, object?[] arguments);

    /// <summary>Gives a state to a value that the reader made.</summary>
    protected abstract void SetState(object? target, object? state);

    /// <summary>What bytes stand for.</summary>
    protected abstract object BytesOf(ReadOnlySpan<byte> value);

    /// <summary>What a text of Python 2 stands for, which is bytes as well.</summary>
    protected abstract object OldTextOf(ReadOnlySpan<byte> value);

    /// <summary>An opcode that only some readers know.</summary>
    protected virtual void DoOther(PickleOpcode opcode) =>
        throw Refused(
            Enum.IsDefined(opcode)
                ? $"opcode {opcode.ToString().ToUpperInvariant()} (0x{(byte)opcode:x2})"
                : $"unknown opcode 0x{(byte)opcode:x2}"
        );

    /// <summary>The error of what the reader does not know.</summary>
    protected abstract NotSupportedException Refused(string what);

    /// <summary>A key of a dict; null for one that is passed over.</summary>
    protected virtual PickledKey? KeyOf(object? key) => key switch
    {
        string { Length: <= MaxKeyLength } text => new PickledKey(text),
        long number => new PickledKey(null, number),
        PickledObject => null,
        _ => throw Broken($"a key is neither a whole number nor a text of up to {MaxKeyLength} characters"),
    };

    protected void Push(object? value) => _stack.Add(value);

    protected object? Top() => _stack.Count > 0 && _stack[^1] != Marker ? _stack[^1] : throw NoValue();

    protected object? Pop() => PopLast(1)[0];

    /// <summary>Whether so many values lie above the last mark.</summary>
    protected bool Holds(int count) => _stack.Count - Floor >= count;

    protected object?[] PopToMark()
    {
        if (!_marks.TryPop(out int mark)) throw Broken("it takes values up to a mark where there is none");
        object?[] items = Remove(mark + 1);
        _stack.RemoveAt(mark);
        return items;
    }

    protected object?[] PopLast(int count) => Holds(count) ? Remove(_stack.Count - count) : throw NoValue();

    protected static string Text(ReadOnlySpan<byte> text)
    {
        try
        {
            return StrictUtf8.GetString(text);
        }
        catch (DecoderFallbackException error)
        {
            throw Broken("a text is not UTF-8", error);
        }
    }

    protected static InvalidDataException Broken(string problem, Exception? inner = null) => new($"its pickle is broken: {problem}", inner);

    private int Floor => _marks.TryPeek(out int mark) ? mark + 1 : 0;

    private void Do(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                if (Take(1)[0] is var version and > MaxProtocol)
                    throw Broken($"its protocol is {version}, expected at most {MaxProtocol}");
                break;
            case PickleOpcode.Frame:
                Take(8);
                break;

            case PickleOpcode.None:
                Push(null);
                break;
            case PickleOpcode.NewTrue:
                Push(true);
                break;
            case PickleOpcode.NewFalse:
                Push(false);
                break;
            case PickleOpcode.BinInt:
                Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                break;
            case PickleOpcode.BinInt1:
                Push((long)Take(1)[0]);
                break;
            case PickleOpcode.BinInt2:
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                break;
            case PickleOpcode.Long1:
                PushLong();
                break;
            case PickleOpcode.BinFloat:
                Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                break;
            case PickleOpcode.ShortBinUnicode:
                Push(Text(Take(Take(1)[0])));
                break;
            case PickleOpcode.BinUnicode:
                Push(Text(Take(TakeCount())));
                break;
            case PickleOpcode.ShortBinString:
                Push(OldTextOf(Take(Take(1)[0])));
                break;
            case PickleOpcode.BinString:
                Push(OldTextOf(Take(TakeCount())));
                break;
            case PickleOpcode.ShortBinBytes:
                Push(BytesOf(Take(Take(1)[0])));
                break;
            case PickleOpcode.BinBytes:
                Push(BytesOf(Take(TakeCount())));
                break;

            case PickleOpcode.Mark:
                _marks.Push(_stack.Count);
                Push(Marker);
                break;
            case PickleOpcode.EmptyTuple:
                Push(Array.Empty<object?>());
                break;
            case PickleOpcode.Tuple1:
                Push(PopLast(1));
                break;
            case PickleOpcode.Tuple2:
                Push(PopLast(2));
                break;
            case PickleOpcode.Tuple3:
                Push(PopLast(3));
                break;
            case PickleOpcode.Tuple:
                Push(PopToMark());
                break;
            case PickleOpcode.EmptyList:
                Push(new List<object?>());
                break;
            case PickleOpcode.Append:
                Append(PopLast(1));
                break;
            case PickleOpcode.Appends:
                Append(PopToMark());
                break;
            case PickleOpcode.EmptyDict:
                Push(new PickledDict(isOrdered: false));
                break;
            case PickleOpcode.SetItem:
                SetItems(PopLast(2));
                break;
            case PickleOpcode.SetItems:
                SetItems(PopToMark());
                break;

            case PickleOpcode.BinPut:
                Keep(Take(1)[0]);
                break;
            case PickleOpcode.LongBinPut:
                Keep(TakeCount());
                break;
            case PickleOpcode.Memoize:
                Keep((uint)_memo.Count);
                break;
            case PickleOpcode.BinGet:
                Recall(Take(1)[0]);
                break;
            case PickleOpcode.LongBinGet:
                Recall(TakeCount());
                break;

            case PickleOpcode.Global:
                Push(Resolve(TakeLine(), TakeLine()));
                break;
            case PickleOpcode.StackGlobal:
                Push(PopLast(2) is [string module, string name] ? Resolve(module, name) : throw Broken("STACK_GLOBAL lacks its two names"));
                break;
            case PickleOpcode.Reduce:
                Push(
                    PopLast(2) is [var function, object?[] arguments]
                        ? Call(function, arguments)
                        : throw Broken("it calls something without a tuple of arguments")
                );
                break;
            case PickleOpcode.Build:
                object? state = Pop();
                SetState(Top(), state);
                break;

            default:
                DoOther(opcode);
                break;
        }
    }

    private void Append(object?[] items)
    {
        if (Top() is PickledObject) return;
        if (Top() is not List<object?> list) throw Broken("it appends to a value that is no list");
        list.AddRange(items);
    }

    private void SetItems(object?[] items)
    {
        if (Top() is PickledObject)
            return;
        if (Top() is not PickledDict dict || items.Length % 2 != 0)
            throw Broken("it sets items of a value that is no dict, or keys without values");
        for (int i = 0; i < items.Length; i += 2)
        {
            if (KeyOf(items[i]) is { } key && !dict.TryAdd(key, items[i + 1]))
                throw Broken($"the key '{PlainText.Shown($"{key}")}' occurs twice");
        }
    }

    private void Keep(uint index)
    {
        // Python counts up from 0, so that no more are needed.
        if (index >= maxSteps) throw Broken($"it keeps a value under the number {index}");
        _memo[index] = Top();
    }

    private void Recall(uint index) =>
        Push(_memo.TryGetValue(index, out object? value) ? value : throw Broken($"it recalls value {index}, which it never kept"));

    private object?[] Remove(int start)
    {
        object?[] items = [.. _stack[start..]];
        _stack.RemoveRange(start, items.Length);
        return items;
    }

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count > bytes.Length - At) throw Broken($"it asks for {count} bytes where {bytes.Length - At} are left");
        ReadOnlySpan<byte> taken = bytes.AsSpan(At, (int)count);
        At += (int)count;
        return taken;
    }

    private uint TakeCount() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private string TakeLine()
    {
        int length = bytes.AsSpan(At).IndexOf((byte)'\n');
        if (length < 0) throw Broken("a name has no end");
        string line = Text(Take(length));
        At++;
        return line;
    }

    private void PushLong()
    {
        ReadOnlySpan<byte> digits = Take(Take(1)[0]);
        if (digits.Length > MaxLong) throw Broken($"a whole number has {digits.Length} bytes, expected at most {MaxLong}");
        if (digits.Length > sizeof(long))
        {
            // A seed of 64 bits has a byte more for its sign.
            Push(PickledObject.Any);
            return;
        }
        long value = digits.Length > 0 && digits[^1] >= 0x80 ? -1 : 0;
        for (int i = digits.Length - 1; i >= 0; i--) value = (value << 8) | digits[i];
        Push(value);
    }

    private static InvalidDataException NoValue() => Broken("it takes a value where there is none");
}
