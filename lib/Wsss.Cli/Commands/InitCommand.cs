using System.CommandLine;
using System.Globalization;
using Wsss.Data;
using Wsss.Data.Labels;
using Wsss.Evaluation;
using Wsss.Figures;
using Wsss.Storage;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss init</c>: from a folder of photographs to a data set.</summary>
internal static class InitCommand
{
    private const int PicturesPerClass = 6;

    private static readonly string Lesson =
        $"""
        What it does:
          Looks at a folder of photographs, finds what says which class is in which, says what it understood, sets photographs aside for
          validation and test by --seed where nobody has, and writes one small file, {PhotographFolder.FileName}. Every command takes that
          file as --data, and without --data the one in the current folder. No mask is needed. Read the table that it prints, look at the
          contact sheet, and correct the file by hand where it is wrong.

        Labels are read as people keep them:
        {TaughtCommand.ListOf<LabelFormat>()}

        Examples:
          wsss init photographs
          wsss init photographs --labels labels.csv
          wsss init photographs --labels instances.json --classes cat dog --out cats-and-dogs.yaml
        """;

    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "Where the photographs lie, in folders below it too." };
        var labels = new Option<string?>("--labels", "-l")
        {
            Description = "File or folder of the labels. Default: looked for in the folder.",
        };
        var classes = new Option<string[]>("--classes")
        {
            Description =
                "Names of the classes in the order of the masks' values, or a file with one per line. Default: those that the labels name.",
            AllowMultipleArgumentsPerToken = true,
        };
        var seed = new Option<int>("--seed") { Description = "Decides which photographs are set aside.", DefaultValueFactory = _ => 1 };
        var output = new Option<string>("--out", "-o")
        {
            Description = "The file to write.",
            DefaultValueFactory = _ => PhotographFolder.FileName,
        };
        var force = new Option<bool>("--force") { Description = "Replace the file and the contact sheet where they are there." };
        var sheet = new Option<string>("--sheet")
        {
            Description = "The contact sheet to draw.",
            DefaultValueFactory = _ => Path.Combine("out", "contact-sheet.png"),
        };
        var json = new Option<bool>("--json") { Description = "Print the result as JSON instead of a table." };
        var command = new TaughtCommand("init", "Look at a folder of labelled photographs and make a data set of it.", Lesson)
        {
            folder,
            labels,
            classes,
            seed,
            output,
            force,
            sheet,
            json,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(output)!;
            if (File.Exists(path) && !parsed.GetValue(force))
                throw new WsssException(
                    $"Expected to write '{path}' anew, found it already there. Give --force to replace it, or another --out."
                );
            IReadOnlyList<string>? names = parsed.GetValue(classes) switch
            {
                [var file] when File.Exists(file) => ClassList.Read(file),
                { Length: > 0 } given => given,
                _ => null,
            };
            string picture = parsed.GetValue(sheet)!;
            var drawn = new OwnFiles(Path.GetDirectoryName(Path.GetFullPath(picture))!, "init", [Path.GetFileName(picture)]);
            if (!parsed.GetValue(force))
                drawn.RefuseOthers();
            var survey = FolderSurvey.Of(parsed.GetValue(folder)!, parsed.GetValue(labels), names);
            var data = survey.Data with { Seed = parsed.GetValue(seed) };
            var splits = data.Open();
            drawn.Begin();
            var broken = Draw(splits, picture);
            DataSetFile.Write(
                path,
                data,
                "Photographs and their labels, as `wsss init` understood them. Every command takes this file as --data."
            );
            var odd = DataCheck
                .OfLabels([splits.Train, splits.Validation, splits.Test])
                .Where(finding => finding.Severity != FindingSeverity.Note);
            var result = new Made(path, picture, survey.Notes, [.. broken, .. odd], Counts(splits));
            ResultText.Print(parsed.GetValue(json) ? WsssJson.Write(result) : ToText(result).TrimEnd());
            return ExitCode.Done;
        });
        return command;
    }

    private static string ToText(Made made)
    {
        string[] splits = [.. made.Counts[0].Images.Keys];
        var table = new Table(
            ["photographs with", .. splits],
            [
                .. made.Counts.Select(row =>
                    (IReadOnlyList<string>)[row.Class, .. splits.Select(split => row.Images[split].ToString(CultureInfo.InvariantCulture))]
                ),
            ]
        );
        string notes = string.Concat(made.Notes.Select(note => $"- {note}\n")) + DataCheckCommand.Lines(made.Findings);
        return $"{table}\n{notes}\nwritten: {made.File}\ncontact sheet: {made.ContactSheet}\n"
            + $"next: wsss run{(made.File == PhotographFolder.FileName ? "" : $" --data {Shell.Quote(made.File)}")} "
            + "--backbone mobilenet_v2 --weights mobilenet_v2.pth (ImageNet weights as torchvision publishes them)";
    }

    /// <summary>A row per class, one for no class, and one for all.</summary>
    private static IReadOnlyList<ClassCount> Counts(DataSplits data)
    {
        (string Name, IMaskedSource Source)[] parts = [("train", data.Train), ("validation", data.Validation), ("test", data.Test)];
        return
        [
            .. data.Train.ClassNames.Select((name, c) => Row(name, labels => labels.Contains(c))),
            Row("none of them", labels => labels.Count == 0),
            Row("all", _ => true),
            new ClassCount("a mask", parts.ToDictionary(part => part.Name, part => part.Source.WithMasks()?.Count ?? 0)),
        ];

        ClassCount Row(string name, Func<IReadOnlyList<int>, bool> counts) =>
            new(
                name,
                parts.ToDictionary(
                    part => part.Name,
                    part => Enumerable.Range(0, part.Source.Count).Count(i => counts(part.Source.Labels(i)))
                )
            );
    }

    /// <summary>Draws the contact sheet; gives back what of it cannot be read.</summary>
    private static IReadOnlyList<DataFinding> Draw(DataSplits data, string path)
    {
        var train = data.Train;
        var broken = new List<DataFinding>();
        (string Class, IReadOnlyList<Sample> Samples)[] rows =
        [
            .. train.ClassNames
                .Select((name, c) =>
                {
                    int[] shown = [.. Enumerable.Range(0, train.Count).Where(i => train.Labels(i).Contains(c))];
                    int step = Math.Max(1, shown.Length / PicturesPerClass);
                    return (name, (IReadOnlyList<Sample>)[.. shown.Where((_, i) => i % step == 0).Select(Read).OfType<Sample>()
                        .Take(PicturesPerClass)]);
                })
                .Where(row => row.Item2.Count > 0),
        ];
        if (rows.Length == 0 && broken.Count > 0)
            throw new DataSetException($"{broken[0]}");
        Gallery.ByClass(rows, train.ClassNames, $"{train.Name}: photographs by class").Save(path);
        return [.. broken.DistinctBy(finding => finding.What)];

        Sample? Read(int index)
        {
            try
            {
                return train.Load(index);
            }
            catch (WsssException error)
            {
                broken.Add(DataFinding.Of(error, train.Id(index)));
                return null;
            }
        }
    }

    private sealed record Made(
        string File,
        string ContactSheet,
        IReadOnlyList<string> Notes,
        IReadOnlyList<DataFinding> Findings,
        IReadOnlyList<ClassCount> Counts
    );

    private sealed record ClassCount(string Class, IReadOnlyDictionary<string, int> Images);
}
