using System.Runtime.InteropServices;

namespace Wsss.Benchmarks.Sessions;

/// <summary>
/// Processor time of the calling thread (Linux): what the compiler and the garbage collector do on threads of their own is not in it.
/// Public because cells read it.
/// </summary>
public static partial class ThreadClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>Since the thread began.</summary>
    public static double Milliseconds() => GetTime(ThreadCpuTime, out Time time) == 0
        ? time.Seconds * 1e3 + time.Nanoseconds / 1e6
        : throw new PlatformNotSupportedException("Expected Linux, which tells a thread's processor time.");

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Time
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
