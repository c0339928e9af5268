using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Wsss.Storage;

/// <summary>
/// One of n parts of a run's images, each of which a machine of its own can do. An image's name alone decides its part, by a hash, so that
/// the n parts of any n cover all images and share none, whoever works them out.
/// </summary>
internal sealed record Shard
{
    private const string Infix = ".part-";

    private Shard(int number, int count) => (Number, Count) = (number, count);

    /// <summary>Which part, from 1.</summary>
    public int Number { get; }

    /// <summary>Number of parts.</summary>
    public int Count { get; }

    /// <summary>Reads <c>2/4</c>, the second of four.</summary>
    /// <param name="text">What somebody typed.</param>
    /// <exception cref="WsssException">It is no part.</exception>
    public static Shard Parse(string text)
    {
        string[] numbers = text.Split('/');
        return numbers.Length == 2 && Whole(numbers[0]) is { } number && Whole(numbers[1]) is { } count && number >= 1 && number <= count
            ? new Shard(number, count)
            : throw new WsssException($"Expected a part such as 2/4, from 1/4 to 4/4, found '{text}'.");
    }

    /// <summary>
    /// The part that a scheduler has given to this process: a task of a Slurm array without holes (<c>SLURM_ARRAY_TASK_ID</c> and its
    /// companions), or a pod of an indexed Kubernetes job (<c>JOB_COMPLETION_INDEX</c>, from 0, of <c>JOB_COMPLETIONS</c>).
    /// </summary>
    /// <param name="variable">The value of an environment variable; null where it is not set.</param>
    /// <exception cref="WsssException">There is no scheduler's part, or one in an array with holes.</exception>
    public static Shard FromScheduler(Func<string, string?> variable)
    {
        if (variable("SLURM_ARRAY_TASK_ID") is not null)
        {
            int first = Number("SLURM_ARRAY_TASK_MIN"), last = Number("SLURM_ARRAY_TASK_MAX"), count = Number("SLURM_ARRAY_TASK_COUNT");
            int step = variable("SLURM_ARRAY_TASK_STEP") is null ? 1 : Number("SLURM_ARRAY_TASK_STEP");
            int place = Number("SLURM_ARRAY_TASK_ID") - first;
            return last - first == (count - 1) * step && place % step == 0
                ? Parse($"{place / step + 1}/{count}")
                : throw new WsssException(
                    $"Expected a Slurm array without holes, found {count} tasks from {first} to {last}. Give each task its part by hand.");
        }
        if (variable("JOB_COMPLETION_INDEX") is not null)
            return Parse($"{Number("JOB_COMPLETION_INDEX") + 1}/{Number("JOB_COMPLETIONS")}");
        throw new WsssException(
            "Expected SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX to say which part this is, found neither. Give it by hand, such as 2/4.");

        int Number(string name) =>
            Whole(variable(name)) ?? throw new WsssException($"Expected a whole number in {name}, found '{variable(name)}'. Set it.");
    }

    /// <summary>Whether the thing of a name belongs to this part.</summary>
    public bool Holds(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)Count == (ulong)(Number - 1);
    }

    /// <summary>The folder of this part of a run: beside the run's, and named after it.</summary>
    public string FolderOf(string folder) => $"{Path.TrimEndingDirectorySeparator(folder)}{Infix}{Number}-of-{Count}";

    /// <summary>Whether a path lies in the folder of a part of a run.</summary>
    /// <param name="path">In full.</param>
    /// <param name="folder">The run's folder, in full.</param>
    public static bool IsInPartOf(string folder, string path) =>
        path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Infix, StringComparison.Ordinal);

    /// <summary>As it is typed.</summary>
    public override string ToString() => $"{Number}/{Count}";

    private static int? Whole(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
