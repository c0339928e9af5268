using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Wsss.Data;

namespace Wsss.Models;

/// <summary>Weights for a backbone that torchvision publishes.</summary>
/// <param name="Network">One of <see cref="Backbones.Names"/>.</param>
/// <param name="File">The file; its download.</param>
public sealed record PublishedWeights(string Network, Download File);

/// <summary>
/// torchvision's ImageNet weights of the backbones, and the check that its file names allow: <c>NAME-HASH.pth</c>, where
/// HASH is the first eight or more hexadecimal digits of the content's SHA-256 (torch.hub's convention).
/// </summary>
public static partial class TorchvisionWeights
{
    private const string Folder = "https://download.pytorch.org/models/";

    /// <summary>The files, by network.</summary>
    public static IReadOnlyList<PublishedWeights> Files { get; } =
    [
        Of("resnet18", "resnet18-f37072fd.pth", "ImageNet weights"),
        Of("resnet34", "resnet34-b627a593.pth", "ImageNet weights"),
        Of("resnet50", "resnet50-0676ba61.pth", "ImageNet weights (torchvision's IMAGENET1K_V1)"),
        Of("resnet50", "resnet50-11ad3fa6.pth", "ImageNet weights (torchvision's IMAGENET1K_V2)"),
        Of("resnet101", "resnet101-63fe2227.pth", "ImageNet weights"),
        Of("mobilenet_v2", "mobilenet_v2-b0353104.pth", "ImageNet weights"),
    ];

    /// <summary>Compares a weight file with the hash in its name. Whether a network can take it, <see cref="NetworkWeights"/> says.</summary>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told while the checksum is computed.</param>
    /// <param name="cancellation">Stops the check.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for.</exception>
    public static FileCheck Check(string path, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        string name = Path.GetFileName(path), digits = NamedHash().Match(name).Groups[1].Value;
        string expected = digits.Length > 0 ? $"SHA-256 {digits}…" : "nothing certain (no published checksum known: its name holds none)";
        string fetch = Files.FirstOrDefault(weights => weights.File.File == name)?.File.FetchInto(Path.GetDirectoryName(path) ?? "")
            ?? "from where you found its name";
        if (!File.Exists(path)) return new FileCheck(path, FileState.Missing, expected, "no file", $"fetch it: {fetch}");
        string hash = FileHash.Compute(path, HashAlgorithmName.SHA256, progress, cancellation), found = $"SHA-256 {hash}";
        return digits.Length == 0 ? new FileCheck(path, FileState.Note, expected, found)
            : hash.StartsWith(digits, StringComparison.Ordinal) ? new FileCheck(path, FileState.Ok, expected, found)
            : new FileCheck(path, FileState.Wrong, expected, found, $"delete it and fetch it again: {fetch}");
    }

    private static PublishedWeights Of(string network, string file, string holds) => new(network, new Download(file, Folder + file, holds));

    [GeneratedRegex("-([0-9a-f]{8,64})[.][^.]+$")]
    private static partial Regex NamedHash();
}
