using System.CommandLine;
using TorchSharp;
using Wsss.Notebooks.Play;
using Wsss.Training;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss play</c>: a classifier in a page to play with.</summary>
internal static class PlayCommand
{
    private const int MostSamples = 12;

    private const string Lesson =
        """
        What it does:
          Writes a page that runs a classifier in the reader's browser, without a network: pick one of twelve images or bring any
          picture, see the score of each class and its map, move the threshold, and watch the mask follow. Scores, maps and masks are
          those of this program at one scale with the mirrored image. Opened as a file or served, the folder is all that it needs.

          --runtime is the npm package onnxruntime-web as it was unpacked; in the project, eng/play.sh brings a pinned one, trains a
          classifier of drawn scenes and makes its page in out/play.

        Examples:
          wsss play out/cache/classifier-0123456789abcdef --runtime out/tools/onnxruntime-web-1.30.0
          wsss play FOLDER --runtime package --data wsss.yaml --split validation --threshold 0.4 --out page
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var classifier = new Argument<string>("FOLDER") { Description = "The folder that `wsss train` prints." };
        var runtime = new Option<string>("--runtime")
        {
            Description = "Folder of the npm package onnxruntime-web.",
            Required = true,
        };
        var threshold = new Option<double>("--threshold")
        {
            Description = "Where the slider begins, 0.01 to 0.99.",
            DefaultValueFactory = _ => 0.3,
            CustomParser = result => OptionChecks.Number(result, 0.01, 0.99) ?? 0,
        };
        var folder = new Option<string>("--out", "-o") { Description = "Folder to fill.", DefaultValueFactory = _ => "out/play" };
        var command = new TaughtCommand("play", "Write a page that runs a classifier in the browser.", Lesson) { classifier };
        options.AddDataOptions(command);
        command.Options.Add(options.Split);
        command.Options.Add(runtime);
        command.Options.Add(threshold);
        command.Options.Add(folder);
        command.Options.Add(options.Json);
        command.SetAction(parsed =>
        {
            var web = PlayRuntime.Open(parsed.GetValue(runtime)!);
            using var trained = TrainedClassifier.Load(parsed.GetValue(classifier)!, torch.CPU);
            var (_, source) = options.Source(parsed);
            if (source.Count == 0)
                throw new DataSetException($"Expected an image in {source.Name}, found none. Choose another --split.");
            trained.RequireClasses(source);
            var samples = Enumerable.Range(0, Math.Min(MostSamples, source.Count)).Select(source.Load).ToArray();
            string page = PlayPage.Write(trained, samples, parsed.GetValue(threshold), web, parsed.GetValue(folder)!);
            options.Print(parsed, new Written(page), result => result.Page);
            return ExitCode.Done;
        });
        return command;
    }

    private sealed record Written(string Page);
}
