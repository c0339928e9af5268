using System.Diagnostics;

namespace Wsss.Tests.Hostile;

/// <summary>Makes what is no file; skips the test where the system cannot.</summary>
internal static class Pipes
{
    /// <summary>A pipe to which nobody writes: whoever opens it waits for ever.</summary>
    public static string Make(string path)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("There are no named pipes among the files of Windows.");
        using var make = Process.Start("mkfifo", [path]);
        make.WaitForExit();
        Assert.Equal(0, make.ExitCode);
        return path;
    }

    /// <summary>A link to a device without an end.</summary>
    public static string Endless(string path)
    {
        const string Zeros = "/dev/zero";
        if (!File.Exists(Zeros)) Assert.Skip($"There is no {Zeros} here.");
        File.CreateSymbolicLink(path, Zeros);
        return path;
    }
}
