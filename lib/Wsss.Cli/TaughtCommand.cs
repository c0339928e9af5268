using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Wsss.Registry;

namespace Wsss.Cli;

/// <summary>A command whose help goes on, below the options, with what it does and how it is used.</summary>
/// <param name="name">What is typed.</param>
/// <param name="summary">One line.</param>
/// <param name="lesson">What it does, and two or three examples.</param>
internal sealed class TaughtCommand(string name, string summary, string lesson) : Command(name, summary)
{
    private string Lesson { get; } = lesson;

    /// <summary>The members of a family, a line each, as they stand in a lesson.</summary>
    public static string ListOf<T>() => "  " + Family.Of<T>().ToHelp().Replace("\n", "\n  ", StringComparison.Ordinal);

    /// <summary>Lets the help of these commands show their lessons, and all help call the program <c>wsss</c>.</summary>
    public static void ExtendHelp(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithLesson((SynchronousCommandLineAction)help.Action!);
    }

    private sealed class HelpWithLesson(SynchronousCommandLineAction help) : SynchronousCommandLineAction
    {
        // Whoever asks for help need not have given what the command requires.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parsed)
        {
            var output = parsed.InvocationConfiguration.Output;
            using var text = new StringWriter();
            parsed.InvocationConfiguration.Output = text;
            int code = help.Invoke(parsed);
            parsed.InvocationConfiguration.Output = output;
            // The program's file is called otherwise than the launcher that people type.
            output.Write(text.ToString().Replace($"  {RootCommand.ExecutableName} ", "  wsss "));
            if (parsed.CommandResult.Command is TaughtCommand { Lesson: var lesson }) output.WriteLine(lesson);
            return code;
        }
    }
}
