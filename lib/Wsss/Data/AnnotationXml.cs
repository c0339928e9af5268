using System.Xml;

namespace Wsss.Data;

/// <summary>Other people's annotations in XML: nothing outside the file is fetched, and depth and length have a limit.</summary>
internal sealed class AnnotationXml
{
    private const int MostDepth = 64;

    private readonly string _path, _expected;

    private AnnotationXml(XmlReader reader, string path, string expected) => (Reader, _path, _expected) = (reader, path, expected);

    /// <summary>Where the reading is.</summary>
    public XmlReader Reader { get; }

    /// <summary>Reads a file. Document type definitions are passed over.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">How long it may be.</param>
    /// <param name="expected">What it should be, for messages: <c>a VOC annotation</c>.</param>
    /// <param name="read">Goes through it by <see cref="Next"/>.</param>
    /// <exception cref="DataSetException">It is no valid XML, nested too deeply or too long, or cannot be read.</exception>
    public static T Read<T>(string path, InputKind kind, string expected, Func<AnnotationXml, T> read)
    {
        try
        {
            using var stream = InputFile.Open(path, kind);
            using var reader = XmlReader.Create(stream, new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Ignore,
                XmlResolver = null,
                MaxCharactersInDocument = kind.MostBytes,
            });
            return read(new AnnotationXml(reader, path, expected));
        }
        catch (InputFileException error)
        {
            throw new DataSetException(error.Message, error);
        }
        catch (Exception error) when (error is XmlException or IOException)
        {
            throw new DataSetException($"Expected {expected}, but '{path}' is no valid XML: {error.Message}", error);
        }
    }

    /// <summary>Goes to the next node; false at the end.</summary>
    /// <exception cref="DataSetException">It is nested too deeply.</exception>
    public bool Next()
    {
        bool more = Reader.Read();
        return Reader.Depth <= MostDepth
            ? more
            : throw new DataSetException(
                $"Expected {_expected}, found elements nested more than {MostDepth} deep: '{_path}'. Export the annotation again."
            );
    }
}
