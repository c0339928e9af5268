using System.Security.Cryptography;
using System.Xml.Linq;

namespace Wsss.Data;

/// <summary>
/// Writes samples as a folder in PASCAL VOC layout, which <see cref="VocDataset"/> and other tools read.
/// </summary>
/// <remarks>
/// Images become JPEGs of quality 95 (slightly lossy), masks indexed PNGs with VOC's palette. A sample without mask gets an
/// annotation that names its classes; truths of drawn scenes go to <c>Parts</c>, <c>Objectness</c> and <c>Context</c> as
/// 8-bit grey. Class names and split files come last, so that a folder that was left half-written does not open.
/// </remarks>
internal static class VocWriter
{
    /// <summary>Writes the three parts as <c>train</c>, <c>tune</c> and <c>val</c>.</summary>
    /// <param name="folder">The folder to fill; files of the same names are replaced.</param>
    /// <param name="splits">The samples. An id may occur in several parts if it is the same sample.</param>
    /// <param name="progress">Told after each sample.</param>
    /// <param name="cancellation">Stops between samples.</param>
    /// <exception cref="DataSetException">An id is no file name, or two different samples share an id.</exception>
    public static void Write(
        string folder,
        DataSplits splits,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => Write(folder, [("train", splits.Train), ("tune", splits.Validation), ("val", splits.Test)], progress, cancellation);

    /// <summary>Writes one source as the split of that name.</summary>
    /// <param name="folder">The folder to fill; files of the same names are replaced.</param>
    /// <param name="split">Name of the file in ImageSets/Segmentation, without extension.</param>
    /// <param name="source">The samples.</param>
    /// <param name="progress">Told after each sample.</param>
    /// <param name="cancellation">Stops between samples.</param>
    /// <exception cref="DataSetException">An id is no file name, or two different samples share an id.</exception>
    public static void Write(
        string folder,
        string split,
        IMaskedSource source,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => Write(folder, [(split, source)], progress, cancellation);

    private static void Write(
        string folder,
        (string Name, IMaskedSource Source)[] parts,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        var layout = new VocLayout(folder);
        IReadOnlyList<string> classNames = parts[0].Source.ClassNames;
        int total = parts.Sum(part => part.Source.Count);
        var written = new Dictionary<string, string>();
        int done = 0;
        // They come last, so that what is left half-written does not open: neither may those of a folder that was full.
        foreach (string list in parts.Select(part => layout.Split(part.Name)).Append(layout.ClassFile).Where(File.Exists))
            File.Delete(list);
        foreach ((_, IMaskedSource source) in parts)
        {
            for (int i = 0; i < source.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                Sample sample = source.Load(i);
                SampleFiles.RequireName(sample.Id);
                LabelMap? mask = source.HasMask(i) ? source.Mask(i) : null;
                string content = ContentHash(sample, mask);
                if (written.TryAdd(sample.Id, content))
                    WriteSample(layout, sample, mask, source.Truth(i), classNames);
                else if (written[sample.Id] != content)
                    throw new DataSetException(
                        $"Expected each id to name one sample, found two different ones named '{sample.Id}'. Rename one of them."
                    );
                progress?.Report(new WorkProgress("write samples", ++done, total));
            }
        }
        AtomicFile.WriteText(layout.ClassFile, string.Join('\n', classNames) + "\n");
        foreach ((string name, IMaskedSource source) in parts)
            AtomicFile.WriteText(layout.Split(name), string.Concat(Enumerable.Range(0, source.Count).Select(i => source.Id(i) + "\n")));
    }

    private static void WriteSample(VocLayout layout, Sample sample, LabelMap? mask, SceneTruth? truth, IReadOnlyList<string> classNames)
    {
        ImageFile.WriteJpeg(layout.Image(sample.Id), sample.Image);
        if (mask is not null)
            ImageFile.WriteMask(layout.Mask(VocLayout.Masks, sample.Id), mask);
        else
            AtomicFile.WriteText(layout.Annotation(sample.Id), Annotation(sample, classNames).ToString() + "\n");
        if (truth is null) return;
        ImageFile.WriteGray(layout.Parts(sample.Id), truth.Parts);
        ImageFile.WriteGray(layout.Objectness(sample.Id), truth.Objectness);
        ImageFile.WriteGray(layout.Context(sample.Id), truth.Context);
    }

    private static XElement Annotation(Sample sample, IReadOnlyList<string> classNames) =>
        new(
            "annotation",
            new XElement("filename", sample.Id + ".jpg"),
            new XElement(
                "size",
                new XElement("width", sample.Image.Width),
                new XElement("height", sample.Image.Height),
                new XElement("depth", 3)
            ),
            sample.Labels.Select(label => new XElement("object", new XElement("name", classNames[label])))
        );

    private static string ContentHash(Sample sample, LabelMap? mask)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(sample.Image.Pixels);
        hash.AppendData(mask?.Values ?? []);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
