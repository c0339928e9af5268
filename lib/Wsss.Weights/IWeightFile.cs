using static TorchSharp.torch;

namespace Wsss.Weights;

/// <summary>
/// An open file of named tensors. Opening checks everything but the numbers; these are read when they are asked for,
/// straight into the memory where they are wanted. It holds a handle: dispose it. Not for several threads at once.
/// </summary>
public interface IWeightFile : IDisposable
{
    /// <summary>The file's path, as given.</summary>
    string Path { get; }

    /// <summary>The format's name, for people.</summary>
    string Format { get; }

    /// <summary>The tensors by key.</summary>
    IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>Free text that the writer left; empty if none.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The wrapper in which the tensors lie, such as <c>state_dict</c>; empty at the file's top.</summary>
    string Nest => "";

    /// <summary>What beside it holds tensors that were not taken, such as <c>model_ema</c>.</summary>
    IReadOnlyList<string> OtherNests => [];

    /// <summary>Reads one tensor as the file has it.</summary>
    /// <param name="key">A key of <see cref="Tensors"/>.</param>
    /// <returns>A contiguous CPU tensor of the entry's shape and type; the caller owns it.</returns>
    /// <exception cref="WeightFileException">No such tensor, or the file cannot be read any more.</exception>
    Tensor Read(string key);

    /// <summary>Overwrites a tensor with one of the file, converted to its type, on its device.</summary>
    /// <param name="key">A key of <see cref="Tensors"/>.</param>
    /// <param name="target">As many elements as the entry has; its own shape stays.</param>
    /// <exception cref="WeightFileException">No such tensor, another element count, or the file cannot be read any more.</exception>
    void ReadInto(string key, Tensor target);
}
