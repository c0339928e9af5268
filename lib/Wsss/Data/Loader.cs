using System.Buffers;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Wsss.Data;

/// <summary>How a <see cref="Loader"/> makes batches.</summary>
public sealed record LoaderOptions
{
    /// <summary>Samples per batch, at least 1.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>What happens to each image; null leaves it at its own size, so that a batch needs images of one size.</summary>
    public Augmentation? Augmentation { get; init; }

    /// <summary>True puts the samples into another random order in each epoch.</summary>
    public bool Shuffle { get; init; }

    /// <summary>True gives every class the same number of turns in a shuffled epoch: images of rare ones come several times.</summary>
    public bool Balanced { get; init; }

    /// <summary>Decides order and augmentation, together with the epoch.</summary>
    public int Seed { get; init; }

    /// <summary>Threads that prepare samples ahead; 0 prepares them on the caller's thread.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>True leaves out a last batch that is not full.</summary>
    public bool DropLast { get; init; }
}

/// <summary>
/// Decodes, augments and normalises samples ahead of the training step, and hands them out as batches on a device.
/// </summary>
/// <remarks>
/// The randomness of a sample comes from (seed, epoch, position in the epoch) alone: batches are bit-identical for any number
/// of workers. Workers fill managed memory; tensors are made on the thread that enumerates, for a GPU with workers on one of its own.
/// </remarks>
/// <example><code>
/// var loader = new Loader(train, new LoaderOptions { Augmentation = new(), Shuffle = true, Seed = 1 }, device);
/// foreach (Batch batch in loader.Epoch(0))
///     using (batch) Step(batch.Images, batch.Labels);
/// </code></example>
public sealed class Loader
{
    private const int BatchesAhead = 2;

    private readonly ISampleSource _source;
    private readonly LoaderOptions _options;
    private readonly Device _device;

    /// <summary>A loader of a source; nothing is read until an epoch is enumerated.</summary>
    /// <param name="source">Where the samples come from.</param>
    /// <param name="options">Batch size, augmentation, order and threads.</param>
    /// <param name="device">Where the batches' tensors shall lie.</param>
    /// <exception cref="RecipeException">An option is out of its range.</exception>
    public Loader(ISampleSource source, LoaderOptions options, Device device)
    {
        if (options.BatchSize < 1)
            throw new RecipeException(
                $"Expected a batch size of at least 1, found {options.BatchSize}. Change {nameof(LoaderOptions.BatchSize)}."
            );
        if (options.Workers < 0)
            throw new RecipeException($"Expected 0 or more workers, found {options.Workers}. Change {nameof(LoaderOptions.Workers)}.");
        options.Augmentation?.Validate();
        (_source, _options, _device) = (source, options, device);
    }

    /// <summary>Number of batches in an epoch.</summary>
    public int BatchesPerEpoch =>
        _options.DropLast ? _source.Count / _options.BatchSize : (_source.Count + _options.BatchSize - 1) / _options.BatchSize;

    /// <summary>
    /// The batches of an epoch. The caller owns each batch and disposes it. Leaving the loop early ends the workers.
    /// </summary>
    /// <param name="epoch">Number of the epoch, from 0.</param>
    /// <param name="skip">Batches at the start to leave out without preparing them, when training resumes within an epoch.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="skip"/> is not in 0…<see cref="BatchesPerEpoch"/>.</exception>
    /// <exception cref="ImageFileException">While enumerating: a file is broken.</exception>
    /// <exception cref="DataSetException">While enumerating: without augmentation, images of a batch differ in size.</exception>
    public IEnumerable<Batch> Epoch(int epoch, int skip = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(skip, BatchesPerEpoch);
        return Batches(epoch, skip);
    }

    /// <summary>An image alone, normalised and at its own size, for inference.</summary>
    /// <param name="image">The pixels.</param>
    /// <param name="device">Where the tensor shall lie.</param>
    /// <returns>[1, 3, H, W] float32; the caller owns it.</returns>
    public static Tensor ImageTensor(RgbImage image, Device device)
    {
        Tensor tensor = empty(1, 3, image.Height, image.Width);
        PreparedSample.Normalize(image, MemoryMarshal.Cast<byte, float>(tensor.bytes));
        return tensor.SentTo(device);
    }

    private IEnumerable<Batch> Batches(int epoch, int skip)
    {
        int[] order = Order(epoch);

        int first = skip * _options.BatchSize;
        int end = Math.Min(BatchesPerEpoch * _options.BatchSize, order.Length);
        using var samples = new OrderedPrefetch<PreparedSample>(
            end - first, BatchesAhead * _options.BatchSize, _options.Workers, i => Prepare(order[first + i], epoch, first + i));
        // Steps on a GPU wait for this thread, which starts their work: another one puts batches together and sends them.
        int threads = _device.type == TorchSharp.DeviceType.CPU ? 0 : Math.Min(_options.Workers, 1);
        using var batches = new OrderedPrefetch<Batch>(BatchesPerEpoch - skip, BatchesAhead, threads, number =>
            Together(samples, Math.Min(_options.BatchSize, end - first - number * _options.BatchSize)));
        for (int i = skip; i < BatchesPerEpoch; i++) yield return batches.Next();
    }

    private Batch Together(OrderedPrefetch<PreparedSample> samples, int count)
    {
        var parts = new PreparedSample[count];
        for (int i = 0; i < count; i++) parts[i] = samples.Next();
        Batch batch = Stack(parts);
        foreach (PreparedSample part in parts) ArrayPool<float>.Shared.Return(part.Image);
        return batch;
    }

    private int[] Order(int epoch)
    {
        var random = SeededRandom.For(_options.Seed, epoch);
        if (_options.Shuffle && _options.Balanced) return ClassBalance.Order(_source, random);
        int[] order = [.. Enumerable.Range(0, _source.Count)];
        if (_options.Shuffle) random.Shuffle(order.AsSpan());
        return order;
    }

    private PreparedSample Prepare(int index, int epoch, int position)
    {
        Sample sample = _source.Load(index);
        return _options.Augmentation is { } augmentation
            ? augmentation.Apply(sample, SeededRandom.For(_options.Seed, epoch, position), ArrayPool<float>.Shared.Rent)
            : PreparedSample.Unchanged(sample, ArrayPool<float>.Shared.Rent);
    }

    private Batch Stack(PreparedSample[] parts)
    {
        (int width, int height, int plane) = (parts[0].Width, parts[0].Height, parts[0].Width * parts[0].Height);
        if (parts.FirstOrDefault(part => (part.Width, part.Height) != (width, height)) is { } other)
        {
            throw new DataSetException(
                $"Expected images of one size in a batch, found {width}×{height} ('{parts[0].Id}') and {other.Width}×{other.Height} "
                    + $"('{other.Id}'). "
                    + "Set an augmentation with a fixed size, or a batch size of 1."
            );
        }

        Tensor images = empty(parts.Length, 3, height, width); // [N, 3, H, W]
        Span<float> imageValues = MemoryMarshal.Cast<byte, float>(images.bytes);
        Tensor labels = zeros(parts.Length, _source.ClassNames.Count); // [N, C]
        Span<float> labelValues = MemoryMarshal.Cast<byte, float>(labels.bytes);
        for (int n = 0; n < parts.Length; n++)
        {
            parts[n].Image.AsSpan(0, 3 * plane).CopyTo(imageValues[(3 * plane * n)..]);
            foreach (int label in parts[n].Labels)
                labelValues[n * _source.ClassNames.Count + label] = 1;
        }
        string[] ids = [.. parts.Select(part => part.Id)];
        return new Batch(ids, images.SentTo(_device), labels.SentTo(_device)) { Planes = StackPlanes(parts) };
    }

    private Dictionary<string, Tensor> StackPlanes(PreparedSample[] parts)
    {
        (int width, int height, int plane) = (parts[0].Width, parts[0].Height, parts[0].Width * parts[0].Height);
        var planes = new Dictionary<string, Tensor>();
        foreach (string name in parts[0].SoftPlanes.Keys.Where(name => parts.All(part => part.SoftPlanes.ContainsKey(name))))
        {
            Tensor stacked = empty(parts.Length, height, width); // [N, H, W]
            Span<float> values = MemoryMarshal.Cast<byte, float>(stacked.bytes);
            for (int n = 0; n < parts.Length; n++) parts[n].SoftPlanes[name].CopyTo(values.Slice(n * plane, plane));
            planes.Add(name, stacked.SentTo(_device));
        }
        foreach (string name in parts[0].LabelPlanes.Keys.Where(name => parts.All(part => part.LabelPlanes.ContainsKey(name))))
        {
            Tensor stacked = empty(parts.Length, height, width, int64); // [N, H, W]
            Span<long> values = MemoryMarshal.Cast<byte, long>(stacked.bytes);
            for (int n = 0; n < parts.Length; n++)
            {
                byte[] labels = parts[n].LabelPlanes[name];
                for (int i = 0; i < plane; i++) values[n * plane + i] = labels[i];
            }
            planes.Add(name, stacked.SentTo(_device));
        }
        return planes;
    }
}
