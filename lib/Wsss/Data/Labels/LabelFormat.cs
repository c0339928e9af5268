using System.Text.Json.Serialization;
using Wsss.Registry;

namespace Wsss.Data.Labels;

/// <summary>A way in which people keep the labels of photographs: in a file, or by where the photographs lie.</summary>
[Family("label format")]
public abstract record LabelFormat
{
    /// <summary>The name in messages.</summary>
    [JsonIgnore]
    public string Name => Family.NameOf(this);

    /// <summary>Whether a file or folder looks like this; cheap, and never an error.</summary>
    /// <param name="path">A file or folder that is there.</param>
    public abstract bool Fits(string path);

    /// <summary>Reads labels.</summary>
    /// <param name="path">What <see cref="Fits"/> accepted.</param>
    /// <param name="classNames">The classes in order; null for those that the file names.</param>
    /// <exception cref="DataSetException">It is broken, or a label is none of the classes; the message says where.</exception>
    public abstract LabelTable Read(string path, IReadOnlyList<string>? classNames);

    /// <summary>Reads labels in any format that is known.</summary>
    /// <param name="path">A file or folder.</param>
    /// <param name="classNames">The classes in order; null for those that the file names.</param>
    /// <exception cref="DataSetException">There is nothing, no format fits, or it is broken; the message says where.</exception>
    public static LabelTable ReadAny(string path, IReadOnlyList<string>? classNames = null)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
            throw new DataSetException($"Expected labels at '{path}', found no such file or folder.");
        var format =
            Find(path)
            ?? throw new DataSetException(
                "Expected labels in one of the forms "
                    + $"{string.Join("; ", Family.Of<LabelFormat>().Members.Select(member => member.Summary))}; "
                    + $"found none of them at '{path}'."
            );
        try
        {
            return format.Read(path, classNames);
        }
        catch (InputFileException error)
        {
            throw new DataSetException(error.Message, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataSetException($"Expected to read labels from '{path}'; {error.Message}", error);
        }
    }

    /// <summary>The first format that fits; null for none.</summary>
    /// <param name="path">A file or folder that is there.</param>
    public static LabelFormat? Find(string path) =>
        Family.Of<LabelFormat>().Members.Select(member => (LabelFormat)member.Published).FirstOrDefault(format => format.Fits(path));

    /// <summary>Whether a path ends in one of these, in any case.</summary>
    private protected static bool EndsIn(string path, params ReadOnlySpan<string> extensions)
    {
        foreach (string extension in extensions) if (path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
