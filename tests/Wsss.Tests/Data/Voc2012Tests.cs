using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class Voc2012Tests : IDisposable
{
    private static readonly byte[] ArchiveContent = Encoding.ASCII.GetBytes("the archive");

    private readonly TempFolder _folder = new();

    private readonly Voc2012 _small = new()
    {
        Archive = new Download(
            "voc.tar",
            "http://somewhere/voc.tar",
            "photographs",
            ArchiveContent.Length,
            Convert.ToHexString(MD5.HashData(ArchiveContent)).ToLowerInvariant()
        ),
        Images = 6,
        Masks = 4,
        Train = 2,
        Val = 2,
        TrainVal = 4,
        TrainAug = 3,
    };

    public void Dispose() => _folder.Dispose();

    private string Root => _folder.File("VOCdevkit", "VOC2012");

    private Voc2012Report Check(string? folder = null) => _small.Check(folder ?? _folder.Path, null, TestContext.Current.CancellationToken);

    /// <summary>The one check that failed.</summary>
    private FileCheck Failure() => Assert.Single(Check().Checks, check => check.Failed);

    private void Write(string[] path, string content = "") => AtomicFile.WriteText(Path.Combine([Root, .. path]), content);

    private void WriteList(string split, params string[] ids) =>
        Write(["ImageSets", "Segmentation", split + ".txt"], string.Concat(ids.Select(id => id + "\n")));

    private void WriteVoc()
    {
        foreach (string id in (string[])["a", "b", "c", "d", "e", "f"]) Write(["JPEGImages", id + ".jpg"]);
        foreach (string id in (string[])["a", "b", "c", "d"]) Write(["SegmentationClass", id + ".png"]);
        WriteList("train", "a", "b");
        WriteList("val", "c", "d");
        WriteList("trainval", "a", "b", "c", "d");
    }

    private void WriteAugmented()
    {
        foreach (string id in (string[])["a", "b", "c", "d", "e"]) Write(["SegmentationClassAug", id + ".png"]);
        WriteList("train_aug", "/JPEGImages/a.jpg /SegmentationClassAug/a.png", "b", "e");
    }

    [Fact]
    public void The_official_numbers_fit_together()
    {
        Voc2012 official = Voc2012.Official;
        Assert.Equal(official.TrainVal, official.Train + official.Val);
        Assert.Equal(official.Masks, official.TrainVal);
        Assert.All([official.Archive, official.Sbd], file => Assert.Matches("^[0-9a-f]{32}$", file.Md5));
        Assert.All([official.Archive, official.Sbd, official.AugmentedMasks], file => Assert.Contains(file.File, file.Address));
        Assert.Contains("no published checksum known", official.AugmentedMasks.Identity);
        Assert.Equal("1,999,639,040 bytes, MD5 6cd6e144f989b92b3379bac3b3de84fd", official.Archive.Identity);
    }

    [Fact]
    public void Nothing_yet_is_said_with_the_commands_that_make_it()
    {
        Voc2012Report report = Check();
        Assert.Null(report.Root);
        Assert.Equal([FileState.Missing, FileState.Missing], report.Checks.Select(check => check.State));
        Assert.Contains("http://somewhere/voc.tar", report.Checks[0].ToDo);
        Assert.Equal($"tar -xf {_folder.File("voc.tar")} -C {_folder.Path}", report.Checks[1].ToDo);
        Assert.Contains("'/nowhere'", Assert.Throws<DataSetException>(() => Check("/nowhere")).Message);
    }

    [Fact]
    public void All_is_well_with_the_archive_or_without_it()
    {
        WriteVoc();
        WriteAugmented();
        Voc2012Report report = Check();
        Assert.Equal(Root, report.Root);
        Assert.Equal(6, report.Checks.Count);
        File.WriteAllBytes(_folder.File("voc.tar"), ArchiveContent);
        report = Check();
        Assert.Equal(7, report.Checks.Count);
        Assert.All(report.Checks, check => Assert.Equal((FileState.Ok, null), (check.State, check.ToDo)));
        // The unpacked folder itself will do, and its archive is found.
        Assert.Equal(report.Checks.Select(check => check.Found), Check(Root).Checks.Select(check => check.Found));
    }

    [Fact]
    public void Without_train_aug_there_is_a_note_that_fails_nothing()
    {
        WriteVoc();
        FileCheck note = Check().Checks[^1];
        Assert.Equal(FileState.Note, note.State);
        Assert.False(note.Failed);
        Assert.Contains("unzip", note.ToDo);
    }

    [Theory]
    [InlineData("an archive!", "MD5", "delete it and fetch it again")]
    [InlineData("the arch", "8 bytes: the download is not complete", "go on with it")]
    [InlineData("the archive and more", "20 bytes", "delete it and fetch it again")]
    public void An_archive_that_is_not_the_published_one_is_wrong(string content, string found, string toDo)
    {
        WriteVoc();
        File.WriteAllText(_folder.File("voc.tar"), content);
        FileCheck failure = Failure();
        Assert.Equal(FileState.Wrong, failure.State);
        Assert.Contains(found, failure.Found);
        Assert.StartsWith(toDo, failure.ToDo);
        Assert.Contains(_small.Archive.Md5!, failure.Expected);
    }

    [Fact]
    public void An_archive_without_published_checksum_is_a_note()
    {
        WriteVoc();
        WriteAugmented();
        File.WriteAllText(_folder.File("SegmentationClassAug.zip"), "anything");
        FileCheck note = Assert.Single(Check().Checks, check => check.State == FileState.Note);
        Assert.Contains("no published checksum known", note.Expected);
        Assert.Equal("8 bytes", note.Found);
    }

    [Theory]
    [InlineData("JPEGImages/f.jpg", "JPEGImages", "5")]
    [InlineData("ImageSets/Segmentation/val.txt", "val.txt", "no file")]
    [InlineData("ImageSets/Segmentation/train_aug.txt", "train_aug.txt", "the masks without the list")]
    [InlineData("SegmentationClassAug/e.png", "train_aug.txt", "3 ids, 1 without mask (e)")]
    public void A_missing_file_is_named(string file, string what, string found)
    {
        WriteVoc();
        WriteAugmented();
        File.Delete(Path.Combine(Root, file));
        FileCheck failure = Failure();
        Assert.EndsWith(what, failure.What);
        Assert.Equal(found, failure.Found);
        Assert.NotNull(failure.ToDo);
    }

    [Fact]
    public void A_list_whose_images_are_elsewhere_names_the_first_of_them()
    {
        WriteVoc();
        WriteList("trainval", "x1", "x2", "x3", "x4");
        FileCheck failure = Failure();
        Assert.Equal("4 ids, 4 without image (x1, x2, x3, …), 4 without mask (x1, x2, x3, …)", failure.Found);
        Assert.Contains("http://somewhere/voc.tar && tar -xf", failure.ToDo);
        File.WriteAllBytes(_folder.File("voc.tar"), ArchiveContent);
        Assert.StartsWith("unpack the archive again: tar -xf", Failure().ToDo);
    }

    [Theory]
    [InlineData("a", "1 ids")]
    [InlineData("a a", "2 ids, 1 twice (a)")]
    [InlineData("a c", "2 ids, 1 of val.txt (c)")]
    [InlineData("", "0 ids")]
    public void A_list_with_other_ids_is_wrong(string ids, string found)
    {
        WriteVoc();
        WriteList("train", ids.Split(' '));
        FileCheck failure = Failure();
        Assert.Equal((FileState.Wrong, found), (failure.State, failure.Found));
    }

    [Fact]
    public void An_unpacking_that_stopped_early_is_two_lines()
    {
        WriteList("train", "a", "b");
        Assert.Equal(
            ["JPEGImages", "SegmentationClass"],
            Check().Checks.Where(check => check.Failed && check.What.StartsWith(Root)).Select(check => Path.GetFileName(check.What))
        );
    }

    [Fact]
    public void The_list_without_its_masks_says_how_to_get_them()
    {
        WriteVoc();
        WriteList("train_aug", "a", "b", "e");
        Assert.Contains(" && unzip", Failure().ToDo);
        File.WriteAllText(_folder.File("SegmentationClassAug.zip"), "anything");
        Assert.StartsWith("unzip", Failure().ToDo);
    }

    [Fact]
    public void The_command_that_lists_train_aug_makes_a_right_list()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The command is for a POSIX shell.");
        WriteVoc();
        WriteAugmented();
        string folder = _folder.File("it's a folder");
        Directory.CreateDirectory(folder);
        Directory.Move(_folder.File("VOCdevkit"), Path.Combine(folder, "VOCdevkit"));
        string list = Path.Combine(folder, "VOCdevkit", "VOC2012", "ImageSets", "Segmentation", "train_aug.txt");
        File.Delete(list);
        string command = Assert.Single(Check(folder).Checks, check => check.Failed).ToDo!;

        using var shell = Process.Start("sh", ["-c", command]);
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
        Assert.Equal(["a", "b", "e"], File.ReadAllLines(list));
        Assert.DoesNotContain(Check(folder).Checks, check => check.Failed);
    }

    [Fact]
    public void What_is_right_can_be_trained_on()
    {
        HandMadeSource source = HandMadeSource.OfHalves(5);
        VocWriter.Write(
            Root,
            new DataSplits(new MaskedSubset(source, [0, 1]), new MaskedSubset(source, [0]), new MaskedSubset(source, [2, 3])),
            cancellation: TestContext.Current.CancellationToken
        );
        WriteList("trainval", "sample_000", "sample_001", "sample_002", "sample_003");
        ImageFile.WriteJpeg(Path.Combine(Root, "JPEGImages", "sample_004.jpg"), source.Load(4).Image);
        for (int i = 0; i < 5; i++)
            ImageFile.WriteGray(Path.Combine(Root, "SegmentationClassAug", $"sample_00{i}.png"), source.Mask(i));
        WriteList("train_aug", "sample_000", "sample_001", "sample_004");
        Assert.DoesNotContain(
            (_small with { Images = 5 }).Check(_folder.Path, null, TestContext.Current.CancellationToken).Checks,
            check => check.Failed
        );

        DataSplits splits = VocDataset.Splits(Root, seed: 1, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((3, 2), (splits.Train.Count, splits.Test.Count));
        Assert.Equal(source.Labels(4), splits.Train.Labels(2));
    }

    [Fact]
    public void Checking_writes_nothing()
    {
        WriteVoc();
        File.WriteAllBytes(_folder.File("voc.tar"), ArchiveContent);
        string[] before = Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories);
        Check();
        Assert.Equal(before.Order(), Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public void Checksums_tell_their_progress_and_can_be_stopped()
    {
        byte[] content = new byte[(2 << 20) + 5];
        File.WriteAllBytes(_folder.File("big.tar"), content);
        var file = new Download(
            "big.tar",
            "http://somewhere/big.tar",
            "zeros",
            content.Length,
            Convert.ToHexString(MD5.HashData(content)).ToLowerInvariant()
        );
        var seen = new Recorder();
        Assert.Equal(FileState.Ok, file.Check(_folder.Path, seen, TestContext.Current.CancellationToken).State);
        Assert.Equal([(1, 3), (2, 3), (3, 3)], seen.Values.Select(value => (value.Done, value.Total)));
        Assert.Throws<OperationCanceledException>(() => file.Check(_folder.Path, seen, new CancellationToken(canceled: true)));
    }

    private sealed class Recorder : IProgress<WorkProgress>
    {
        public List<WorkProgress> Values { get; } = [];

        public void Report(WorkProgress value) => Values.Add(value);
    }
}
