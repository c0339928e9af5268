namespace Wsss.Kernel.Wire;

/// <summary>The sockets of a kernel that carry messages.</summary>
internal enum KernelChannel
{
    /// <summary>Requests, worked off one after another.</summary>
    Shell,

    /// <summary>Requests that overtake those.</summary>
    Control,

    /// <summary>Questions of the kernel to the user.</summary>
    Stdin,

    /// <summary>What all clients see.</summary>
    Iopub,
}
