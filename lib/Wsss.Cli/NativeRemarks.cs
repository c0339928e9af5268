using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wsss.Cli;

/// <summary>
/// Keeps one remark of libtorch's from standard error: that NNPACK, one of its ways to convolve, does not know the processor. It says so at
/// each convolution that could have been done by it, thousands of times, and nobody can do anything about it. All else passes.
/// </summary>
/// <remarks>
/// libtorch offers no way to turn it off: it writes to the process's standard error itself. That becomes a pipe, of which a thread passes
/// on the lines. What .NET writes goes past it, to the same place: lines are written where the last one of either ended, which a stream of
/// .NET over a file would not do.
/// </remarks>
internal sealed class NativeRemarks : IDisposable
{
    private const int StandardError = 2;

    private const int Interrupted = 4, TryAgain = 11; // EINTR and EAGAIN of Linux

    private static readonly byte[] Remark = "Could not initialize NNPACK!"u8.ToArray();

    private readonly int _passed;
    private readonly Thread _reader;

    private NativeRemarks(int passed, int read)
    {
        _passed = passed;
        _reader = new Thread(() =>
        {
            using var from = new FileStream(new SafeFileHandle(read, ownsHandle: true), FileAccess.Read, bufferSize: 1);
            Pass(from, passed);
        })
        {
            IsBackground = true,
            Name = "Native remarks",
        };
        _reader.Start();
    }

    /// <summary>Begins to leave the remark out, on Linux; null elsewhere, or where standard error cannot be parted.</summary>
    public static NativeRemarks? LeaveOut()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        // .NET takes standard error, and whether it is a terminal, as they are when it is asked first.
        _ = (Console.Error, Console.IsErrorRedirected);
        int[] pipe = new int[2];
        int passed = Duplicate(StandardError);
        if (passed < 0 || Pipe(pipe) != 0)
            return null;
        Duplicate(pipe[1], StandardError);
        Close(pipe[1]);
        return new NativeRemarks(passed, pipe[0]);
    }

    /// <summary>Passes on what is left, and gives standard error back.</summary>
    public void Dispose()
    {
        // The pipe's last writer in this process: its reader comes to an end, unless a child process still holds it.
        Duplicate(_passed, StandardError);
        _reader.Join(TimeSpan.FromSeconds(1));
    }

    /// <summary>
    /// Copies lines but those with the remark, each as soon as it is whole. What cannot be written is lost: nobody is left to be told, and
    /// a writer whose lines nobody took would wait for ever.
    /// </summary>
    internal static void Pass(Stream from, int to)
    {
        var line = new List<byte>();
        byte[] buffer = new byte[4096];
        while (from.Read(buffer) is var count and > 0)
        {
            foreach (byte value in buffer.AsSpan(0, count))
            {
                line.Add(value);
                if (value == (byte)'\n')
                    End();
            }
        }
        End();

        void End()
        {
            ReadOnlySpan<byte> whole = CollectionsMarshal.AsSpan(line);
            if (whole.IndexOf(Remark) < 0)
                Write(to, whole);
            line.Clear();
        }
    }

    private static void Write(int to, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int written = (int)Write(to, ref MemoryMarshal.GetReference(bytes), (nuint)bytes.Length);
            if (written >= 0)
            {
                bytes = bytes[written..];
                continue;
            }
            int error = Marshal.GetLastPInvokeError();
            // Somebody else may have made it one that does not wait by itself.
            if (error == TryAgain) Thread.Sleep(1);
            else if (error != Interrupted) return;
        }
    }

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    private static extern nint Write(int descriptor, ref byte bytes, nuint count);

    [DllImport("libc", EntryPoint = "dup")]
    private static extern int Duplicate(int descriptor);

    [DllImport("libc", EntryPoint = "dup2")]
    private static extern int Duplicate(int descriptor, int to);

    [DllImport("libc", EntryPoint = "pipe")]
    private static extern int Pipe(int[] ends);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
