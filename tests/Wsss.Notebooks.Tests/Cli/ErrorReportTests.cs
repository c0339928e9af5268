using System.CommandLine;
using System.Reflection;
using TorchSharp;
using Wsss.Cli;
using ExitCode = Wsss.Cli.ExitCode;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class ErrorReportTests
{
    private static readonly Command Train = new("train")
    {
        new Option<int>("--micro-batch"),
        new Option<int>("--size"),
        new Option<bool>("--resume"),
    };

    [Fact]
    public void An_error_that_should_not_happen_is_one_line_with_a_file_of_details()
    {
        var (line, code) = Report(new TargetInvocationException(Thrown(new InvalidOperationException("Sequence contains\nno elements"))));
        Assert.Equal(ExitCode.Error, code);
        Assert.StartsWith(
            "wsss: An error that should not happen, InvalidOperationException: Sequence contains. Please report it with the details in ",
            line
        );
        string path = line.Split("details in ")[1].TrimEnd('.');
        string details = File.ReadAllText(path);
        File.Delete(path);
        Assert.StartsWith(Path.GetTempPath(), path);
        Assert.StartsWith($"wsss {Provenance.LibraryVersion}\n", details);
        Assert.Contains(nameof(Thrown), details);
        Assert.Contains("Sequence contains\nno elements", details);
    }

    [Fact]
    public void Of_several_errors_the_one_that_says_something_is_told()
    {
        var several = new AggregateException(
            new OperationCanceledException(),
            new AggregateException(new DataSetException("Expected a, found b."))
        );
        Assert.Equal(("wsss: Expected a, found b.", ExitCode.Error), Report(several));
        Assert.Equal(("wsss: Expected a, found b.", ExitCode.Error), Report(several, interrupted: true));
    }

    [Fact]
    public void An_interruption_is_no_error()
    {
        var (line, code) = Report(new AggregateException(new TaskCanceledException()), interrupted: true);
        Assert.Equal(ExitCode.Interrupted, code);
        Assert.StartsWith("Interrupted. ", line);
    }

    [Fact]
    public void What_libtorch_cannot_allocate_ends_with_the_options_that_help()
    {
        using var scope = torch.NewDisposeScope();
        var error = Record.Exception(() => torch.empty(1L << 46))!;
        Assert.True(TorchRuntime.IsOutOfMemory(error), error.Message);
        var (line, code) = Report(error);
        Assert.Equal(ExitCode.Error, code);
        Assert.StartsWith("wsss: The memory does not suffice: ", line);
        Assert.EndsWith(". Give a smaller --micro-batch or --size, or end other programs.", line);
        Assert.EndsWith(
            ". Give it smaller images, or end other programs.",
            Report(new OutOfMemoryException("No."), new Command("refine")).Line
        );
        Assert.False(TorchRuntime.IsOutOfMemory(Record.Exception(() => torch.zeros(2).add(torch.zeros(3)))!));
    }

    [Fact]
    public void Every_remedy_has_a_hint_in_the_words_of_the_command_line()
    {
        foreach (var remedy in Enum.GetValues<Remedy>())
        {
            var (line, _) = Report(new WsssException("Expected a, found b.") { Remedy = remedy });
            Assert.Equal(remedy == Remedy.None, line == "wsss: Expected a, found b.");
            Assert.Matches(remedy == Remedy.None ? "." : "--[a-z]+|`wsss [a-z]+", line);
        }
        Assert.EndsWith("with --resume goes on from there.", Report(new TorchException("a") { Remedy = Remedy.Resume }).Line);
        Assert.EndsWith(
            "The same command goes on from there.",
            Report(new TorchException("a") { Remedy = Remedy.Resume }, new Command("compare")).Line
        );
    }

    private static (string Line, int Code) Report(Exception error, Command? command = null, bool interrupted = false)
    {
        using var output = new StringWriter();
        int code = new ErrorReport(output).Write(error, command ?? Train, interrupted, verbose: false);
        return (Assert.Single(output.ToString().TrimEnd().Split('\n')), code);
    }

    private static Exception Thrown(Exception error) => Record.Exception((Action)(() => throw error))!;
}
