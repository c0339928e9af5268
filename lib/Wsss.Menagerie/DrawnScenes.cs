using Wsss.Data;
using System.Globalization;
using Wsss.Menagerie.Drawing;

namespace Wsss.Menagerie;

/// <summary>
/// Drawn scenes with truths that photographs lack: which pixels are the telling part of an object (a head, a sail, a
/// locomotive), which belong to any object at all, and which show scenery that co-occurs with a class (water, rails).
/// </summary>
/// <remarks>
/// Cat, dog, rabbit and bear share a body and differ in the head; coat and tail are a weaker cue
/// (<see cref="DrawnSceneOptions.CueReliability"/>). Bodies without heads, hulls without sails and wagons without a
/// locomotive occur as distractors. Colours are picked to stand out from what lies behind, without regard to the class.
/// Masks show what is visible; every object of a class shows at least 1 % of the image and 45 % of itself.
/// For <see cref="SceneSubjects.Others"/>, all object pixels of the part mask are <see cref="SceneTruth.Body"/>.
/// </remarks>
/// <example><code>
/// DataSplits splits = DrawnScenes.Splits(SceneScale.Quick, seed: 0);
/// Sample scene = splits.Train.Load(0);
/// LabelMap mask = splits.Train.Mask(0);
/// </code></example>
public sealed class DrawnScenes : DrawnSource
{
    // Part of the fingerprint: raise it with every change that alters a pixel.
    private const int DrawingVersion = 1;

    /// <summary>A list of scenes; nothing is drawn yet.</summary>
    /// <param name="split">Name of the split, such as <c>train</c>; other names give other scenes.</param>
    /// <param name="count">Number of scenes, at least 1. The first scenes of a longer list are those of a shorter one.</param>
    /// <param name="options">How to draw; the defaults if null.</param>
    /// <exception cref="DataSetException">An option lies outside its range, the name is empty, or there is no scene.</exception>
    public DrawnScenes(string split, int count, DrawnSceneOptions? options = null)
        : base(split, count)
    {
        Options = options ?? new DrawnSceneOptions();
        Options.Check();
        Name = (Options.Subjects == SceneSubjects.Targets ? "menagerie/" : "menagerie-others/") + split;
        Fingerprint = FingerprintOf(string.Create(
            CultureInfo.InvariantCulture,
            $"menagerie|{DrawingVersion}|{split}|{count}|{Options.Subjects}|{Options.Size}|{Options.Seed}|"
                + $"{Options.CueReliability:R}|{Options.ContextReliability:R}"));
    }

    /// <summary>Names of the eight classes of <see cref="SceneSubjects.Targets"/>.</summary>
    public static IReadOnlyList<string> TargetClasses { get; } = [.. Figure.Targets.Select(figure => figure.Name)];

    /// <summary>Names of the sixteen classes of <see cref="SceneSubjects.Others"/>.</summary>
    public static IReadOnlyList<string> OtherClasses { get; } = [.. Figure.Others.Select(figure => figure.Name)];

    /// <summary>How the scenes are drawn.</summary>
    public DrawnSceneOptions Options { get; }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => Options.Subjects == SceneSubjects.Targets ? TargetClasses : OtherClasses;

    /// <inheritdoc/>
    public override string Fingerprint { get; }

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

    private protected override DrawnScene Draw(string id, long splitKey, int index) => Scene.Draw(Options, id, splitKey, index);

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
