using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Wsss;

/// <summary>The one place that starts libtorch, chooses the device and seeds its generator.</summary>
internal static class TorchRuntime
{
    private static readonly Lazy<bool> Prepared = new(() =>
    {
        NativeSettings.Apply();
        return true;
    });

    private static readonly string[] OutOfMemory = ["can't allocate memory", "not enough memory", "out of memory"];

    /// <summary>Loads libtorch, or explains why it cannot be loaded.</summary>
    /// <exception cref="TorchException">The native library is missing or does not load; the message names cause and fix.</exception>
    public static void EnsureLoaded()
    {
        _ = Prepared.Value;
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
        }
        catch (Exception error)
            when (error is NotSupportedException or DllNotFoundException or TypeInitializationException or FileNotFoundException)
        {
            throw new TorchException(ExplainLoadFailure(error), error) { Remedy = Remedy.SetUpMachine };
        }
    }

    /// <summary>Turns <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c> into a device that is there.</summary>
    /// <param name="name"><c>auto</c> is the first CUDA device if one answers, else the CPU.</param>
    /// <exception cref="TorchException">Another name, or a CUDA device that is not there.</exception>
    public static torch.Device ResolveDevice(string name)
    {
        EnsureLoaded();
        if (name == "cpu") return torch.CPU;
        bool wantsCuda = name == "cuda" || name.StartsWith("cuda:", StringComparison.Ordinal);
        if (!wantsCuda && name != "auto")
            throw new TorchException($"Expected the device to be auto, cpu, cuda or cuda:N, found '{name}'.");
        int index = 0;
        if (name.Contains(':') && !int.TryParse(name.AsSpan(name.IndexOf(':') + 1), out index))
            throw new TorchException($"Expected a number after 'cuda:', found '{name}'.");
        bool hasCuda = torch.TryInitializeDeviceType(DeviceType.CUDA) && torch.cuda.is_available();
        if (!wantsCuda) return hasCuda ? torch.CUDA : torch.CPU;
        if (!hasCuda)
        {
            throw new TorchException(
                $"The device '{name}' was asked for, but no CUDA device answers. Use the native package for CUDA " +
                "(TorchSharp-cuda-linux or TorchSharp-cuda-windows) on a machine with an NVIDIA driver, or the device cpu.")
            { Remedy = Remedy.ChooseDevice };
        }
        int count = torch.cuda.device_count();
        if (index < 0 || index >= count)
            throw new TorchException($"The device '{name}' was asked for, but this machine has {count} CUDA device(s), numbered from 0.");
        return new torch.Device(DeviceType.CUDA, index);
    }

    /// <summary>Whether an error says that memory did not suffice, the machine's or a CUDA device's.</summary>
    public static bool IsOutOfMemory(Exception error) => error is OutOfMemoryException ||
        // libtorch's errors have no kinds: these are the words of its allocators on Linux, Windows and CUDA.
        (error is ExternalException && OutOfMemory.Any(words => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase)));

    /// <summary>
    /// Whether numbers and tensors that are given to operators are safe from the garbage collector. TorchSharp 0.107 hands native code
    /// a raw handle; optimised by the JIT, its methods no longer keep the object behind it alive, and a collection during the call,
    /// set off by any thread, frees it while libtorch reads it. eng/TorchSharpNumbers.targets gives programs a TorchSharp that is not
    /// optimised. Where this is false, long work may end with an odd message of libtorch, or with other numbers.
    /// </summary>
    public static bool KeepsNumbers =>
        typeof(torch).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true };

    /// <summary>Runs libtorch's operators on that many threads; results are bit-identical only at equal thread counts.</summary>
    public static void UseThreads(int count)
    {
        EnsureLoaded();
        torch.set_num_threads(count);
    }

    /// <summary>
    /// What decides the last bits of sums on a device, beside the machine: on the CPU how many threads libtorch runs on, such as
    /// <c>cpu, threads 2</c>; elsewhere the kind of device, <c>cuda</c>.
    /// </summary>
    public static string Arithmetic(torch.Device device) =>
        device.type == DeviceType.CPU ? $"cpu, threads {torch.get_num_threads()}" : device.type.ToString().ToLowerInvariant();

    /// <summary>
    /// Lets freed memory stay with the process, on Linux with glibc; elsewhere it does nothing. Feature maps are large and
    /// short-lived, and by default each comes fresh from the kernel, page fault by page fault, which costs a third of the
    /// time of a MobileNetV2. The setting holds for the whole process.
    /// </summary>
    public static void KeepFreedMemory()
    {
        if (!OperatingSystem.IsLinux()) return;
        // Names and values of glibc's malloc.h.
        const int TrimThreshold = -1, TopPad = -2, MmapMax = -4;
        try
        {
            _ = MallocOption(MmapMax, 0);
            _ = MallocOption(TrimThreshold, int.MaxValue);
            _ = MallocOption(TopPad, 64 << 20);
        }
        catch (EntryPointNotFoundException)
        {
            // musl has no mallopt; its allocator stays as it is.
        }
    }

    [DllImport("libc", EntryPoint = "mallopt")]
    private static extern int MallocOption(int parameter, int value);

    private static string ExplainLoadFailure(Exception error)
    {
        string cause = "libtorch could not be loaded.";
        if (OperatingSystem.IsLinux() && !HasNewLibstdcxx())
        {
            return cause + " Cause: this system's libstdc++ is older than GCC 13's (symbol version GLIBCXX_3.4.32 is missing). " +
                "Fix: install the libstdc++6 of Debian 13 or Ubuntu 24.04.";
        }
        if (OperatingSystem.IsWindows())
        {
            return cause + " Known problem: TorchSharp 0.107.0 may not load on Windows (TorchSharp issue 1567). " +
                "Fix: use TorchSharp 0.106.x. " + error.Message;
        }
        return cause + " Fix: reference the native package of this platform (libtorch-cpu-linux-x64, TorchSharp-cuda-linux, …) " +
            "in the program that uses the library. " + error.Message;
    }

    private static bool HasNewLibstdcxx()
    {
        string[] candidates =
        [
            "/usr/lib/x86_64-linux-gnu/libstdc++.so.6",
            "/usr/lib64/libstdc++.so.6",
            "/lib64/libstdc++.so.6",
            "/usr/lib/libstdc++.so.6",
            "/usr/lib/aarch64-linux-gnu/libstdc++.so.6",
        ];
        return candidates
            .Where(File.Exists)
            .Any(path => InputFile.ReadBytes(path, InputKind.Array).AsSpan().IndexOf("GLIBCXX_3.4.32"u8) >= 0);
    }
}
