using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Wsss;

/// <summary>
/// What the native libraries below libtorch read from the environment when they start, as eng/native.sh sets it for the scripts: a program
/// that is started without them, such as an installed tool, needs it too. A variable that is set already stays.
/// </summary>
internal static class NativeSettings
{
    /// <summary>Sets what this machine needs, on Linux. Has an effect only before libtorch is loaded.</summary>
    public static void Apply()
    {
        if (!OperatingSystem.IsLinux()) return;
        foreach (var (name, value) in For(Processor()))
        {
            if (Environment.GetEnvironmentVariable(name) is not null) continue;
            // .NET keeps a copy of the environment, which child processes get; native code sees the process's own.
            Environment.SetEnvironmentVariable(name, value);
            _ = SetNative(name, value, 0);
        }
    }

    /// <summary>The variables for a machine.</summary>
    internal static IEnumerable<(string Name, string Value)> For((string Vendor, bool HasAvx512, bool IsVirtual) processor)
    {
        // Idle OpenMP threads that spin starve the image workers on small machines.
        yield return ("OMP_WAIT_POLICY", "passive");
        // There oneDNN's AVX kernels gave NaN in training and other bits each time; its SSE kernels do not (environment.md).
        if (processor is ("AuthenticAMD", true, true)) yield return ("ONEDNN_MAX_CPU_ISA", "SSE41");
    }

    /// <summary>What the processor says of itself by CPUID, in Intel's and AMD's manuals; nothing where there is none.</summary>
    internal static (string Vendor, bool HasAvx512, bool IsVirtual) Processor()
    {
        if (!X86Base.IsSupported) return ("", false, false);
        var (_, ebx, ecx, edx) = X86Base.CpuId(0, 0);
        int[] letters = [ebx, edx, ecx];
        string vendor = Encoding.ASCII.GetString(MemoryMarshal.AsBytes(letters.AsSpan()));
        return (vendor, Avx512F.IsSupported, X86Base.CpuId(1, 0).Ecx < 0);
    }

    [DllImport("libc", EntryPoint = "setenv", CharSet = CharSet.Ansi)]
    private static extern int SetNative(string name, string value, int overwrite);
}
