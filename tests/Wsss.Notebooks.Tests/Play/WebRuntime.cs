using System.Diagnostics;
using Wsss.Notebooks.Play;
using Wsss.Tests;

namespace Wsss.Notebooks.Tests.Play;

/// <summary>What runs networks in a browser, as the project brings it; a test is skipped where it is not to be had.</summary>
internal static class WebRuntime
{
    public static PlayRuntime Open()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no bash.");
        using var script = Process.Start(new ProcessStartInfo("bash", [ProjectFolder.At("eng", "onnxruntime-web.sh")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = script.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string folder = script.StandardOutput.ReadToEnd().Trim();
        script.WaitForExit();
        Assert.SkipWhen(script.ExitCode != 0, $"There is no onnxruntime-web: {errors.GetAwaiter().GetResult().Trim()}");
        return PlayRuntime.Open(ProjectFolder.At(folder));
    }
}
