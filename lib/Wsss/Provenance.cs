using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Wsss;

/// <summary>What a result was made with, stored beside it, so that it can be made again.</summary>
public sealed record Provenance
{
    /// <summary>Version and commit of the library, as the build stamped it.</summary>
    public required string Library { get; init; }

    /// <summary>Seed of the run.</summary>
    public required int Seed { get; init; }

    /// <summary>Device that computed it.</summary>
    public required string Device { get; init; }

    /// <summary>libtorch's threads; results are bit-identical only at equal counts.</summary>
    public required int Threads { get; init; }

    /// <summary>Fingerprint of the training data.</summary>
    public required string Data { get; init; }

    /// <summary>Operating system and runtime.</summary>
    public required string System { get; init; }

    /// <summary>Seconds of wall time.</summary>
    public required double Seconds { get; init; }

    /// <summary>Describes the current process.</summary>
    /// <param name="run">Where the work ran.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="data">Fingerprint of its data.</param>
    /// <param name="wallTime">How long it took.</param>
    public static Provenance Of(RunContext run, int seed, string data, TimeSpan wallTime) => new()
    {
        Library = LibraryVersion,
        Seed = seed,
        Device = run.Device.ToString(),
        Threads = torch.get_num_threads(),
        Data = data,
        System = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}",
        Seconds = Math.Round(wallTime.TotalSeconds, 2),
    };

    /// <summary>Version and commit of this library, such as <c>0.1.0+ab12…</c>.</summary>
    public static string LibraryVersion { get; } =
        typeof(Provenance).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
