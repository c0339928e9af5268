using System.CommandLine;
using Wsss.Comparisons;
using Wsss.Notebooks;
using Wsss.Notebooks.Reports;
using Wsss.Registry;
using Wsss.Results;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss compare</c>: experiments under the same rules, in one table and on one page.</summary>
internal static class CompareCommand
{
    private static readonly string Lesson =
        $"""
        What it does:
          Runs every way to train × way to read maps × refinement × seed of a grid, all with the same budget; chooses each one's
          threshold on the validation split and scores it on the test split. Prints a row per way: means over the seeds with
          95 % intervals, the difference to the first row seed by seed, and what it cost. Everything finished is kept in the
          store: a rerun computes only what is missing, and an interrupted one goes on where it stopped.

        Grids, beside a file of your own in YAML or JSON (start from what --print shows, or from data/grids):
        {TaughtCommand.ListOf<ReadyGrid>()}

        -t replaces the techniques that a grid is made of. A row names its options where they are not the suggested ones.

        Files, in --out: index.html (sort, filter, click a row for its pictures and curves; works offline), results.csv,
        results.json and results.md (the same bytes again for the same run), costs.md, grid.json; measured.json has means, seeds,
        differences, costs and how they were made, for `wsss results`.

        Examples:
          wsss compare ablation --scale smoke
          wsss compare pairs -t MultiDilation -t Equivariance -t SaliencyFusion --seeds 1 2 3
          wsss compare best --print > mine.json
          wsss compare mine.json --data FOLDER --backbone mobilenet_v2 --weights FILE.pth --saliency saliency.pt
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var grid = new Argument<string>("grid")
        {
            Description = $"{string.Join(", ", Family.Of<ReadyGrid>().Names)}, or a file in YAML or JSON.",
        };
        var seeds = new Option<int[]>("--seeds")
        {
            Description =
                "Seeds of the networks; the data stay the same. Three or more give intervals. Default: the grid's, which is 1 for the "
                    + "ready ones.",
            AllowMultipleArgumentsPerToken = true,
        };
        var shards = ShardOption.OfStored("trials");
        var print = new Option<bool>("--print") { Description = "Print the grid as a file to start from, and run nothing." };
        var output = new Option<string?>("--out")
        {
            Description = "Folder of the page and the result files. Default: out/compare/ and the grid's name.",
        };
        var command = new TaughtCommand(
            "compare",
            "Compare techniques, maps and refinements with the same data, budget and rules.",
            Lesson
        );
        command.Arguments.Add(grid);
        options.AddDataOptions(command);
        options.AddTrainingOptions(command);
        command.Options.Remove(options.Resume); // it always goes on
        options.AddMapOptions(command);
        options.Student.AddTo(command, makesMasks: true);
        foreach (var option in new Option[] { options.Techniques, seeds, shards.Which, print, output })
            command.Options.Add(option);
        options.AddRunOptions(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var experiment = options.SharedExperiment(parsed);
                var chosen = Choose(parsed.GetValue(grid)!, experiment);
                if (parsed.GetValue(seeds) is { Length: > 0 } given)
                    chosen = chosen with { Seeds = given };
                if (experiment.Refinements.Count > 0)
                    chosen = chosen with { Refinements = [experiment.Refinements] };
                if (parsed.GetResult(options.Maps.Method) is { Implicit: false })
                    chosen = chosen with { Extractors = [experiment.Maps.Extractor] };
                if (parsed.GetResult(options.Maps.Scales) is not null)
                    chosen = chosen with { Scales = experiment.Maps.Scales };
                if (parsed.GetValue(print))
                {
                    ResultText.Print(WsssJson.Write(chosen));
                    return Task.FromResult(ExitCode.Done);
                }
                var shared = experiment with { Classifier = experiment.Classifier with { Techniques = [] }, Refinements = [] };
                var contenders = options.Saliency.Apply(parsed, experiment.Data!.Kind, chosen.Contenders(shared));
                if (shards.Of(parsed) is { } shard)
                {
                    var (done, all) = ProgressDisplay.Run(progress =>
                    {
                        var run = options.Context(parsed, progress, cancellation);
                        return Comparison.RunPart(experiment.Data!.Open(), contenders, chosen.Seeds, shard, run);
                    });
                    options.Print(parsed, new PartDone($"{shard}", done, all), result => result.ToText());
                    return Task.FromResult(ExitCode.Done);
                }
                string name = Path.GetFileNameWithoutExtension(parsed.GetValue(grid)!);
                string folder = parsed.GetValue(output) ?? Path.Combine("out", "compare", name);
                // Before the hours that it takes, not after them.
                _ = ComparisonPage.Folder(folder, contenders.Count);
                var comparison = ProgressDisplay.Run(progress =>
                    Comparison.Run(experiment.Data!.Open(), contenders, chosen.Seeds, options.Context(parsed, progress, cancellation))
                );
                options.Print(parsed, comparison, result => $"{result.ToMarkdown()}\n{result.ToCostTable()}");
                string scale = parsed.GetValue(options.Scale).ToString().ToLowerInvariant();
                var provenance = new Dictionary<string, string> { ["data"] = parsed.GetValue(options.Data)!, ["scale"] = scale };
                string page = ComparisonPage.Write(comparison, chosen, folder, name.Replace('-', ' '), ScaleNotice.Of(provenance));
                ResultFiles.Of(comparison, name, chosen, shared, CommandLine.Text()).Save(Path.Combine(folder, ResultFile.FileName));
                ResultText.Note($"page: {page}");
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }

    private sealed record PartDone(string Shard, int Trials, int Of)
    {
        public string ToText() => $"part {Shard}: {Trials} of {Of} trials are in the store";
    }

    private static ComparisonGrid Choose(string name, Pipeline.Experiment experiment)
    {
        var techniques = experiment.Classifier.Techniques;
        if (Family.Of<ReadyGrid>().TryFind(name) is { } ready)
            return ((ReadyGrid)ready.Published).On(experiment.Data!.Kind, techniques);
        if (techniques.Count > 0)
            throw new RecipeException($"Expected no -t with the grid '{name}', which is a file and names its techniques itself.");
        return ComparisonGrid.Load(name, experiment.Data!.Kind);
    }
}
