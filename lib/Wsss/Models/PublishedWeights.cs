using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Wsss.Data;
using Wsss.Storage;

namespace Wsss.Models;

/// <summary>
/// The check that the names of published weight files allow: <c>NAME-HASH.pth</c>, where HASH is the first eight or more hexadecimal
/// digits of the content's SHA-256 (torch.hub's convention). Which files there are, each <see cref="BackboneDesign.Published"/> says.
/// </summary>
internal static partial class PublishedWeights
{
    /// <summary>
    /// Compares a weight file with the hash in its name. Whether a network can take it, <see cref="NetworkWeights"/> says.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told while the checksum is computed.</param>
    /// <param name="cancellation">Stops the check.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for.</exception>
    public static FileCheck Check(string path, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        string name = Path.GetFileName(path), digits = NamedHash().Match(name).Groups[1].Value;
        string expected = digits.Length > 0 ? $"SHA-256 {digits}…" : "nothing certain (no published checksum known: its name holds none)";
        string fetch = Backbones.All.SelectMany(design => design.Published).FirstOrDefault(file => file.File == name)
            ?.FetchInto(Path.GetDirectoryName(path) ?? "") ?? "from where you found its name";
        if (!File.Exists(path)) return new FileCheck(path, FileState.Missing, expected, "no file", $"fetch it: {fetch}");
        string hash = FileHash.Compute(path, HashAlgorithmName.SHA256, progress, cancellation), found = $"SHA-256 {hash}";
        return digits.Length == 0 ? new FileCheck(path, FileState.Note, expected, found)
            : hash.StartsWith(digits, StringComparison.Ordinal) ? new FileCheck(path, FileState.Ok, expected, found)
            : new FileCheck(path, FileState.Wrong, expected, found, $"delete it and fetch it again: {fetch}");
    }

    /// <summary>A file that torchvision publishes.</summary>
    internal static Download Torchvision(string file, string holds) => new(file, $"https://download.pytorch.org/models/{file}", holds);

    [GeneratedRegex("-([0-9a-f]{8,64})[.][^.]+$")]
    private static partial Regex NamedHash();
}
