using static TorchSharp.torch;

namespace Wsss.Weights;

/// <summary>
/// Weights in the safetensors format: an 8-byte length, a JSON header, raw little-endian numbers. The one format that the
/// library writes.
/// </summary>
public sealed class SafeTensorsFile : IWeightFile
{
    private readonly TensorSource _source;

    private SafeTensorsFile(TensorSource source, IReadOnlyDictionary<string, string> metadata)
    {
        _source = source;
        Metadata = metadata;
    }

    /// <inheritdoc/>
    public string Path => _source.Path;

    /// <inheritdoc/>
    public string Format => "safetensors";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => _source.Tensors;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its whole header; no tensor is read yet.</summary>
    /// <exception cref="WeightFileException">The file cannot be opened, or is not a whole, valid safetensors file.</exception>
    public static SafeTensorsFile Open(string path) => WeightFile.OpenFile(path, Open);

    /// <summary>Reads the format from any stream that can seek; it belongs to the result unless this fails.</summary>
    internal static SafeTensorsFile Open(string name, Stream stream)
    {
        SafeTensorsHeader header = SafeTensorsHeader.Read(name, stream);
        return new SafeTensorsFile(new TensorSource(name, stream, header.Tensors), header.Metadata);
    }

    /// <inheritdoc/>
    public Tensor Read(string key) => _source.Read(key);

    /// <inheritdoc/>
    public void ReadInto(string key, Tensor target) => _source.ReadInto(key, target);

    /// <summary>
    /// Writes tensors of any device and layout, atomically. The bytes depend on names, values and metadata alone: header
    /// keys are sorted; the data are sorted by the size of their type, wide first, then by key, so that each is aligned.
    /// </summary>
    /// <param name="path">The file to write; its folder is created if missing.</param>
    /// <param name="tensors">The tensors by key.</param>
    /// <param name="metadata">Free text to keep with them.</param>
    /// <exception cref="WeightFileException">A type that the format lacks, or the reserved key <c>__metadata__</c>.</exception>
    public static void Write(
        string path,
        IReadOnlyDictionary<string, Tensor> tensors,
        IReadOnlyDictionary<string, string>? metadata = null
    ) =>
        SafeTensorsWriter.Write(
            path,
            tensors.Select(item => (item.Key, item.Value.dtype, (IReadOnlyList<long>)item.Value.shape)),
            key => tensors[key],
            metadata
        );

    /// <summary>Writes what another weight file holds, its metadata with it; one tensor at a time is in memory.</summary>
    /// <param name="path">The file to write; its folder is created if missing.</param>
    /// <param name="source">The open file; stays the caller's.</param>
    /// <exception cref="WeightFileException">The source cannot be read; the old file at <paramref name="path"/>, if any, stays.</exception>
    public static void Write(string path, IWeightFile source) =>
        SafeTensorsWriter.Write(
            path,
            source.Tensors.Select(item => (item.Key, item.Value.DType, item.Value.Shape)),
            source.Read,
            source.Metadata
        );

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
