using System.CommandLine;
using NetMQ;
using Wsss.Kernel;
using Wsss.Kernel.Specs;
using Wsss.Notebooks.Sessions;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss kernel</c>: lets Jupyter and VS Code run C# notebooks with this library.</summary>
internal static class KernelCommand
{
    private const string Lesson =
        """
        What it does:
          Makes this program known to Jupyter as the kernel of C# notebooks, so that JupyterLab, VS Code's Jupyter extension and nbconvert
          run the project's notebooks. Install it again when the program has moved. The kernel listens on this machine's loopback only and
          obeys signed messages only.

        Examples:
          wsss kernel install
          wsss kernel install --prefix .venv
          wsss kernel list
          wsss kernel uninstall
          jupyter nbconvert --to notebook --execute notebooks/01-cam.ipynb --output-dir out
        """;

    public static Command Create() => new TaughtCommand("kernel", "Let Jupyter and VS Code run C# notebooks with this library.", Lesson)
    {
        CreateInstall(), CreateUninstall(), CreateList(), CreateRun(),
    };

    private static Command CreateInstall()
    {
        var place = new Place();
        var command = new Command("install", "Make the kernel known to Jupyter, in place of an earlier installation.");
        place.AddTo(command);
        command.SetAction(parsed =>
        {
            var program = KernelProgram.OfThisProcess(typeof(KernelCommand).Assembly.Location, "kernel", "run");
            ResultText.Print(KernelSpec.Install(place.Of(parsed) ?? JupyterFolders.User, program));
        });
        return command;
    }

    private static Command CreateUninstall()
    {
        var place = new Place();
        var command = new Command("uninstall", "Remove the kernel from Jupyter.");
        place.AddTo(command);
        command.SetAction(parsed =>
        {
            string folder = place.Of(parsed) ?? JupyterFolders.User;
            string removed =
                KernelSpec.Uninstall(folder)
                ?? throw new WsssException(
                    $"Expected the kernel {KernelSpec.Name} in '{folder}', found none. `wsss kernel list` shows where it is."
                );
            ResultText.Print(removed);
        });
        return command;
    }

    private static Command CreateList()
    {
        var place = new Place();
        var command = new Command("list", "Show where the kernel is installed, and whether its program is still there.");
        place.AddTo(command);
        command.SetAction(parsed =>
        {
            var found = KernelSpec.List(place.Of(parsed) is { } folder ? [folder] : JupyterFolders.All);
            foreach (var kernel in found) ResultText.Print($"{kernel.Folder}: {Describe(kernel)}");
            if (found.Count == 0) ResultText.Note("None. `wsss kernel install` installs it.");
        });
        return command;
    }

    /// <summary>What Jupyter calls; people have no reason to.</summary>
    private static Command CreateRun()
    {
        var file = new Argument<string>("connection-file") { Description = "The file that Jupyter writes." };
        var command = new Command("run", "Be the kernel that a connection file describes.") { file };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellation) =>
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            // Cells have their own standard error; this one is what Jupyter's own window shows.
            var errors = Console.Error;
            var connection = ConnectionFile.Load(parsed.GetValue(file)!);
            var options = new SessionOptions { ShowsProgress = true };
            using (var kernel = new JupyterKernel(connection, options, note => errors.WriteLine($"wsss kernel: {note}")))
            {
                var running = kernel.RunAsync(ending.Token);
                _ = kernel.WarmUpAsync(ending.Token);
                await Task.WhenAny(running, ParentProcess.WaitForEndAsync(ParentProcess.Id, ending.Token));
                await ending.CancelAsync();
                await running;
            }
            // Waits until the last messages have left.
            NetMQConfig.Cleanup(block: true);
            return ExitCode.Done;
        });
        return command;
    }

    private static string Describe(InstalledKernel kernel) => kernel switch
    {
        { IsOurs: false } => "another program's",
        { Missing: { } path } => $"broken, '{path}' is missing; install it again",
        _ => string.Join(' ', kernel.Command),
    };

    /// <summary>Which of Jupyter's data folders.</summary>
    private sealed class Place
    {
        private readonly Option<string?> _user = new("--user")
        {
            Description = "A data folder of Jupyter, as JUPYTER_DATA_DIR names it. Default: yours.",
        };

        private readonly Option<string?> _prefix = new("--prefix")
        {
            Description = "An installation, such as a virtual environment of Python.",
        };

        public void AddTo(Command command)
        {
            command.Options.Add(_user);
            command.Options.Add(_prefix);
            command.OneAtMost(_user, _prefix, "where the kernel goes");
        }

        /// <summary>Null where the command line names none.</summary>
        public string? Of(ParseResult parsed) =>
            parsed.GetValue(_prefix) is { } prefix ? JupyterFolders.OfPrefix(prefix) : parsed.GetValue(_user);
    }
}
