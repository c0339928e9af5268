using System.Globalization;
using System.Text.Json.Serialization;

namespace Wsss.Menagerie;

/// <summary>Which of the two disjoint lists of classes a <see cref="DrawnScenes"/> draws.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SceneSubjects>))]
public enum SceneSubjects
{
    /// <summary>The eight classes of the task: cat, dog, rabbit, bear, bird, fish, boat, train.</summary>
    Targets,

    /// <summary>Sixteen other classes, for pre-training alone; as ImageNet and saliency sets are used in the field.</summary>
    Others,
}

/// <summary>How many scenes or leaves, and how large.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SceneScale>))]
public enum SceneScale
{
    /// <summary>For tests: 64 / 32 / 32 scenes or leaves of 96 pixels.</summary>
    Smoke,

    /// <summary>For a notebook on a CPU: 1,600 / 200 / 300 scenes, or 800 / 120 / 200 leaves, of 96 pixels.</summary>
    Quick,

    /// <summary>For reported numbers: 6,000 / 500 / 1,000 scenes, or 3,000 / 300 / 600 leaves, of 128 pixels.</summary>
    Full,
}

/// <summary>What decides how scenes are drawn.</summary>
public sealed record DrawnSceneOptions
{
    /// <summary>Width and height in pixels, 64 … 256; a scene's composition hardly depends on it.</summary>
    public int Size { get; init; } = 96;

    /// <summary>Another seed gives other scenes of the same kind.</summary>
    public long Seed { get; init; }

    /// <summary>Which classes the scenes show.</summary>
    public SceneSubjects Subjects { get; init; }

    /// <summary>
    /// How often (0 … 1) a four-legged animal wears the coat and tail of its own species; otherwise those of one of the
    /// other three, each as often. .25 makes the body say nothing about the class, 1 makes it as sure as the head.
    /// </summary>
    public double CueReliability { get; init; } = .5;

    /// <summary>
    /// How often (0 … 1) a scene with a boat has water and one with a train has rails. Scenes without them have water
    /// (rails) in 8 % (6 %), with a fish 45 %.
    /// </summary>
    public double ContextReliability { get; init; } = .95;

    /// <exception cref="DataSetException">An option lies outside its range.</exception>
    internal void Check()
    {
        CheckSize(Size);
        if (!Enum.IsDefined(Subjects))
            throw new DataSetException($"Expected {nameof(Subjects)} to be Targets or Others, found {Subjects}; choose one of them.");
        CheckShare(CueReliability, nameof(CueReliability));
        CheckShare(ContextReliability, nameof(ContextReliability));
    }

    /// <exception cref="DataSetException">The side lies outside 64 … 256.</exception>
    internal static void CheckSize(int size)
    {
        if (size is < 64 or > 256)
        {
            throw new DataSetException(
                $"Expected a Menagerie size of 64 to 256 pixels, found {size}; choose {nameof(Size)} in that range.");
        }
    }

    private static void CheckShare(double value, string name)
    {
        if (value is not (>= 0 and <= 1))
            throw new DataSetException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Expected {name} between 0 and 1, found {value}; it is a probability: choose it in that range."
                )
            );
    }
}
