using TorchSharp;

namespace Wsss.Tests;

/// <summary>Where tests of what is chosen by device run: on the CPU, and on a GPU where one answers (eng/gpu-check.sh).</summary>
public static class Devices
{
    public static TheoryData<string> All { get; } =
        torch.TryInitializeDeviceType(DeviceType.CUDA) && torch.cuda.is_available() ? ["cpu", "cuda"] : ["cpu"];
}
