using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Wsss.Storage;

/// <summary>Checksums of files of any size.</summary>
internal static class FileHash
{
    private const int BlockSize = 1 << 20, SmallestBlock = 4096;

    // The coarsest clock of a file system in use, FAT's.
    private static readonly TimeSpan Coarsest = TimeSpan.FromSeconds(2);

    private static readonly ConcurrentDictionary<FileStamp, string> Known = new();

    // Fingerprints of data are asked for where no store is at hand.
    private static HashMemory? _memory;

    /// <summary>
    /// From now on, what <see cref="Compute(string)"/> gives is kept in a store's folder too, for other processes and later ones.
    /// </summary>
    public static void KeepIn(string root)
    {
        var memory = new HashMemory(Path.Combine(root, HashMemory.FileName));
        foreach (var (stamp, hash) in memory.Load()) Known.TryAdd(stamp, hash);
        _memory = memory;
    }

    /// <summary>Writes down what was learned before the store's folder was there.</summary>
    public static void Save() => _memory?.Save();

    /// <summary>
    /// The SHA-256 of a file's content, as a part of a key; a file that was read before and whose length and time have not changed since is
    /// not read again.
    /// </summary>
    /// <exception cref="InputFileException">There is no such file, or it is none that can be read.</exception>
    public static string Compute(string path)
    {
        // Where there is none, also none where a link leads to, reading says so.
        if (!File.Exists(path) || InputFile.Target(path) is not { Exists: true } file) return Read(path);
        var stamp = new FileStamp(file.FullName, file.Length, file.LastWriteTimeUtc.Ticks);
        if (Known.TryGetValue(stamp, out string? known)) return known;
        bool settled = DateTime.UtcNow - file.LastWriteTimeUtc > Coarsest;
        string hash = Read(path);
        // Written just now, it might be written again under the same time.
        if (settled && Known.TryAdd(stamp, hash)) _memory?.Add(stamp, hash);
        return hash;
    }

    /// <summary>The SHA-256 of a file's content as it is now.</summary>
    /// <exception cref="InputFileException">There is no such file, or it is none that can be read.</exception>
    public static string Read(string path) => Compute(path, HashAlgorithmName.SHA256, progress: null, CancellationToken.None);

    /// <summary>The checksum in lower-case hexadecimal digits; progress is told in MiB.</summary>
    /// <exception cref="InputFileException">There is no such file, or it is none that can be read.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for.</exception>
    public static string Compute(
        string path,
        HashAlgorithmName algorithm,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
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
