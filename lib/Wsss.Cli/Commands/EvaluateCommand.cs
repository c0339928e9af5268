using System.CommandLine;
using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Pipeline;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss evaluate</c>: the score of a folder of masks.</summary>
internal static class EvaluateCommand
{
    private static readonly string Lesson =
        $"""
        What it does:
          Compares a folder of masks, one ID.png for each image of a split, with the drawn masks. Masks of any program will do:
          indexed PNG in VOC's palette, or 8-bit grey.

        Measures:
        {TaughtCommand.ListOf<Measure>()}

        Examples:
          wsss evaluate --masks out/predictions --split test
          wsss evaluate --masks out/masks --split train --scale quick
          wsss evaluate --masks predictions --data VOC2012 --json
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var masks = new Option<string>("--masks", "-m")
        {
            Description = "Folder with a mask ID.png for each image of the split.",
            Required = true,
        };
        var command = new TaughtCommand("evaluate", "Score a folder of masks against a split's drawn masks.", Lesson) { masks };
        options.AddDataOptions(command);
        command.Options.Add(options.Split);
        command.Options.Add(options.Json);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var score = ProgressDisplay.Run(progress =>
                {
                    var (_, source) = options.Source(parsed);
                    return Study.ScoreMasks(
                        MaskFolderSource.Open(source, parsed.GetValue(masks)!),
                        source,
                        options.Context(parsed, progress, cancellation)
                    );
                });
                options.Print(parsed, score, score => score.ToTable());
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }
}
