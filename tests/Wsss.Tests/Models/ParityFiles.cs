using System.Text;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace Wsss.Tests.Models;

/// <summary>Expected numbers made with other libraries; they lie beside the checkout, not in it.</summary>
internal static partial class ParityFiles
{
    /// <summary>The file's path; skips the test where the folder is absent.</summary>
    public static string Find(string relative)
    {
        string? root = Environment.GetEnvironmentVariable("WSSS_SHARED") ?? WalkUp();
        string path = root is null ? "" : Path.Combine(root, relative);
        Assert.SkipUnless(File.Exists(path), $"Needs shared/{relative}: set WSSS_SHARED to the folder that holds parity/ and weights/.");
        return path;
    }

    /// <summary>One line per tensor: key, shape and type, sorted.</summary>
    public static string[] Keys(string network) =>
        [.. File.ReadAllLines(Find($"parity/{network}_keys.txt")).Where(l => l.Length > 0).Order(StringComparer.Ordinal)];

    /// <summary>Reads float32 or uint8 numbers in C order.</summary>
    public static Tensor Npy(string name)
    {
        byte[] file = File.ReadAllBytes(Find($"parity/{name}.npy"));
        int headerLength = file[6] == 1 ? BitConverter.ToUInt16(file, 8) : BitConverter.ToInt32(file, 8);
        int start = file[6] == 1 ? 10 : 12;
        string header = Encoding.Latin1.GetString(file, start, headerLength);
        long[] shape = [.. Number().Matches(header[(header.IndexOf('(') + 1)..header.IndexOf(')')]).Select(m => long.Parse(m.Value))];
        Assert.Contains("'fortran_order': False", header);
        Tensor array = empty(shape, header.Contains("'<f4'") ? float32 : uint8);
        file.AsSpan(start + headerLength).CopyTo(array.bytes);
        return array;
    }

    private static string? WalkUp()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared");
            if (Directory.Exists(Path.Combine(candidate, "parity"))) return candidate;
        }
        return null;
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
