using System.CommandLine;
using System.Globalization;
using Wsss.Evaluation;
using Wsss.Storage;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss store</c>: look at the folder of finished results, check it, make room in it.</summary>
internal static class StoreCommand
{
    // A century, well within what a span of time holds.
    private const int MostDays = 36_500;

    private const string ListLesson =
        """
        What it does:
          Prints a line for each result in the store: what it is, its key, its state, how much room it takes, when it was made and by
          which options. A result is found by everything that decides it: options, seed, the bytes of photographs and labels, the
          bytes of starting weights, and on the CPU the number of threads, as sums of other threads differ in their last digits.

        Examples:
          wsss store list
          wsss store list --store /data/results --json
        """;

    private const string CheckLesson =
        """
        What it does:
          Reads every file of every result and compares it with what was written. Prints what is damaged and the file in which; the
          exit code is 1 if there is anything. Results are compared when they are used, too: this is for a whole store at once.

        Examples:
          wsss store check
        """;

    private const string CleanLesson =
        """
        What it does:
          Removes what is damaged, what an older version of the program has made, and what was left half-made. With --older-than or
          --keep-bytes also results that were not used for long. What a running process makes stays. What is removed is made anew
          when a command needs it.

        Examples:
          wsss store clean --dry-run
          wsss store clean --older-than 30
          wsss store clean --keep-bytes 20000000000 --dry-run
        """;

    public static Command Create() => new("store", "The folder of finished results: what is in it, whether it is whole, making room.")
    {
        List(), Check(), Clean(),
    };

    private static TaughtCommand List()
    {
        var options = new CommonOptions();
        var command = new TaughtCommand("list", "Print what is in the store, and how it was made.", ListLesson)
        {
            options.Store, options.Json,
        };
        command.SetAction(parsed => options.Print(parsed, StoreInventory.Of(Root(parsed, options)), ToTable));
        return command;
    }

    private static TaughtCommand Check()
    {
        var options = new CommonOptions();
        var command = new TaughtCommand("check", "Compare all files of the store with what was written.", CheckLesson)
        {
            options.Store, options.Json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            // Of an older version's and half-made things nobody wrote down what they contain.
            StoreEntry[] entries = [.. StoreInventory.Of(Root(parsed, options))
                .Where(entry => entry.State is StoreEntryState.Finished or StoreEntryState.Checkpoint or StoreEntryState.Broken)];
            string[] problems = ProgressDisplay.Run(progress => entries.Index().SelectMany(item =>
            {
                progress.Report(new WorkProgress("check results", item.Index + 1, entries.Length));
                return StoreInventory.Problems(item.Item, cancellation).Select(problem => problem.Message);
            }).ToArray());
            options.Print(parsed, problems, problems => problems.Length == 0
                ? $"{entries.Length} results, each as it was written."
                : string.Join('\n', problems) + $"\n{Hints.For(Remedy.RenewResult, command)}");
            return Task.FromResult(problems.Length > 0 ? ExitCode.Error : ExitCode.Done);
        });
        return command;
    }

    private static TaughtCommand Clean()
    {
        var options = new CommonOptions();
        var olderThan = new Option<int?>("--older-than")
        {
            Description = "Also remove results and checkpoints that were not used for so many days.",
        }.AtLeast(0, most: MostDays);
        var keepBytes = new Option<long?>("--keep-bytes")
        {
            Description = "Also remove results and checkpoints, used longest ago first, until the rest takes at most so many bytes.",
        };
        keepBytes.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] }]) result.AddError("Expected --keep-bytes to be at least 0.");
        });
        var dryRun = new Option<bool>("--dry-run") { Description = "Remove nothing and say what would go." };
        var command = new TaughtCommand("clean", "Remove what is damaged, left over or old.", CleanLesson)
        {
            olderThan, keepBytes, dryRun, options.Store, options.Json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var cleaning = new StoreCleaning
            {
                OlderThan = parsed.GetValue(olderThan) is { } days ? TimeSpan.FromDays(days) : null,
                KeepBytes = parsed.GetValue(keepBytes),
            };
            bool dry = parsed.GetValue(dryRun);
            var removals = ProgressDisplay.Run(progress =>
            {
                var plan = cleaning.Plan(Root(parsed, options), DateTime.UtcNow, progress, cancellation);
                return dry ? plan : [.. plan.Where(removal => StoreInventory.Remove(removal.Entry))];
            });
            options.Print(parsed, removals, removals => ToText(removals, dry));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static string Root(ParseResult parsed, CommonOptions options) => RunContext.StoreAt(parsed.GetValue(options.Store));

    private static string ToTable(IReadOnlyList<StoreEntry> entries) => entries.Count == 0 ? "The store is empty." : new Table(
        ["kind", "key", "state", "size", "made", "by"],
        [.. entries.Select(entry => (IReadOnlyList<string>)
        [
            entry.Kind, entry.Key, StateOf(entry), Size(entry.Bytes),
            entry.Made is { } made ? made.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "", entry.About,
        ])]) + $"\n{entries.Count} entries, {Size(entries.Sum(entry => entry.Bytes))}";

    private static string ToText(IReadOnlyList<StoreRemoval> removals, bool dry) =>
        string.Concat(removals.Select(removal =>
            $"{removal.Entry.Kind}-{removal.Entry.Key}  {Size(removal.Entry.Bytes)}  {removal.Reason}\n")) +
        $"{(dry ? "would remove" : "removed")} {removals.Count}, {Size(removals.Sum(removal => removal.Entry.Bytes))}";

    private static string StateOf(StoreEntry entry) => entry.State switch
    {
        StoreEntryState.Finished => "",
        StoreEntryState.HalfMade => "half-made",
        StoreEntryState.Older => "of an older version",
        var other => other.ToString().ToLowerInvariant(),
    };

    private static string Size(long bytes) => $"{(bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture)} MB";
}
