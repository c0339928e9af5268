using System.Text.RegularExpressions;
using Wsss.Notebooks.Charting;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Tests.Course;
using Wsss.Tests;

namespace Wsss.Notebooks.Tests;

public sealed partial class SavedPicturesTests
{
    [Fact]
    public void A_picture_is_found_by_its_section_and_number_and_charts_are_not_counted()
    {
        var notebook = Notebook.Create(
            Shows(Png(1)),
            NotebookCell.Markdown("m1", "# Title\n\ntext\n\n## The failure of C#"),
            Shows(MimeBundle.Of((Chart.MediaType, "{}"), (MimeBundle.Png, "AA==")), Png(2)),
            NotebookCell.Markdown("m2", "no heading"),
            Shows(Png(3)),
            NotebookCell.Markdown("m3", "## The cure"),
            Shows(MimeBundle.Of((MimeBundle.Text, "a number"))));
        Assert.Equal([1], SavedPictures.Of(notebook, ""));
        Assert.Equal([2], SavedPictures.Of(notebook, "The failure of C#"));
        Assert.Equal([3], SavedPictures.Of(notebook, "The failure of C#", 2));
        foreach (var (section, number) in new[] { ("The failure of C#", 0), ("The failure of C#", 3), ("The cure", 1), ("Title", 1) })
        {
            var error = Assert.Throws<NotebookException>(() => SavedPictures.Of(notebook, section, number));
            Assert.EndsWith("found pictures in '' (1), 'The failure of C#' (2).", error.Message);
        }
    }

    [Fact]
    public void A_picture_that_is_damaged_is_refused()
    {
        var notebook = Notebook.Create(Shows(MimeBundle.Of((MimeBundle.Png, "AA="))));
        var error = Assert.Throws<NotebookException>(() => SavedPictures.Of(notebook, ""));
        Assert.StartsWith("Expected a picture in base64, found 3 characters that are not", error.Message);
    }

    // eng/site.sh puts them there.
    [Fact]
    public void The_pictures_that_the_cards_name_are_in_the_notebooks()
    {
        string path = ProjectFolder.At("docs", "methods.md");
        var named = Comment().Matches(File.ReadAllText(path)).ToArray();
        Assert.Equal(20, named.Length);
        Assert.All(named, comment =>
        {
            string notebook = Path.GetFullPath(comment.Groups["notebook"].Value, Path.GetDirectoryName(path)!);
            byte[] picture = SavedPictures.Of(
                CourseFiles.Load(Path.GetFileName(notebook)), comment.Groups["section"].Value, int.Parse(comment.Groups["number"].Value));
            Assert.Equal<byte>([0x89, (byte)'P', (byte)'N', (byte)'G'], picture[..4]);
        });
    }

    private static MimeBundle Png(byte content) => MimeBundle.Of((MimeBundle.Png, Convert.ToBase64String([content])));

    private static NotebookCell Shows(params MimeBundle[] bundles)
    {
        var cell = NotebookCell.Code("c", "1");
        cell.SetOutputs(1, bundles.Select(bundle => new DisplayOutput(bundle).ToJson()));
        return cell;
    }

    [GeneratedRegex("<!-- picture: (?<notebook>[^,]+), (?<number>[0-9]+), (?<section>.*) -->")]
    private static partial Regex Comment();
}
