using System.CommandLine;
using System.Runtime.InteropServices;
using Wsss;
using Wsss.Cli;
using Wsss.Cli.Commands;

var root = new RootCommand(
    """
    Weakly supervised semantic segmentation: masks from image-level labels.

    photographs -> classifier -> localization maps -> pseudo masks -> segmentation network -> mIoU

    Start here:
      wsss doctor                 is this machine ready?
      wsss run --scale smoke      the whole way on drawn scenes, in seconds
      wsss run                    the same at a size that shows something, in minutes
      wsss run --data FOLDER --backbone mobilenet_v2 --weights FILE.pth
                                  on your photographs in PASCAL VOC layout
      wsss explain IMAGE --backbone mobilenet_v2 --weights FILE.pth
                                  where any classifier sees what, in one image

    The same way step by step: train, maps, refine, review, masks, segment, evaluate. `wsss COMMAND --help` explains each by examples.

    Exit codes: 0 done, 1 an error that the message explains, 2 wrong arguments, 130 interrupted (training leaves a
    checkpoint; --resume goes on from it).
    """)
{
    DoctorCommand.Create(),
    DataCommand.Create(),
    WeightsCommand.Create(),
    PretrainCommand.Create(),
    TrainCommand.Create(),
    ExplainCommand.Create(),
    MapsCommand.Create(),
    RefineCommand.Create(),
    ReviewCommand.Create(),
    MasksCommand.Create(),
    SegmentCommand.Create(),
    EvaluateCommand.Create(),
    RunCommand.Create(),
    CompareCommand.Create(),
    ResultsCommand.Create(),
    NotebookCommand.Create(),
};
TaughtCommand.ExtendHelp(root);

// Both signals ask running work to stop; training writes its checkpoint before the process ends.
using var cancellation = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    parsed.Invoke();
    return ExitCode.Usage;
}
try
{
    return await parsed.InvokeAsync(
        new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancellation.Token);
}
catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
{
    Console.Error.WriteLine("Interrupted. Finished results are kept; the same command goes on from the last checkpoint, with --resume where it has that option.");
    return ExitCode.Interrupted;
}
catch (WsssException error)
{
    Console.Error.WriteLine($"Error: {error.Message}");
    return ExitCode.Error;
}
catch (IOException error)
{
    Console.Error.WriteLine($"Error: {error.Message} Files that were being written are left as they were before.");
    return ExitCode.Error;
}
catch (UnauthorizedAccessException error)
{
    Console.Error.WriteLine($"Error: {error.Message}");
    return ExitCode.Error;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    cancellation.Cancel();
}
