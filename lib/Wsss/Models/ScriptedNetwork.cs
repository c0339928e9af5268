using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Wsss.Models;

/// <summary>A network of somebody else's as TorchScript, traced or scripted in Python: one tensor goes in, one comes out.</summary>
internal sealed class ScriptedNetwork : IDisposable
{
    private readonly jit.ScriptModule<Tensor, Tensor> _network;
    private readonly string _path;

    /// <exception cref="InputFileException">There is no such file.</exception>
    /// <exception cref="WeightFileException">libtorch cannot read it.</exception>
    public ScriptedNetwork(string path, Device device)
    {
        TorchRuntime.EnsureLoaded();
        _path = path;
        InputFile.Require(path, InputKind.Weights);
        // TorchSharp makes a tensor for every parameter of every part of the network whenever it visits them; none is the network's own.
        using var scope = NewDisposeScope();
        try
        {
            _network = jit.load<Tensor, Tensor>(path, device.type, device.index);
        }
        catch (ExternalException error)
        {
            throw new WeightFileException(
                $"{path}: expected a TorchScript network (torch.jit.trace or torch.jit.script, then save); libtorch cannot read it: "
                    + $"{FirstLine(error)}",
                error
            );
        }
        _network.eval();
    }

    /// <summary>What the network makes of a tensor.</summary>
    /// <exception cref="WeightFileException">It does not take such a tensor, or gives something else than one.</exception>
    public Tensor Run(Tensor input)
    {
        try
        {
            return _network.call(input);
        }
        catch (Exception error) when (error is ExternalException or InvalidCastException)
        {
            throw Unlike($"a network that takes [{string.Join(", ", input.shape)}] and gives one tensor", FirstLine(error), error);
        }
    }

    /// <summary>An error that says what the network should have been.</summary>
    public WeightFileException Unlike(string expected, string found, Exception? cause = null) =>
        new($"{_path}: expected {expected}, found: {found}", cause);

    /// <inheritdoc/>
    public void Dispose()
    {
        using var scope = NewDisposeScope();
        _network.Dispose();
    }

    private static string FirstLine(Exception error) => error.Message.Split('\n')[0].Trim();
}
