namespace Wsss.Weights;

/// <summary>Opens weight files of any format that the library reads.</summary>
public static class WeightFile
{
    /// <summary>Opens a safetensors file or a state dict that PyTorch saved; the content decides which, not the name.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The caller owns it.</returns>
    /// <exception cref="WeightFileException">The file cannot be opened, is of no known format, or is broken.</exception>
    public static IWeightFile Open(string path) => OpenFile<IWeightFile>(path, Open);

    /// <summary>Opens a format on any stream.</summary>
    /// <param name="name">What error messages call it.</param>
    /// <param name="stream">Can seek; belongs to the result unless this fails.</param>
    internal static IWeightFile Open(string name, Stream stream) =>
        IsPyTorch(stream) ? PthFile.Open(name, stream) : SafeTensorsFile.Open(name, stream);

    /// <summary>Opens a file for a reader; a reader that fails leaves no handle behind.</summary>
    internal static T OpenFile<T>(string path, Func<string, Stream, T> read)
    {
        Stream? stream = null;
        try
        {
            stream = InputFile.Open(path, InputKind.Weights);
            return read(path, stream);
        }
        catch (Exception error)
        {
            stream?.Dispose();
            if (error is InputFileException) throw new WeightFileException(error.Message, error);
            if (error is IOException) throw new WeightFileException($"{path} cannot be read: {error.Message}", error);
            throw;
        }
    }

    /// <summary>A zip archive or a bare pickle. A safetensors header of the right length begins alike, but its byte 8 is a brace.</summary>
    internal static bool IsPyTorch(Stream stream)
    {
        Span<byte> start = stackalloc byte[9];
        stream.Position = 0;
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        stream.Position = 0;
        bool braced = start.Length == 9 && start[8] == '{';
        return !braced && (start.StartsWith("PK\x3\x4"u8) || start.StartsWith("PK\x5\x6"u8) || start is [0x80, <= 5, ..]);
    }
}
