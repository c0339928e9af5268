using TorchSharp;
using static TorchSharp.torch;

namespace Wsss.Training;

/// <summary>The values of one loss, read back.</summary>
/// <param name="Step">Number of the step, from 0.</param>
/// <param name="Images">Names of the images that it was of.</param>
/// <param name="Share">Their share of the step's images, 1 where they were all.</param>
/// <param name="Terms">Each term's value by its name.</param>
/// <param name="Total">Their sum, as it was minimised.</param>
internal sealed record LossReading(
    int Step, IReadOnlyList<string> Images, double Share, IReadOnlyDictionary<string, double> Terms, double Total);

/// <summary>
/// Losses between their step and their reading. A reading waits until the device has done all before it, so that on a device the losses of
/// many steps are read together; on the CPU, where nothing is waited for, those of each step.
/// </summary>
/// <param name="stepsTogether">Steps that are read together, at least 1.</param>
internal sealed class LossReadings(int stepsTogether) : IDisposable
{
    // A loss that is no number is found so many steps later, at most.
    private const int StepsOnDevices = 20;
    private readonly List<(int Step, IReadOnlyList<string> Images, double Share, string[] Names, Tensor Values)> _unread = [];

    /// <summary>As many steps together as suits a kind of device.</summary>
    public static LossReadings On(DeviceType type) => new(type == DeviceType.CPU ? 1 : StepsOnDevices);

    /// <summary>Whether it is time to read.</summary>
    public bool IsDue => _unread.Count > 0 && _unread[^1].Step - _unread[0].Step + 1 >= stepsTogether;

    /// <summary>Keeps the values of a loss on its device.</summary>
    /// <param name="step">Number of the step, from 0.</param>
    /// <param name="images">Names of the images that it was of.</param>
    /// <param name="share">Their share of the step's images.</param>
    /// <param name="terms">Scalars by name; stay the caller's.</param>
    /// <param name="total">Their sum; stays the caller's.</param>
    public void Add(int step, IReadOnlyList<string> images, double share, IReadOnlyList<(string Name, Tensor Loss)> terms, Tensor total)
    {
        using var scope = NewDisposeScope();
        Tensor[] values = [.. terms.Select(term => term.Loss.detach().flatten()), total.detach().flatten()];
        _unread.Add((step, images, share, [.. terms.Select(term => term.Name)], cat(values).DetachFromDisposeScope()));    // [T + 1]
    }

    /// <summary>Reads what was not read yet, in the order of the steps, by one copy from the device.</summary>
    public IReadOnlyList<LossReading> Read()
    {
        if (_unread.Count == 0) return [];
        using var scope = NewDisposeScope();
        Tensor[] each = [.. _unread.Select(loss => loss.Values)];
        float[] values = cat(each).cpu().data<float>().ToArray();
        var readings = new List<LossReading>(_unread.Count);
        int at = 0;
        foreach (var (step, images, share, names, _) in _unread)
        {
            var terms = new Dictionary<string, double>(names.Length);
            foreach (string name in names) terms[name] = values[at++];
            readings.Add(new LossReading(step, images, share, terms, values[at++]));
        }
        Dispose();
        return readings;
    }

    /// <summary>Forgets what was not read.</summary>
    public void Dispose()
    {
        foreach (var (_, _, _, _, values) in _unread) values.Dispose();
        _unread.Clear();
    }
}
