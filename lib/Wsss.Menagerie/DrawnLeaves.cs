using System.Globalization;
using Wsss.Data;
using Wsss.Menagerie.Drawing;
using Wsss.Menagerie.Drawing.Leaves;

namespace Wsss.Menagerie;

/// <summary>
/// Drawn leaves with symptoms of no, one or two stresses: small textured stains with soft borders instead of objects. What is salient in
/// them is the leaf, which every picture shows, whatever its labels.
/// </summary>
/// <remarks>
/// Of the leaves, 20 % are healthy (no labels), 25 % have two stresses. A stress covers from 0.4 % of the picture to about a fifth; in more
/// than four fifths of the cases it is at most 3 %. Outline, hue, veins and background say nothing about the class, and of the
/// stains' colours only that mines tend to be pale. A stain is in the mask where it has at least half of its colour; beyond lie the rest
/// of its soft border and, around some, a yellow halo. Of the truths, <see cref="SceneTruth.Parts"/> tells a symptom's core from its
/// border, <see cref="SceneTruth.Objectness"/> is the whole leaf, and <see cref="SceneTruth.Context"/> its healthy part.
/// </remarks>
/// <example><code>
/// DataSplits splits = DrawnLeaves.Splits(SceneScale.Quick, seed: 0);
/// LabelMap symptoms = splits.Train.Mask(0);
/// </code></example>
public sealed class DrawnLeaves : DrawnSource
{
    // Part of the fingerprint: raise it with every change that alters a pixel.
    private const int DrawingVersion = 1;

    /// <summary>A list of leaves; nothing is drawn yet.</summary>
    /// <param name="split">Name of the split, such as <c>train</c>; other names give other leaves.</param>
    /// <param name="count">Number of leaves, at least 1. The first leaves of a longer list are those of a shorter one.</param>
    /// <param name="options">How to draw; the defaults if null.</param>
    /// <exception cref="DataSetException">The size lies outside its range, the name is empty, or there is no leaf.</exception>
    public DrawnLeaves(string split, int count, DrawnLeafOptions? options = null)
        : base(split, count)
    {
        Options = options ?? new DrawnLeafOptions();
        DrawnSceneOptions.CheckSize(Options.Size);
        Name = $"drawn-leaves/{split}";
        Fingerprint = FingerprintOf(string.Create(
            CultureInfo.InvariantCulture, $"drawn-leaves|{DrawingVersion}|{split}|{count}|{Options.Size}|{Options.Seed}"));
    }

    /// <summary>Names of the four stresses: blotch, specks, ring, mine.</summary>
    public static IReadOnlyList<string> Stresses { get; } = [.. Symptom.All.Select(symptom => symptom.Name)];

    /// <summary>How the leaves are drawn.</summary>
    public DrawnLeafOptions Options { get; }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => Stresses;

    /// <inheritdoc/>
    public override string Fingerprint { get; }

    /// <summary>The three splits.</summary>
    /// <param name="scale">How many leaves, and how large.</param>
    /// <param name="seed">Another seed gives other leaves.</param>
    public static DataSplits Splits(SceneScale scale, int seed)
    {
        var options = new DrawnLeafOptions { Size = DrawnScenes.SizeOf(scale), Seed = seed };
        var (train, validation, test) = scale switch
        {
            SceneScale.Smoke => (64, 32, 32),
            SceneScale.Quick => (800, 120, 200),
            _ => (3_000, 300, 600),
        };
        return new DataSplits(
            new DrawnLeaves("train", train, options),
            new DrawnLeaves("validation", validation, options),
            new DrawnLeaves("test", test, options));
    }

    private protected override DrawnScene Draw(string id, long splitKey, int index) => LeafPicture.Draw(Options, id, splitKey, index);
}
