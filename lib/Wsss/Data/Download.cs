using System.Globalization;
using System.Security.Cryptography;
using Wsss.Storage;

namespace Wsss.Data;

/// <summary>A file that someone else publishes: where it comes from, and how it is told from a broken one.</summary>
/// <param name="File">Its name.</param>
/// <param name="Address">Where it is fetched from.</param>
/// <param name="Holds">What is in it.</param>
/// <param name="Bytes">Its size; null if that is not known.</param>
/// <param name="Md5">Its published checksum, 32 lower-case hexadecimal digits; null if none is known.</param>
public sealed record Download(string File, string Address, string Holds, long? Bytes = null, string? Md5 = null)
{
    private const string NoChecksum = "no published checksum known";

    /// <summary>Size and checksum in words.</summary>
    public string Identity => Bytes is { } bytes && Md5 is not null ? $"{InBytes(bytes)}, MD5 {Md5}" : NoChecksum;

    /// <summary>The shell command that fetches it into a folder and goes on where an earlier one stopped.</summary>
    public string FetchInto(string folder) => $"curl -L -C - -o {Shell.Quote(Path.Combine(folder, File))} {Shell.Quote(Address)}";

    /// <summary>Compares the file in a folder with what was published; it must be there.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for.</exception>
    internal FileCheck Check(string folder, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        string path = Path.Combine(folder, File);
        long found = new FileInfo(path).Length;
        if (Bytes is not { } bytes || Md5 is null)
            return new FileCheck(path, FileState.Note, $"nothing certain ({NoChecksum})", InBytes(found));
        if (found < bytes)
            return Wrong($"{InBytes(found)}: the download is not complete", $"go on with it: {FetchInto(folder)}");
        string again = $"delete it and fetch it again: {FetchInto(folder)}";
        if (found > bytes)
            return Wrong(InBytes(found), again);
        string md5 = FileHash.Compute(path, HashAlgorithmName.MD5, progress, cancellation);
        return md5 == Md5 ? new FileCheck(path, FileState.Ok, Identity, "the same") : Wrong($"MD5 {md5}", again);

        FileCheck Wrong(string what, string toDo) => new(path, FileState.Wrong, Identity, what, toDo);
    }

    private static string InBytes(long bytes) => $"{bytes.ToString("N0", CultureInfo.InvariantCulture)} bytes";
}
