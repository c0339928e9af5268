using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class DuplicateImagesTests
{
    private readonly DuplicateImages _duplicates = new();

    private void Add(string part, string id, byte picture, params int[] labels) =>
        _duplicates.Add(part, new Sample(id, new RgbImage(2, 1, [picture, 0, 0, 0, picture, 0]), labels));

    [Fact]
    public void Photographs_of_the_same_pixels_under_other_names_are_told_with_their_splits()
    {
        Add("train", "a", 1, 0);
        Add("train", "b", 2, 0);
        Add("test", "a copy", 1, 0);
        Add("test", "c", 3, 0);
        var finding = Assert.Single(_duplicates.Findings());
        Assert.Equal(FindingSeverity.Warning, finding.Severity);
        Assert.Contains("1 photographs occur more than once under other names, in several splits: 'a' (train) = 'a copy' (", finding.What);
    }

    [Fact]
    public void Other_labels_of_the_same_pixels_are_told_first_and_copies_in_one_split_are_a_note()
    {
        Add("train", "a", 1, 0);
        Add("train", "cat/b", 2, 0);
        Add("train", "dog/b", 2, 1);
        Add("train", "a copy", 1, 0);
        DataFinding[] findings = [.. _duplicates.Findings()];
        Assert.Equal([FindingSeverity.Warning, FindingSeverity.Note], findings.Select(finding => finding.Severity));
        Assert.Contains("with other labels: 'cat/b' (train) = 'dog/b' (train)", findings[0].What);
        Assert.Contains("in one split: 'a' (train) = 'a copy' (train)", findings[1].What);
    }

    [Fact]
    public void A_photograph_of_two_splits_by_its_name_and_pictures_of_one_colour_are_no_copies()
    {
        Add("train", "a", 1, 0);
        Add("validation", "a", 1, 0);
        Add("train", "black", 0, 0);
        Add("test", "also black", 0, 1);
        Assert.Empty(_duplicates.Findings());
    }
}
