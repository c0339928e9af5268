using System.Security.Cryptography;
using System.Text;

namespace Wsss.Data.Labels;

/// <summary>Parts photographs into those to train on, to validate on and to test on, where nobody has.</summary>
internal static class SplitMaker
{
    /// <summary>
    /// What each photograph is for. Within each group of photographs whose rarest class is the same, the order is that of a hash of seed
    /// and name, so that a photograph stays where it is when others come; each group is parted by the same shares.
    /// </summary>
    /// <param name="items">Name and labels of each photograph.</param>
    /// <param name="seed">Decides which ones.</param>
    /// <param name="testShare">Share of test images, 0…1; each group of two or more gives at least one.</param>
    /// <param name="validationShare">Share of validation images, 0…1; groups of five or more give at least one.</param>
    public static SplitKind[] Part(
        IReadOnlyList<(string Name, IReadOnlyList<int> Labels)> items,
        int seed,
        double testShare,
        double validationShare
    )
    {
        var count = items.SelectMany(item => item.Labels).CountBy(label => label).ToDictionary();
        var splits = new SplitKind[items.Count];
        foreach (
            var group in items
                .Index()
                .GroupBy(item => item.Item.Labels.Count == 0 ? -1 : item.Item.Labels.MinBy(label => (count[label], label)))
        )
        {
            int[] order = [.. group.OrderBy(item => Hash(seed, item.Item.Name), StringComparer.Ordinal).Select(item => item.Index)];
            int test = Share(testShare, order.Length, smallest: 2),
                validation = Share(validationShare, order.Length, smallest: 5);
            for (int i = 0; i < order.Length; i++)
                splits[order[i]] =
                    i < test ? SplitKind.Test
                    : i < test + validation ? SplitKind.Validation
                    : SplitKind.Train;
        }
        return splits;
    }

    private static int Share(double share, int count, int smallest) =>
        share == 0 || count < smallest ? 0 : Math.Clamp((int)Math.Round(share * count), 1, count - 1);

    private static string Hash(int seed, string name) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}\n{name}")));
}
