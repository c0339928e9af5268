using System.CommandLine;
using Wsss.Storage;

namespace Wsss.Cli;

/// <summary>Which part of the images a command works on; the same for every command whose work can be divided.</summary>
internal sealed class ShardOption
{
    private const string Auto = "auto";

    private const string Numbers = "1/4 is the first of four parts, 4/4 the last. auto takes it from Slurm's array task or from an indexed "
        + "Kubernetes job. ";

    public Option<string?> Which { get; } = new("--shard") { HelpName = "1/4" };

    /// <summary>An option of a command that works on images and fills a folder.</summary>
    public ShardOption()
        : this(
            $"Do a part of the images, as one of several machines: {Numbers}It fills a folder beside --out, FOLDER.part-1-of-4; "
                + "`wsss merge` puts all parts together. The same command again makes only what is missing. Default: all images.")
    {
    }

    private ShardOption(string description)
    {
        Which.Description = description;
        Which.Validators.Add(result =>
        {
            if (result.Tokens is not [var token] || token.Value == Auto) return;
            try { Shard.Parse(token.Value); }
            catch (WsssException error) { result.AddError(error.Message.Replace("Expected", $"Expected {Which.Name} to be")); }
        });
    }

    /// <summary>The option of a command that leaves its work in the store.</summary>
    /// <param name="what">What is divided.</param>
    public static ShardOption OfStored(string what) => new(
        $"Do a part of the {what} and print no result, as one of several machines with the same --store: {Numbers}When all parts are done, "
            + "the command without it finds everything there. Default: all.");

    /// <summary>The part; null for all.</summary>
    /// <exception cref="WsssException">It is to be the scheduler's, and there is none.</exception>
    public Shard? Of(ParseResult parsed) => parsed.GetValue(Which) switch
    {
        null => null,
        Auto => Shard.FromScheduler(Environment.GetEnvironmentVariable),
        var text => Shard.Parse(text),
    };
}
