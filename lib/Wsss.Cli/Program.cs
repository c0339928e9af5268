using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using Wsss.Cli;
using Wsss.Cli.Commands;
using Wsss.Data;

var quiet = new Option<bool>("--quiet", "-q") { Description = "Print results and errors only: no progress, no notes.", Recursive = true };
var verbose = new Option<bool>("--verbose")
{
    Description = "Of an error, print also where in the program it came from.",
    Recursive = true,
};
var maxPixels = new Option<int?>("--max-pixels")
{
    Description =
        "Most pixels of an image; a larger one is refused before it is read. Default: 100,000,000, or what "
            + $"{ImageFile.MaxPixelsVariable} says.",
    Recursive = true,
}.AtLeast(1);
var root = new RootCommand(
    """
    Weakly supervised semantic segmentation: masks from image-level labels.

    photographs -> classifier -> localization maps -> pseudo masks -> segmentation network -> mIoU

    Start here:
      wsss doctor                 is this machine ready?
      wsss run --scale smoke      the whole way on drawn scenes, in seconds
      wsss run                    the same at a size that shows something, in minutes
      wsss init FOLDER            a data set of your own labelled photographs, no masks needed; then:
      wsss run --backbone mobilenet_v2 --weights FILE.pth
                                  the whole way on them
      wsss predict FOLDER         masks of new photographs
      wsss predict FOLDER --model out/run-report/model
                                  masks of new photographs, with what a run has trained
      wsss explain IMAGE --backbone mobilenet_v2 --weights FILE.pth
                                  where any classifier sees what, in one image

    The same way step by step: train, maps, refine, review, threshold, masks, segment, evaluate. `wsss help COMMAND` explains each by examples.

    Exit codes: 0 done, 1 an error that the message explains, 2 wrong arguments, 130 interrupted (training leaves a
    checkpoint; --resume goes on from it).
    """
)
{
    DoctorCommand.Create(),
    InitCommand.Create(),
    DataCommand.Create(),
    WeightsCommand.Create(),
    PretrainCommand.Create(),
    TrainCommand.Create(),
    ExplainCommand.Create(),
    MapsCommand.Create(),
    RefineCommand.Create(),
    ThresholdCommand.Create(),
    ReviewCommand.Create(),
    MasksCommand.Create(),
    SegmentCommand.Create(),
    EvaluateCommand.Create(),
    ExportCommand.Create(),
    PlayCommand.Create(),
    RunCommand.Create(),
    PredictCommand.Create(),
    MergeCommand.Create(),
    CompareCommand.Create(),
    ResultsCommand.Create(),
    StoreCommand.Create(),
    NotebookCommand.Create(),
    KernelCommand.Create(),
    CompletionCommand.Create(),
    quiet,
    verbose,
    maxPixels,
};
root.Add(HelpCommand.Create(root));
TaughtCommand.ExtendHelp(root);
Completions.Extend(root);
OptionChecks.RefuseNumbersForNames(root);

// A foreground thread that a cell of a notebook has left running would keep the process if this only returned.
Environment.Exit(await RunAsync());

async Task<int> RunAsync()
{
    ErrorStream.Install();
    using var remarks = NativeRemarks.LeaveOut();

    var errors = new ErrorReport(Console.Error);
    var parsed = root.Parse(args);
    // Both signals ask running work to stop; training writes its checkpoint before the process ends.
    using var cancellation = new CancellationTokenSource();
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    if (UsageError.Of(parsed) is { } wrong)
    {
        errors.Write(wrong);
        return ExitCode.Usage;
    }
    // Errors apart, what goes there is progress and notes.
    if (parsed.GetValue(quiet)) Console.SetError(TextWriter.Null);
    // Where the library looks, and what other processes inherit.
    if (parsed.GetValue(maxPixels) is { } most) Environment.SetEnvironmentVariable(ImageFile.MaxPixelsVariable, $"{most}");
    try
    {
        return await parsed.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancellation.Token);
    }
    // Whatever it is, people get a line and not a stack.
    catch (Exception error)
    {
        return errors.Write(error, parsed.CommandResult.Command, cancellation.IsCancellationRequested, parsed.GetValue(verbose));
    }

    void Stop(PosixSignalContext signal)
    {
        // The first one ends a command that was given no token to look at, a second one any.
        signal.Cancel = parsed.Action is AsynchronousCommandLineAction && !cancellation.IsCancellationRequested;
        cancellation.Cancel();
    }
}
