using TorchSharp;
using static TorchSharp.torch;

namespace Wsss;

/// <summary>Copies to a device that do not wait for the work it was given before.</summary>
internal static class HostTensors
{
    extension(Tensor host)
    {
        /// <summary>
        /// A tensor in the CPU's memory on a device: on a CPU itself; else its copy, made when the device comes to it, for which it is
        /// given up. (From memory that is not pinned, <c>to</c> waits until all work before is done.)
        /// </summary>
        public Tensor SentTo(Device device)
        {
            if (device.type == DeviceType.CPU) return host;
            using (host)
            using (Tensor pinned = host.pin_memory())
                return pinned.to(device, non_blocking: true);
        }
    }
}
