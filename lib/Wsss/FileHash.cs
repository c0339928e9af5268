using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Wsss;

/// <summary>Checksums of files of any size.</summary>
internal static class FileHash
{
    private const int BlockSize = 1 << 20, SmallestBlock = 4096;

    private static readonly ConcurrentDictionary<(string Path, long Bytes, DateTime Written), string> Known = new();

    /// <summary>The SHA-256 of a file's content, as a part of a key; a file that this process has read and that has not changed is not read again.</summary>
    /// <exception cref="InputFileException">There is no such file, or it is none that can be read.</exception>
    public static string Compute(string path)
    {
        var file = new FileInfo(path);
        return file.Exists
            ? Known.GetOrAdd((file.FullName, file.Length, file.LastWriteTimeUtc), _ => Read())
            : Read();

        string Read() => Compute(path, HashAlgorithmName.SHA256, progress: null, CancellationToken.None);
    }

    /// <summary>The checksum in lower-case hexadecimal digits; progress is told in MiB.</summary>
    /// <exception cref="InputFileException">There is no such file, or it is none that can be read.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for.</exception>
    public static string Compute(string path, HashAlgorithmName algorithm, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        using var file = InputFile.Open(path, InputKind.Weights);
        string stage = $"{algorithm.Name} of {Path.GetFileName(path)}";
        // Folders of masks and maps are hashed file by file, and most of these are small.
        byte[] block = new byte[Math.Clamp(file.Length, SmallestBlock, BlockSize)];
        long done = 0;
        for (int read; (read = file.Read(block)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(block, 0, read);
            done += read;
            progress?.Report(new WorkProgress(stage, Blocks(done), Blocks(file.Length), "MiB"));
        }
        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }

    private static long Blocks(long bytes) => (bytes + BlockSize - 1) / BlockSize;
}
