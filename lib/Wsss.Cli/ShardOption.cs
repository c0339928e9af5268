using System.CommandLine;
using Wsss.Storage;

namespace Wsss.Cli;

/// <summary>Which part of the images a command works on; the same for every command whose work can be divided.</summary>
internal sealed class ShardOption
{
    private const string Auto = "auto";

    public Option<string?> Which { get; } = new("--shard")
    {
        Description = "Do a part of the images, as one of several machines: 1/4 is the first of four parts, 4/4 the last. auto takes it "
            + "from Slurm's array task or from an indexed Kubernetes job. It fills a folder beside --out, FOLDER.part-1-of-4; `wsss merge` "
            + "puts all parts together. The same command again makes only what is missing. Default: all images.",
        HelpName = "1/4",
    };

    public ShardOption() =>
        Which.Validators.Add(result =>
        {
            if (result.Tokens is not [var token] || token.Value == Auto) return;
            try { Shard.Parse(token.Value); }
            catch (WsssException error) { result.AddError(error.Message.Replace("Expected", $"Expected {Which.Name} to be")); }
        });

    /// <summary>The part; null for all.</summary>
    /// <exception cref="WsssException">It is to be the scheduler's, and there is none.</exception>
    public Shard? Of(ParseResult parsed) => parsed.GetValue(Which) switch
    {
        null => null,
        Auto => Shard.FromScheduler(Environment.GetEnvironmentVariable),
        var text => Shard.Parse(text),
    };
}
