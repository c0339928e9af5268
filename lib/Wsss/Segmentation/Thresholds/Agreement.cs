using Wsss.Data;

namespace Wsss.Segmentation.Thresholds;

/// <summary>
/// How far two ways to label the same pixels agree beyond chance (Cohen, <em>A coefficient of agreement for nominal scales</em>, 1960):
/// κ = (p − e) / (1 − e) with p the share of equal labels and e what labels of these frequencies share by chance. Without the correction
/// masks that are all foreground would agree perfectly with whatever is made of them.
/// </summary>
internal sealed class Agreement
{
    private readonly Dictionary<(byte, byte), long> _counts = [];

    /// <summary>Counts the pixels of two masks of one size.</summary>
    public void Add(LabelMap a, LabelMap b)
    {
        for (int i = 0; i < a.Values.Length; i++)
        {
            var pair = (a.Values[i], b.Values[i]);
            _counts[pair] = _counts.GetValueOrDefault(pair) + 1;
        }
    }

    /// <summary>κ, at most 1; 0 where chance explains all, also where all pixels have one label.</summary>
    public double Kappa()
    {
        double all = _counts.Values.Sum();
        double equal = _counts.Where(count => count.Key.Item1 == count.Key.Item2).Sum(count => count.Value) / all;
        double chance = _counts
            .Keys.Select(pair => pair.Item1)
            .Distinct()
            .Sum(label => Share(pair => pair.Item1 == label) * Share(pair => pair.Item2 == label));
        return chance < 1 ? (equal - chance) / (1 - chance) : 0;

        double Share(Func<(byte, byte), bool> which) => _counts.Where(count => which(count.Key)).Sum(count => count.Value) / all;
    }
}
