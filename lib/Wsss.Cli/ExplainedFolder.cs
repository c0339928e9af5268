using System.Globalization;
using Wsss.Data;
using Wsss.Evaluation;

namespace Wsss.Cli;

/// <summary>Explanations of all images of a folder.</summary>
/// <param name="Images">Those that could be read, by name.</param>
/// <param name="Broken">A line for each that could not, with its file.</param>
internal sealed record ExplainedFolder(IReadOnlyList<ExplainedFolder.Image> Images, IReadOnlyList<string> Broken)
{
    /// <summary>One image.</summary>
    internal sealed record Image(string File, ExplanationFiles Explanation);

    /// <summary>Explains image by image.</summary>
    /// <param name="folder">The folder; folders in it are not looked at.</param>
    /// <param name="target">Gets a folder for each image, of its name.</param>
    /// <param name="explain">Writes the explanation of an image into a folder.</param>
    /// <param name="run">Progress and cancellation.</param>
    /// <exception cref="DataSetException">There is no image.</exception>
    public static ExplainedFolder Write(string folder, string target, Func<string, string, ExplanationFiles> explain, RunContext run)
    {
        string[] files = [.. Directory.EnumerateFiles(folder)
            .Where(file => Photographs.Extensions.Contains(Path.GetExtension(file).ToLowerInvariant())).Order(NaturalOrder.Instance)];
        if (files.Length == 0)
            throw new DataSetException($"Expected images ({string.Join(", ", Photographs.Extensions)}) in '{folder}', found none.");
        var (images, broken) = (new List<Image>(), new List<string>());
        for (int i = 0; i < files.Length; i++)
        {
            try
            {
                images.Add(new Image(files[i], explain(files[i], Path.Combine(target, Path.GetFileName(files[i])))));
            }
            catch (ImageFileException error)
            {
                broken.Add(error.Message);
            }
            run.Report("explain images", i + 1, files.Length);
        }
        return new ExplainedFolder(images, broken);
    }

    /// <summary>A row per image with its strongest class, and what was broken.</summary>
    public string ToText()
    {
        var table = new Table(
            ["image", "class", "score", "picture"],
            [
                .. Images.Select(image =>
                    (IReadOnlyList<string>)
                        [
                            Path.GetFileName(image.File),
                            ClassList.ShortName(image.Explanation.Classes[0].Name),
                            image.Explanation.Classes[0].Score.ToString("0.000", CultureInfo.InvariantCulture),
                            image.Explanation.Picture,
                        ]
                ),
            ]
        );
        return Broken.Count == 0
            ? table.ToString()
            : $"{table}\n{Broken.Count} image(s) could not be read:\n{string.Join('\n', Broken.Select(line => $"- {line}"))}";
    }
}
