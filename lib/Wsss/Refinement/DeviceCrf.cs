using System.Runtime.InteropServices;
using Wsss.Crf;
using Wsss.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Wsss.Refinement;

/// <summary>
/// A fully connected CRF over the labels of each image, where its network runs: on a CPU with arrays and as many threads as libtorch has,
/// on a GPU with tensors that stay there. Keeps its memory, as <see cref="DenseCrf"/>; not for use by several threads at once.
/// </summary>
internal sealed class DeviceCrf : IDisposable
{
    private readonly DenseCrf? _onArrays;
    private readonly LatticeTensorCrf? _onTensors;
    private readonly Device _device;
    private Tensor? _pinned; // memory that a GPU copies from and to without detours, for the largest image so far

    /// <summary>Makes a CRF without an image.</summary>
    /// <param name="options">The model.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public DeviceCrf(CrfOptions options, Device device)
    {
        _device = device;
        if (device.type == DeviceType.CPU) _onArrays = new DenseCrf(options, get_num_threads());
        else _onTensors = new LatticeTensorCrf(options, device);
    }

    /// <summary>Checks a model for images that differ in their labels: Potts alone.</summary>
    /// <param name="options">The model.</param>
    /// <param name="what">Whose it is, for the message.</param>
    /// <exception cref="RecipeException">An option lies outside its range, or labels have a compatibility.</exception>
    public static void Check(CrfOptions options, string what)
    {
        options.Validate();
        if (options.Compatibility is not null)
            throw new RecipeException(
                $"{what}: expected no label compatibility, found one. Images differ in their labels; leave it out for Potts."
            );
    }

    /// <summary>The marginals after all iterations.</summary>
    /// <param name="image">The image.</param>
    /// <param name="unary">[labels, H·W] unary energies, −log p; finite.</param>
    /// <param name="labels">Number of labels.</param>
    /// <returns>[labels, H·W]; they sum to 1 over the labels.</returns>
    public float[] Infer(RgbImage image, float[] unary, int labels)
    {
        if (_onArrays is not null) return _onArrays.Infer(image.Width, image.Height, image.Pixels, unary, labels);
        using var scope = NewDisposeScope();
        var host = Pinned(unary.Length);                                                       // [labels·H·W]
        Span<float> values = MemoryMarshal.Cast<byte, float>(host.bytes);
        unary.CopyTo(values);
        var marginals = _onTensors!.Infer(image, host.to(_device).view(labels, -1));           // [labels, H·W]
        host.copy_(marginals.flatten());
        return values.ToArray();
    }

    /// <summary>The marginals after all iterations, from energies that are where they are computed.</summary>
    /// <param name="image">The image.</param>
    /// <param name="unary">[labels, H·W] unary energies, −log p; float32, finite, on the device.</param>
    /// <returns>[labels, H·W] float32 on the device, the caller's to dispose of; they sum to 1 over the labels.</returns>
    public Tensor Infer(RgbImage image, Tensor unary)
    {
        if (_onTensors is not null) return _onTensors.Infer(image, unary);
        float[] marginals = Infer(image, unary.contiguous().data<float>().ToArray(), (int)unary.shape[0]);
        return tensor(marginals, unary.shape);
    }

    private Tensor Pinned(int count)
    {
        if (_pinned is null || _pinned.shape[0] < count)
        {
            _pinned?.Dispose();
            _pinned = empty(count).pin_memory().DetachFromDisposeScope();
        }
        return _pinned.narrow(0, 0, count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _onTensors?.Dispose();
        _pinned?.Dispose();
    }
}
