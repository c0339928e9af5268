using System.CommandLine;

namespace Wsss.Cli;

/// <summary>How what the library asks for is done with this command line.</summary>
internal static class Hints
{
    // What needs memory by its number or side, in the order in which it helps.
    private static readonly string[] Sizes = ["--max-memory", "--micro-batch", "--size", "--scales"];

    /// <summary>A sentence for people who typed a command; empty where the message says it all.</summary>
    public static string For(Remedy remedy, Command command) =>
        remedy switch
        {
            Remedy.None => "",
            Remedy.ChooseBackbone => "On the command line: --backbone mobilenet_v2 --weights mobilenet_v2.pth.",
            Remedy.ChooseDevice => "Give --device cpu, or build with -p:TorchBackend=cuda (environment.md).",
            Remedy.SetUpMachine => "eng/setup.sh installs what is missing (environment.md); `wsss doctor` shows what is found.",
            Remedy.UseLessMemory => LessMemory(command),
            Remedy.AllowLargeImages => "On the command line: --max-pixels.",
            Remedy.Resume => Has(command, "--resume")
                ? "The same command with --resume goes on from there."
                : "The same command goes on from there.",
            Remedy.RenewResult => "`wsss store clean` throws away what is broken; the same command then makes it anew.",
            Remedy.ChooseStore => Has(command, "--store")
                ? "Give another folder by --store, or make room: `wsss store clean`."
                : "`wsss store clean` makes room.",
            Remedy.NameTraining => "Give the folder that `wsss train` or `wsss segment` prints.",
            Remedy.DescribeData => "`wsss init FOLDER` looks for labels in many forms and writes that file.",
            Remedy.MakeMasks => "`wsss masks` and `wsss segment` write such folders.",
            Remedy.MakeResults => "`wsss run` and `wsss compare` write it.",
            Remedy.Pretrain => "`wsss pretrain` makes what is shipped.",
            _ => throw new ArgumentOutOfRangeException(nameof(remedy)),
        };

    private static string LessMemory(Command command)
    {
        string[] sizes = [.. Sizes.Where(name => Has(command, name))];
        return sizes.Length == 0
            ? "Give it smaller images, or end other programs."
            : $"Give a smaller {string.Join(" or ", sizes)}, or end other programs.";
    }

    private static bool Has(Command command, string name) => command.Options.Any(option => option.Name == name);
}
