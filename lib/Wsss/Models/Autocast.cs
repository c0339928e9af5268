using System.Runtime.InteropServices;
using TorchSharp;

namespace Wsss.Models;

/// <summary>
/// libtorch's own automatic casts (PyTorch's <c>torch.autocast</c>), which TorchSharp does not have: until it is disposed, convolutions
/// and products on this thread are done in bfloat16, sums and normalisation in float32 as libtorch's lists say.
/// </summary>
/// <remarks>
/// Gradients pass through the casts, so that weights get theirs in float32; bfloat16 has float32's range and needs no scaling of losses.
/// </remarks>
internal readonly struct Autocast : IDisposable
{
    private const sbyte BFloat16 = 15; // c10::ScalarType
    private const string Library = "libtorch_cpu.so";
    private const string SetEnabledName = "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb";

    private static readonly Lazy<bool> IsThere = new(() =>
    {
        TorchRuntime.EnsureLoaded();
        return NativeLibrary.TryLoad(Library, typeof(Autocast).Assembly, null, out nint library)
            && NativeLibrary.TryGetExport(library, SetEnabledName, out _);
    });

    private readonly sbyte _device;
    private readonly bool _wasOn;
    private readonly sbyte _before;
    private readonly bool _isRunning;

    private Autocast(sbyte device)
    {
        _device = device;
        _wasOn = IsEnabled(device);
        _before = DTypeOf(device);
        SetDType(device, BFloat16);
        SetEnabled(device, true);
        _ = IncrementNesting();
        _isRunning = true;
    }

    /// <summary>Begins to cast where the precision asks for it; else does nothing.</summary>
    /// <param name="precision">The network's.</param>
    /// <param name="device">Where its tensors lie.</param>
    /// <exception cref="TorchException">libtorch has no such casts here.</exception>
    public static Autocast Of(Precision precision, DeviceType device)
    {
        if (precision == Precision.Float32) return default;
        Require();
        // c10::DeviceType has the same numbers.
        return new Autocast((sbyte)device);
    }

    /// <summary>Checks, before any work, that libtorch can cast.</summary>
    /// <exception cref="TorchException">It cannot.</exception>
    public static void Require()
    {
        if (!IsThere.Value)
        {
            throw new TorchException(
                "Expected a libtorch that casts to bfloat16 by itself, as that for Linux does, found another. Use the precision float32.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isRunning) return;
        SetEnabled(_device, _wasOn);
        SetDType(_device, _before);
        // Weights are cast once within all scopes; they may change after the outermost one.
        if (DecrementNesting() == 0) ClearCache();
    }

    // at::autocast's functions, by their names as GCC and Clang write them.
    [DllImport(Library, EntryPoint = SetEnabledName)]
    private static extern void SetEnabled(sbyte device, [MarshalAs(UnmanagedType.U1)] bool enabled);

    [DllImport(Library, EntryPoint = "_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE")]
    [return: MarshalAs(UnmanagedType.U1)]
    private static extern bool IsEnabled(sbyte device);

    [DllImport(Library, EntryPoint = "_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE")]
    private static extern void SetDType(sbyte device, sbyte type);

    [DllImport(Library, EntryPoint = "_ZN2at8autocast18get_autocast_dtypeEN3c1010DeviceTypeE")]
    private static extern sbyte DTypeOf(sbyte device);

    [DllImport(Library, EntryPoint = "_ZN2at8autocast17increment_nestingEv")]
    private static extern int IncrementNesting();

    [DllImport(Library, EntryPoint = "_ZN2at8autocast17decrement_nestingEv")]
    private static extern int DecrementNesting();

    [DllImport(Library, EntryPoint = "_ZN2at8autocast11clear_cacheEv")]
    private static extern void ClearCache();
}
