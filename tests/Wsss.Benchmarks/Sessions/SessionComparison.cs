using System.Diagnostics;
using Wsss.Evaluation;

namespace Wsss.Benchmarks.Sessions;

/// <summary>The library's session beside Microsoft.DotNet.Interactive.CSharp, each in fresh processes.</summary>
internal static class SessionComparison
{
    /// <summary>Runs each three times in turn.</summary>
    /// <param name="notebooks">The .ipynb files that both shall read and write.</param>
    /// <returns>A table with the figure of each run.</returns>
    public static Table Run(IReadOnlyList<string> notebooks)
    {
        var figures = new Dictionary<string, Dictionary<string, List<string>>>();
        foreach (string part in SessionProbe.Parts)
        {
            for (int i = 0; i < 3; i++)
            {
                foreach (string which in (string[])["own", "package"])
                {
                    foreach (string line in Measure([which, part, .. notebooks]))
                    {
                        if (line.Split('\t') is not [var name, var value]) continue;
                        if (!figures.TryGetValue(name, out var both)) figures[name] = both = new() { ["own"] = [], ["package"] = [] };
                        both[which].Add(value);
                    }
                }
            }
        }
        return new Table(
            ["figure", "own session", "Microsoft.DotNet.Interactive.CSharp"],
            [.. figures.Select(figure => (IReadOnlyList<string>)[figure.Key, Show(figure.Value["own"]), Show(figure.Value["package"])])]);
    }

    private static IEnumerable<string> Measure(string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["session", .. arguments]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return process.ExitCode == 0 ? lines : [.. lines, $"exit status of the process of part '{arguments[1]}'\t{process.ExitCode}"];
    }

    private static string Show(List<string> values) => values.Distinct().Count() == 1 ? values[0] : string.Join(" · ", values);
}
