using System.Text;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace Wsss.Tests.Models;

/// <summary>Expected numbers made with other libraries; they lie beside the checkout, not in it.</summary>
internal static partial class ParityFiles
{
    /// <summary>One line per tensor: key, shape and type, sorted.</summary>
    public static string[] Keys(string network) =>
        [.. File.ReadAllLines(SharedData.File($"parity/{network}_keys.txt")).Where(l => l.Length > 0).Order(StringComparer.Ordinal)];

    /// <summary>Reads float32 or uint8 numbers in C order.</summary>
    public static Tensor Npy(string name)
    {
        byte[] file = File.ReadAllBytes(SharedData.File($"parity/{name}.npy"));
        int headerLength = file[6] == 1 ? BitConverter.ToUInt16(file, 8) : BitConverter.ToInt32(file, 8);
        int start = file[6] == 1 ? 10 : 12;
        string header = Encoding.Latin1.GetString(file, start, headerLength);
        long[] shape = [.. Number().Matches(header[(header.IndexOf('(') + 1)..header.IndexOf(')')]).Select(m => long.Parse(m.Value))];
        Assert.Contains("'fortran_order': False", header);
        Tensor array = empty(shape, header.Contains("'<f4'") ? float32 : uint8);
        file.AsSpan(start + headerLength).CopyTo(array.bytes);
        return array;
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
