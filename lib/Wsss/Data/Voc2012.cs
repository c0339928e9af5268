using System.Globalization;

namespace Wsss.Data;

/// <summary>What was found in a folder with PASCAL VOC 2012.</summary>
/// <param name="Root">The unpacked folder, which <see cref="VocDataset"/> opens; null if there is none.</param>
/// <param name="Checks">Everything that was looked at.</param>
internal sealed record Voc2012Report(string? Root, IReadOnlyList<FileCheck> Checks);

/// <summary>
/// PASCAL VOC 2012 with the masks that are commonly added to it: where the files come from, what they hold, and whether
/// what someone downloaded is that. Nothing is downloaded or written.
/// </summary>
/// <remarks>
/// Everingham et al., The PASCAL Visual Object Classes Challenge 2012; Hariharan et al., Semantic contours from inverse
/// detectors, ICCV 2011 (SBD). MD5 sums are those that torchvision's data sets check.
/// </remarks>
internal sealed record Voc2012
{
    private const int MostNamed = 3;

    /// <summary>The official files.</summary>
    public static Voc2012 Official { get; } = new();

    /// <summary>Photographs, masks of some of them, annotations and lists.</summary>
    public Download Archive { get; init; } = new(
        "VOCtrainval_11-May-2012.tar", "http://host.robots.ox.ac.uk/pascal/VOC/voc2012/VOCtrainval_11-May-2012.tar",
        "photographs, masks and lists", 1_999_639_040, "6cd6e144f989b92b3379bac3b3de84fd");

    /// <summary>Masks of <c>train_aug</c>, as 8-bit grey PNG; what most papers link to.</summary>
    public Download AugmentedMasks { get; init; } = new(
        "SegmentationClassAug.zip", "https://www.dropbox.com/s/oeu149j8qtbs1x0/SegmentationClassAug.zip?dl=1",
        "masks of train_aug: VOC's and SBD's, converted by others");

    /// <summary>Where the masks of <see cref="AugmentedMasks"/> come from; its MATLAB files are not read by this library.</summary>
    public Download Sbd { get; init; } = new(
        "benchmark.tgz", "https://www2.eecs.berkeley.edu/Research/Projects/CS/vision/grouping/semantic_contours/benchmark.tgz",
        "SBD itself, as MATLAB files", 1_419_539_633, "82b4d87ceb2ed10f6038a1cba92111cb");

    /// <summary>Photographs of the archive; a folder may hold more, such as those of the test set.</summary>
    public int Images { get; init; } = 17_125;

    /// <summary>Class masks of the archive.</summary>
    public int Masks { get; init; } = 2_913;

    /// <summary>Ids in <c>train.txt</c>.</summary>
    public int Train { get; init; } = 1_464;

    /// <summary>Ids in <c>val.txt</c>.</summary>
    public int Val { get; init; } = 1_449;

    /// <summary>Ids in <c>trainval.txt</c>.</summary>
    public int TrainVal { get; init; } = 2_913;

    /// <summary>Ids in <c>train_aug.txt</c>: all with a mask of VOC or SBD that are not in <c>val.txt</c>.</summary>
    public int TrainAug { get; init; } = 10_582;

    /// <summary>The shell command that unpacks the archive of a folder there.</summary>
    public string Unpack(string folder) => $"tar -xf {Shell.Quote(Path.Combine(folder, Archive.File))} -C {Shell.Quote(folder)}";

    /// <summary>The shell command that unpacks the masks of <c>train_aug</c>.</summary>
    /// <param name="folder">Where the zip file lies.</param>
    /// <param name="root">The unpacked VOC2012.</param>
    public string UnpackAugmented(string folder, string root) =>
        $"unzip -q {Shell.Quote(Path.Combine(folder, AugmentedMasks.File))} -d {Shell.Quote(root)}";

    /// <summary>The shell command that lists <c>train_aug</c>: the masks that are there, without those of <c>val.txt</c>.</summary>
    /// <param name="root">The unpacked VOC2012.</param>
    public string ListAugmented(string root)
    {
        var layout = new VocLayout(root);
        return $"ls {Shell.Quote(Path.Combine(root, VocLayout.AugmentedMasks))} | sed -n 's/[.]png$//p' | " +
            $"grep -vxFf {Shell.Quote(layout.Split("val"))} > {Shell.Quote(layout.Split("train_aug"))}";
    }

    /// <summary>
    /// Looks at a folder with the downloaded archives, the unpacked <c>VOCdevkit/VOC2012</c>, or both: checksums, counts, and
    /// an image and a mask for each listed id. Images and masks are not decoded; <see cref="DataSetReport"/> does that.
    /// </summary>
    /// <param name="folder">The folder of the downloads, or the unpacked one.</param>
    /// <param name="progress">Told while checksums are computed.</param>
    /// <param name="cancellation">Stops the checks.</param>
    /// <exception cref="DataSetException">There is no such folder.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public Voc2012Report Check(string folder, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (!Directory.Exists(folder))
            throw new DataSetException(
                $"Expected a folder with the files of PASCAL VOC 2012 at '{folder}', found none. Give the one that you downloaded to."
            );
        var (root, downloads) = Find(folder);
        var checks = new List<FileCheck>();
        foreach (Download file in new[] { Archive, AugmentedMasks, Sbd })
        {
            if (File.Exists(Path.Combine(downloads, file.File)))
                checks.Add(file.Check(downloads, progress, cancellation));
            else if (file == Archive && root is null)
                checks.Add(
                    new FileCheck(
                        Path.Combine(downloads, file.File),
                        FileState.Missing,
                        file.Identity,
                        "no file",
                        file.FetchInto(downloads)
                    )
                );
        }
        checks.AddRange(
            root is null
                ?
                [
                    new FileCheck(
                        Path.Combine(downloads, "VOCdevkit", "VOC2012"),
                        FileState.Missing,
                        "the unpacked archive",
                        "no folder",
                        Unpack(downloads)
                    ),
                ]
                : CheckUnpacked(downloads, new VocLayout(root))
        );
        return new Voc2012Report(root, checks);
    }

    /// <summary>The unpacked folder, and the one that archives are looked for and unpacked in.</summary>
    private static (string? Root, string Downloads) Find(string folder)
    {
        string whole = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (whole.EndsWith(Path.Combine("VOCdevkit", "VOC2012"), StringComparison.Ordinal))
            return (folder, Path.GetFullPath(Path.Combine(whole, "..", "..")));
        string[] below = [Path.Combine(folder, "VOCdevkit", "VOC2012"), Path.Combine(folder, "VOC2012")];
        string? root = below.FirstOrDefault(Directory.Exists) ?? (Directory.Exists(Path.Combine(folder, "JPEGImages")) ? folder : null);
        return (root, folder);
    }

    private IEnumerable<FileCheck> CheckUnpacked(string downloads, VocLayout layout)
    {
        string maskFolder = Path.Combine(layout.Root, VocLayout.Masks);
        bool archive = File.Exists(Path.Combine(downloads, Archive.File));
        string again = $"unpack the archive again: {(archive ? "" : $"{Archive.FetchInto(downloads)} && ")}{Unpack(downloads)}";
        var images = Names(layout.ImageFolder, ".jpg");
        var masks = Names(maskFolder, ".png");
        yield return Count(layout.ImageFolder, images, Images, "photographs (.jpg)", again);
        yield return Count(maskFolder, masks, Masks, "masks (.png)", again);
        // Each id of each list would be wrong for the same reason.
        if (images.Count == 0 || masks.Count == 0) yield break;

        yield return List(layout, "train", Train, images, masks, again);
        yield return List(layout, "val", Val, images, masks, again);
        yield return List(layout, "trainval", TrainVal, images, masks, again);
        yield return CheckAugmented(downloads, layout, images);
    }

    private FileCheck CheckAugmented(string downloads, VocLayout layout, HashSet<string> images)
    {
        string maskFolder = Path.Combine(layout.Root, VocLayout.AugmentedMasks),
            list = layout.Split("train_aug");
        string unpack = UnpackAugmented(downloads, layout.Root),
            makeList = ListAugmented(layout.Root);
        bool zip = File.Exists(Path.Combine(downloads, AugmentedMasks.File)),
            masks = Directory.Exists(maskFolder);
        if (masks && File.Exists(list))
            return List(layout, "train_aug", TrainAug, images, Names(maskFolder, ".png"), $"list it again: {makeList}");
        string expected = $"{Number(TrainAug)} ids, and their masks in {VocLayout.AugmentedMasks}";
        if (masks)
            return new FileCheck(list, FileState.Missing, expected, "the masks without the list", makeList);
        string fetch = zip ? unpack : $"{AugmentedMasks.FetchInto(downloads)} && {unpack}";
        return zip || File.Exists(list)
            ? new FileCheck(maskFolder, FileState.Missing, expected, zip ? "the zip file only" : "the list without the masks", fetch)
            : new FileCheck(list, FileState.Note, $"{expected}, if wanted", "neither: training takes train.txt", $"{fetch} && {makeList}");
    }

    private static FileCheck Count(string folder, HashSet<string> found, int least, string what, string toDo)
    {
        string expected = $"{Number(least)} {what}";
        if (found.Count == 0) return new FileCheck(folder, FileState.Missing, expected, "none", toDo);
        return found.Count >= least
            ? new FileCheck(folder, FileState.Ok, expected, Number(found.Count))
            : new FileCheck(folder, FileState.Wrong, expected, Number(found.Count), toDo);
    }

    /// <summary>
    /// A list has its number of ids, each with image and mask, and shares none with <c>val.txt</c> if it is for training.
    /// </summary>
    private static FileCheck List(VocLayout layout, string split, int count, HashSet<string> images, HashSet<string> masks, string toDo)
    {
        string path = layout.Split(split);
        bool apart = split is "train" or "train_aug" && File.Exists(layout.Split("val"));
        string expected = $"{Number(count)} ids, each with image and mask" + (apart ? ", none of val.txt" : "");
        if (!File.Exists(path)) return new FileCheck(path, FileState.Missing, expected, "no file", toDo);
        string[] ids = layout.ListedIds(split);
        string[] problems =
        [
            .. Problem("twice", ids.GroupBy(id => id).Where(group => group.Count() > 1).Select(group => group.Key)),
            .. Problem("without image", ids.Where(id => !images.Contains(id))),
            .. Problem("without mask", ids.Where(id => !masks.Contains(id))),
            .. Problem("of val.txt", apart ? ids.Intersect(layout.ListedIds("val")) : []),
        ];
        string found = string.Join(", ", problems.Prepend($"{Number(ids.Length)} ids"));
        bool right = ids.Length == count && problems.Length == 0;
        return new FileCheck(path, right ? FileState.Ok : FileState.Wrong, expected, found, right ? null : toDo);
    }

    /// <summary>How many ids have a problem, and the first of them; nothing if none has.</summary>
    private static IEnumerable<string> Problem(string what, IEnumerable<string> ids)
    {
        string[] all = [.. ids];
        string more = all.Length > MostNamed ? ", …" : "";
        return all.Length == 0 ? [] : [$"{Number(all.Length)} {what} ({string.Join(", ", all.Take(MostNamed))}{more})"];
    }

    private static HashSet<string> Names(string folder, string extension) => !Directory.Exists(folder) ? []
        : [.. Directory.EnumerateFiles(folder, "*" + extension).Select(path => Path.GetFileNameWithoutExtension(path)!)];

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
