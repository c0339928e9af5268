using Wsss.Data;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Wsss.Menagerie.Drawing;

namespace Wsss.Menagerie;

/// <summary>
/// Drawn scenes with truths that photographs lack: which pixels are the telling part of an object (a head, a sail, a
/// locomotive), which belong to any object at all, and which show scenery that co-occurs with a class (water, rails).
/// </summary>
/// <remarks>
/// Each scene has its own random stream, made from seed, split and index: it is the same on every machine, whatever
/// the order and the thread in which scenes are drawn. Scenes are drawn when first asked for and kept: about
/// 7·<see cref="DrawnSceneOptions.Size"/>² bytes each (64 kB at 96 pixels).
/// <para>
/// Cat, dog, rabbit and bear share a body and differ in the head; coat and tail are a weaker cue
/// (<see cref="DrawnSceneOptions.CueReliability"/>). Bodies without heads, hulls without sails and wagons without a
/// locomotive occur as distractors. Colours are picked to stand out from what lies behind, without regard to the class.
/// Masks show what is visible; every object of a class shows at least 1 % of the image and 45 % of itself.
/// For <see cref="SceneSubjects.Others"/>, all object pixels of the part mask are <see cref="SceneTruth.Body"/>.
/// </para>
/// </remarks>
/// <example><code>
/// DataSplits splits = DrawnScenes.Splits(SceneScale.Quick, seed: 0);
/// Sample scene = splits.Train.Load(0);
/// LabelMap mask = splits.Train.Mask(0);
/// </code></example>
public sealed class DrawnScenes : IMaskedSource
{
    // Part of the fingerprint: raise it with every change that alters a pixel.
    private const int DrawingVersion = 1;

    private readonly string _split;
    private readonly long _splitKey;
    private readonly DrawnScene?[] _scenes;

    /// <summary>A list of scenes; nothing is drawn yet.</summary>
    /// <param name="split">Name of the split, such as <c>train</c>; other names give other scenes.</param>
    /// <param name="count">Number of scenes, at least 1. The first scenes of a longer list are those of a shorter one.</param>
    /// <param name="options">How to draw; the defaults if null.</param>
    /// <exception cref="DataSetException">An option lies outside its range, the name is empty, or there is no scene.</exception>
    public DrawnScenes(string split, int count, DrawnSceneOptions? options = null)
    {
        Options = options ?? new DrawnSceneOptions();
        Options.Check();
        if (string.IsNullOrWhiteSpace(split))
            throw new DataSetException("Expected a name for the Menagerie split, found none; give one, such as 'train'.");
        if (count < 1)
            throw new DataSetException($"Expected at least one Menagerie scene, found a count of {count}; ask for one or more.");
        _split = split;
        _splitKey = BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes(split)));
        _scenes = new DrawnScene?[count];
        Name = (Options.Subjects == SceneSubjects.Targets ? "menagerie/" : "menagerie-others/") + split;
        Fingerprint = Convert.ToHexString(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"menagerie|{DrawingVersion}|{split}|{count}|{Options.Subjects}|{Options.Size}|{Options.Seed}|"
                            + $"{Options.CueReliability:R}|{Options.ContextReliability:R}"
                    )
                )
            )
        );
    }

    /// <summary>Names of the eight classes of <see cref="SceneSubjects.Targets"/>.</summary>
    public static IReadOnlyList<string> TargetClasses { get; } = [.. Figure.Targets.Select(figure => figure.Name)];

    /// <summary>Names of the sixteen classes of <see cref="SceneSubjects.Others"/>.</summary>
    public static IReadOnlyList<string> OtherClasses { get; } = [.. Figure.Others.Select(figure => figure.Name)];

    /// <summary>How the scenes are drawn.</summary>
    public DrawnSceneOptions Options { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => Options.Subjects == SceneSubjects.Targets ? TargetClasses : OtherClasses;

    /// <inheritdoc/>
    public int Count => _scenes.Length;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <summary>The three splits of the target classes.</summary>
    /// <param name="scale">How many scenes, and how large.</param>
    /// <param name="seed">Another seed gives other scenes.</param>
    public static DataSplits Splits(SceneScale scale, int seed)
    {
        (int size, int train, int validation, int test) = Sizes(scale);
        return Split(new() { Size = size, Seed = seed }, train, validation, test);
    }

    /// <summary>
    /// The three splits of the other classes, which pre-train the backbone and the objectness network: as many training
    /// scenes as <see cref="Splits"/> has, and half as many for validation and for test as it has for validation.
    /// </summary>
    /// <param name="scale">How many scenes, and how large.</param>
    /// <param name="seed">Another seed gives other scenes.</param>
    public static DataSplits Others(SceneScale scale, int seed)
    {
        (int size, int train, int validation, _) = Sizes(scale);
        return Split(new() { Size = size, Seed = seed, Subjects = SceneSubjects.Others }, train, validation / 2, validation / 2);
    }

    /// <summary>Side of a scale's scenes in pixels.</summary>
    public static int SizeOf(SceneScale scale) => Sizes(scale).Size;

    /// <inheritdoc/>
    public string Id(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return string.Create(CultureInfo.InvariantCulture, $"{_split}_{index:D5}");
    }

    /// <summary>The classes that the scene shows (zero-based, ascending). Draws the scene if that was not done yet.</summary>
    public IReadOnlyList<int> Labels(int index) => Load(index).Labels;

    /// <summary>Draws a scene, or returns it if that was done before.</summary>
    /// <param name="index">0 … <see cref="Count"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such scene.</exception>
    public Sample Load(int index) => Draw(index).Sample;

    /// <inheritdoc/>
    public bool HasMask(int index) => true;

    /// <summary>The mask of a scene, drawn with it.</summary>
    public LabelMap Mask(int index) => Draw(index).Mask;

    /// <summary>The truths of a scene, drawn with it.</summary>
    public SceneTruth Truth(int index) => Draw(index).Truth;

    private DrawnScene Draw(int index)
    {
        string id = Id(index);
        // Two threads may draw the same scene; both get the one that was kept first.
        return Volatile.Read(ref _scenes[index])
            ?? Interlocked.CompareExchange(ref _scenes[index], Scene.Draw(Options, id, _splitKey, index), null)
            ?? _scenes[index]!;
    }

    /// <summary>Draws all scenes that were not drawn yet, on all cores.</summary>
    /// <param name="progress">Told after each scene, from any thread.</param>
    /// <param name="cancellation">Stops between two scenes; those drawn so far are kept.</param>
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

    private static (int Size, int Train, int Validation, int Test) Sizes(SceneScale scale) => scale switch
    {
        SceneScale.Smoke => (96, 64, 32, 32),
        SceneScale.Quick => (96, 1_600, 200, 300),
        SceneScale.Full => (128, 6_000, 500, 1_000),
        _ => throw new DataSetException($"Expected a Menagerie scale of Smoke, Quick or Full, found {scale}; choose one of them."),
    };

    private static DataSplits Split(DrawnSceneOptions options, int train, int validation, int test) =>
        new(
            new DrawnScenes("train", train, options),
            new DrawnScenes("validation", validation, options),
            new DrawnScenes("test", test, options)
        );
}
