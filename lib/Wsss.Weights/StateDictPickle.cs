namespace Wsss.Weights;

/// <summary>
/// Reads the pickle of a PyTorch state dict into the values of <see cref="PickleMachine"/> and <see cref="PickledTensor"/>: it knows the
/// few names that state dicts need, passes over objects of <see cref="InertNames"/>, and refuses all else by name.
/// </summary>
internal sealed class StateDictPickle : PickleMachine
{
    /// <summary>A hundred times what the largest networks need.</summary>
    public const int MaxBytes = 1 << 24;

    private const int MaxSteps = 1_000_000;
    private const int MaxTensors = 100_000;
    private const int MaxNameLength = 256;

    private readonly Dictionary<string, PickledStorage> _storages;
    private int _tensors;

    private StateDictPickle(byte[] bytes, int start, Dictionary<string, PickledStorage> storages)
        : base(bytes, start, MaxSteps) => _storages = storages;

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
        at = machine.At;
        return result;
    }

    protected override object Resolve(string module, string name)
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
            _ when module.StartsWith("torch.nn.", StringComparison.Ordinal)
                    || module.StartsWith("torchvision.models.", StringComparison.Ordinal) => throw new NotSupportedException(
                $"it holds a whole network as a Python object ('{PlainText.Shown(module)}.{PlainText.Shown(name)}'), not its state dict, "
                    + "and objects are not made here. "
                    + "If you trust the file, load it in Python and save its state dict alone: torch.save(torch.load(path, "
                    + "weights_only=False).state_dict(), other_path)"
            ),
            _ => storage ?? throw Refused($"'{PlainText.Shown(module)}.{PlainText.Shown(name)}'"),
        };
    }

    /// <summary>The calls that a state dict consists of, written out.</summary>
    protected override object Call(object? function, object?[] arguments)
    {
        object result = (function, arguments) switch
        {
            (PickledName.OrderedDict, { Length: 0 }) => new PickledDict(isOrdered: true),
            (PickledName.RebuildTensor, { Length: 6 or 7 } a)
                when a[0] is PickledStorage storage
                    && a[1] is long offset
                    && Numbers(a[2]) is { } shape
                    && Numbers(a[3]) is { } strides
                    && a[4] is bool
                    && IsNothing(a[5])
                    && (a.Length == 6 || IsNothing(a[6])) => new PickledTensor(storage, offset, shape, strides),
            (PickledName.RebuildParameter, { Length: 3 } a) when a[0] is PickledTensor data && a[1] is bool && IsNothing(a[2]) => data,
            (PickledName.RebuildParameterWithState, { Length: 4 } a) when a[0] is PickledTensor data && a[1] is bool && IsNothing(a[2]) =>
                data,
            (PickledName.DefaultDict, { Length: <= 1 }) => new PickledDict(isOrdered: true),
            (PickledObject, _) => PickledObject.Any,
            (PickledName name, _) => throw Broken($"{name} has other arguments than torch.save writes"),
            _ => throw Refused("a call of a value that is no function"),
        };
        if (result is PickledTensor && ++_tensors > MaxTensors)
            throw Broken($"it has more than {MaxTensors} tensors");
        return result;
    }

    protected override void SetState(object? target, object? state)
    {
        if (target is not PickledObject && (state is not PickledDict || target is not PickledDict { IsOrdered: true }))
            throw Broken("it gives attributes to a value that is no OrderedDict");
    }

    /// <summary>Bytes are of no use here.</summary>
    protected override object BytesOf(ReadOnlySpan<byte> value) => PickledObject.Any;

    protected override object OldTextOf(ReadOnlySpan<byte> value) => Text(value);

    protected override void DoOther(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.EmptySet: Push(PickledObject.Any); break;
            case PickleOpcode.AddItems:
                PopToMark();
                if (Top() is not PickledObject) throw Broken("it adds to a value that is no set");
                break;
            case PickleOpcode.FrozenSet:
                PopToMark();
                Push(PickledObject.Any);
                break;
            case PickleOpcode.BinPersId: Push(ToStorage(Pop())); break;
            case PickleOpcode.NewObj:
                if (!Holds(2) || PopLast(2) is not [PickledObject, object?[]]) base.DoOther(opcode);
                Push(PickledObject.Any);
                break;
            default: base.DoOther(opcode); break;
        }
    }

    protected override NotSupportedException Refused(string what) => new(
        $"its pickle contains {what}, which a state dict does not need and which is refused, as pickles can run any program. " +
        "If you trust the file, load it in Python and save its state dict alone: torch.save(model.state_dict(), path)");

    private PickledStorage ToStorage(object? id)
    {
        // Before version 1.6 a view of another storage could follow.
        if (id is not object?[] { Length: 5 or 6 } parts || (parts.Length == 6 && parts[5] is not null)
            || parts is not ["storage", WeightType type, string { Length: <= MaxNameLength } key, string, long count, ..])
            throw Broken("a persistent id is not ('storage', type, key, device, count)");
        var storage = new PickledStorage(type, key, count);
        if (!_storages.TryAdd(storage.Key, storage) && _storages[storage.Key].Type != storage.Type)
            throw Broken($"the storage '{PlainText.Shown(storage.Key)}' has two types");
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
}
