using System.Text.RegularExpressions;
using Wsss.Registry;

namespace Wsss.Data.Labels;

/// <summary>
/// <c>cls_labels.npy</c> as IRN, PSA and their heirs ship it: a dict from the photograph's name to an array with 0 or 1 for each class,
/// saved by <c>np.save</c>. IRN keeps the name 2007_000032 as the number 2007000032. Twenty classes are those of PASCAL VOC.
/// </summary>
[Registered("cls_labels.npy of IRN and its heirs: a dict from name to 0 and 1 for each class", Name = "npy", Order = 35)]
internal sealed partial record NpyLabels : LabelFormat
{
    private const int PrefixLength = 10, LongPrefixLength = 12, LongestHeader = 1 << 16;

    /// <inheritdoc/>
    public override bool Fits(string path) => File.Exists(path) && EndsIn(path, ".npy");

    /// <inheritdoc/>
    public override LabelTable Read(string path, IReadOnlyList<string>? classNames)
    {
        IReadOnlyList<(string Key, float[] Values)> items;
        try
        {
            items = NumpyPickle.ReadDict(Body(path));
        }
        catch (Exception error) when (error is InvalidDataException or NotSupportedException)
        {
            throw new DataSetException(
                $"{path}: expected a dict from names to arrays of 0 and 1, as np.save writes it; {error.Message}. Save np.save(path, "
                    + "dict) anew.",
                error
            );
        }
        if (items.Count == 0)
            throw new DataSetException($"{path}: expected labels of photographs, found an empty dict.");
        int classes = items[0].Values.Length;
        IReadOnlyList<string> names =
            classNames
            ?? (
                classes == VocDataset.VocClassNames.Count
                    ? VocDataset.VocClassNames
                    : [.. Enumerable.Range(0, classes).Select(c => $"class {c}")]
            );
        return LabelTable.Of(
            path,
            [.. items.Select(item => new NamedRow(NameOf(item.Key), [.. Labels(item.Key, item.Values)], null, $"{path}, '{item.Key}'"))],
            names
        );

        IEnumerable<string> Labels(string key, float[] values)
        {
            if (values.Length != names.Count)
                throw new DataSetException($"{path}, '{key}': expected a number for each of {names.Count} classes, found {values.Length}.");
            for (int c = 0; c < values.Length; c++)
            {
                if (values[c] is not (0 or 1))
                    throw new DataSetException($"{path}, '{key}': expected 0 or 1 for each class, found {values[c]}.");
                if (values[c] == 1)
                    yield return names[c];
            }
        }
    }

    private static string NameOf(string key) => Number().IsMatch(key) ? $"{key[..4]}_{key[4..]}" : key;

    /// <summary>What follows the header: magic, version, length of the header, header.</summary>
    private static byte[] Body(string path)
    {
        byte[] bytes = InputFile.ReadBytes(path, InputKind.List);
        if (
            bytes.Length < LongPrefixLength
            || !bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'])
        )
            throw new InvalidDataException("it does not begin as NumPy's files do");
        bool shortHeader = bytes[6] == 1;
        long length = shortHeader ? BitConverter.ToUInt16(bytes, 8) : BitConverter.ToUInt32(bytes, 8);
        long start = (shortHeader ? PrefixLength : LongPrefixLength) + length;
        if (length > LongestHeader || start > bytes.Length)
            throw new InvalidDataException("it ends within its header");
        string header = System.Text.Encoding.Latin1.GetString(bytes.AsSpan((int)(start - length), (int)length));
        if (!header.Contains("'|O'", StringComparison.Ordinal))
            throw new InvalidDataException("it holds an array of numbers, which does not say which photograph is which");
        return bytes[(int)start..];
    }

    // The year, then six digits.
    [GeneratedRegex(@"^20[0-9]{8}$")]
    private static partial Regex Number();
}
