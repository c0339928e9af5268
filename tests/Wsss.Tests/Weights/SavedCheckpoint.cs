using static TorchSharp.torch;

namespace Wsss.Tests.Weights;

/// <summary>Checkpoints as training code saves them: dicts in dicts, with tensors, numbers, texts and other objects.</summary>
internal static class SavedCheckpoint
{
    /// <summary>The values of a dict, in order.</summary>
    public static (string Key, object? Value)[] Dict(IEnumerable<KeyValuePair<string, Tensor>> tensors, string prefix = "") =>
        [.. tensors.Select(item => (prefix + item.Key, (object?)item.Value))];

    /// <summary>A file of <c>torch.save</c>.</summary>
    /// <param name="content">
    /// A dict as (key, value) pairs, a list as object[], a float32 or int64 tensor, a text, a whole number, null, or what writes itself.
    /// </param>
    public static byte[] File(object? content)
    {
        var storages = new List<Tensor>();
        var pickle = new PickleWriter();
        Write(pickle, content, storages);
        return TorchSaved.File(pickle.Stop(), storages.Select(Bytes));
    }

    /// <summary>The same in the format before version 1.6.</summary>
    public static byte[] LegacyFile(object? content)
    {
        var storages = new List<Tensor>();
        var pickle = new PickleWriter();
        Write(pickle, content, storages);
        return Legacy(pickle.Stop(), [.. storages.Select((tensor, i) => ($"{i}", tensor.NumberOfElements, Bytes(tensor)))]);
    }

    /// <summary>A pickle and its storages in the format before version 1.6.</summary>
    public static byte[] Legacy(byte[] pickle, (string Key, long Count, byte[] Numbers)[] storages)
    {
        var keys = new PickleWriter().Op(PickleWriter.EmptyList, PickleWriter.Mark);
        foreach ((string key, _, _) in storages)
            keys.Text(key);
        return
        [
            .. new PickleWriter().Op(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19).Stop(),
            .. new PickleWriter().Int(1001).Stop(),
            .. new PickleWriter().Op(PickleWriter.EmptyDict).Text("little_endian").Op(PickleWriter.True, PickleWriter.SetItem).Stop(),
            .. pickle,
            .. keys.Op(PickleWriter.Appends).Stop(),
            .. storages.SelectMany(storage => TorchSaved.Bytes(storage.Count).Concat(storage.Numbers)),
        ];
    }

    private static byte[] Bytes(Tensor tensor) => tensor.contiguous().bytes.ToArray();

    private static void Write(PickleWriter pickle, object? value, List<Tensor> storages)
    {
        switch (value)
        {
            case null:
                pickle.Op(PickleWriter.None);
                break;
            case string text:
                pickle.Text(text);
                break;
            case int number:
                pickle.Int(number);
                break;
            case Action<PickleWriter> write:
                write(pickle);
                break;
            case Tensor tensor:
                int place = storages.FindIndex(other => ReferenceEquals(other, tensor));
                if (place < 0)
                {
                    place = storages.Count;
                    storages.Add(tensor);
                }
                long[] strides =
                [
                    .. tensor.shape.Select((_, d) => tensor.shape[(d + 1)..].Aggregate(1L, (product, extent) => product * extent)),
                ];
                pickle.Tensor(
                    tensor.dtype == int64 ? "LongStorage"
                        : tensor.dtype == float64 ? "DoubleStorage"
                        : "FloatStorage",
                    $"{place}",
                    tensor.NumberOfElements,
                    0,
                    tensor.shape,
                    strides
                );
                break;
            case ValueTuple<string, object?>[] dict:
                pickle.OrderedDict().Op(PickleWriter.Mark);
                foreach ((string key, object? item) in dict)
                {
                    pickle.Text(key);
                    Write(pickle, item, storages);
                }
                pickle.Op(PickleWriter.SetItems);
                break;
            case object[] list:
                pickle.Op(PickleWriter.EmptyList, PickleWriter.Mark);
                foreach (object item in list)
                    Write(pickle, item, storages);
                pickle.Op(PickleWriter.Appends);
                break;
            default:
                throw new ArgumentException($"{value.GetType()}");
        }
    }
}
