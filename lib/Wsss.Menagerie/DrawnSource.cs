using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Wsss.Data;
using Wsss.Menagerie.Drawing;

namespace Wsss.Menagerie;

/// <summary>A list of pictures that a program draws, with all that the drawing knows about them.</summary>
/// <remarks>
/// Each picture has its own random stream, made from seed, split and index: it is the same on every machine, whatever
/// the order and the thread in which pictures are drawn. Pictures are drawn when first asked for and kept: about
/// 7·size² bytes each (64 kB at 96 pixels).
/// </remarks>
public abstract class DrawnSource : IMaskedSource
{
    private readonly string _split;
    private readonly long _splitKey;
    private readonly DrawnScene?[] _scenes;

    private protected DrawnSource(string split, int count)
    {
        if (string.IsNullOrWhiteSpace(split))
            throw new DataSetException("Expected a name for the Menagerie split, found none; give one, such as 'train'.");
        if (count < 1)
            throw new DataSetException($"Expected at least one Menagerie scene, found a count of {count}; ask for one or more.");
        _split = split;
        _splitKey = BitConverter.ToInt64(Hash(split));
        _scenes = new DrawnScene?[count];
    }

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public int Count => _scenes.Length;

    /// <inheritdoc/>
    public abstract string Fingerprint { get; }

    /// <inheritdoc/>
    public string Id(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return string.Create(CultureInfo.InvariantCulture, $"{_split}_{index:D5}");
    }

    /// <summary>The classes that the picture shows (zero-based, ascending). Draws it if that was not done yet.</summary>
    public IReadOnlyList<int> Labels(int index) => Load(index).Labels;

    /// <summary>Draws a picture, or returns it if that was done before.</summary>
    /// <param name="index">0 … <see cref="Count"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such picture.</exception>
    public Sample Load(int index) => Drawn(index).Sample;

    /// <inheritdoc/>
    public bool HasMask(int index) => true;

    /// <summary>The mask of a picture, drawn with it.</summary>
    public LabelMap Mask(int index) => Drawn(index).Mask;

    /// <summary>The truths of a picture, drawn with it.</summary>
    public SceneTruth Truth(int index) => Drawn(index).Truth;

    /// <summary>Draws all pictures that were not drawn yet, on all cores.</summary>
    /// <param name="progress">Told after each picture, from any thread.</param>
    /// <param name="cancellation">Stops between two pictures; those drawn so far are kept.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Prepare(IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        int ready = 0;
        Parallel.For(0, Count, new ParallelOptions { CancellationToken = cancellation }, index =>
        {
            Load(index);
            progress?.Report(new WorkProgress($"draw {Name}", Interlocked.Increment(ref ready), Count));
        });
    }

    /// <summary>Draws a picture; the same arguments give the same bytes on every machine.</summary>
    private protected abstract DrawnScene Draw(string id, long splitKey, int index);

    /// <summary>The fingerprint of a list, from everything that decides its pixels.</summary>
    private protected static string FingerprintOf(string text) => Convert.ToHexString(Hash(text));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private DrawnScene Drawn(int index)
    {
        string id = Id(index);
        // Two threads may draw the same picture; both get the one that was kept first.
        return Volatile.Read(ref _scenes[index])
            ?? Interlocked.CompareExchange(ref _scenes[index], Draw(id, _splitKey, index), null)
            ?? _scenes[index]!;
    }
}
