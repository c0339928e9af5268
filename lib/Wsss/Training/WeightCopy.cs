using static TorchSharp.torch;

namespace Wsss.Training;

/// <summary>A second set of a network's parameters and buffers, on its device.</summary>
internal sealed class WeightCopy : IDisposable
{
    private readonly Dictionary<string, Tensor> _values;

    /// <summary>Copies the network's.</summary>
    public WeightCopy(nn.Module network)
    {
        using var noGradients = no_grad();
        _values = network.state_dict().ToDictionary(own => own.Key, own => own.Value.clone().DetachFromDisposeScope());
    }

    /// <summary>Copies the network's anew.</summary>
    public void Take(nn.Module network) => ForEach(network, (own, copy) => copy.copy_(own));

    /// <summary>Moves each value a share of the way to the network's; whole numbers, such as counts, go all the way.</summary>
    public void MoveTowards(nn.Module network, double share) => ForEach(network, (own, copy) =>
    {
        if (copy.is_floating_point()) copy.lerp_(own, share);
        else copy.copy_(own);
    });

    /// <summary>Exchanges the network's with these.</summary>
    public void Swap(nn.Module network) => ForEach(network, (own, copy) =>
    {
        using Tensor before = own.clone();
        own.copy_(copy);
        copy.copy_(before);
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var value in _values.Values) value.Dispose();
    }

    private void ForEach(nn.Module network, Action<Tensor, Tensor> act)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        foreach (var (name, own) in network.state_dict()) act(own, _values[name]);
    }
}
