using Wsss.Data;
using static TorchSharp.torch;

namespace Wsss.Refinement;

/// <summary>
/// The loss of IRN's boundary branch (equation 9 there): pairs of pixels with the same seed should be alike, pairs with
/// different seeds should not, and nothing is said about pixels without a seed.
/// </summary>
/// <remarks>
/// a_ij = 1 − max of the boundary on the path from i to j. L = ½ [ ½ mean −log a_ij over pairs within objects + ½ mean −log a_ij
/// over pairs in the background + mean −log(1 − a_ij) over pairs of different labels ], with 10⁻⁵ inside the logarithms and
/// added to the numbers of pairs, as in the published code.
/// </remarks>
internal static class AffinityLoss
{
    private const double Epsilon = 1e-5;

    /// <summary>Computes the loss.</summary>
    /// <param name="boundary">[N, 1, h, w] in 0…1, with its graph.</param>
    /// <param name="seeds">[N, h, w] int64: 0 background, c + 1 for class c, 255 where nothing is known.</param>
    /// <param name="pairs">The pairs that count, from <see cref="PairPaths.Within"/>.</param>
    /// <returns>A scalar; 0 where no pair has two seeds.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Of(Tensor boundary, Tensor seeds, IReadOnlyList<PairPath> pairs)
    {
        if (
            boundary.dim() != 4
            || boundary.shape[1] != 1
            || !seeds.shape.SequenceEqual([boundary.shape[0], boundary.shape[2], boundary.shape[3]])
        )
        {
            throw new ArgumentException(
                $"Expected seeds [N, h, w] for a boundary [N, 1, h, w], found [{string.Join(", ", seeds.shape)}] for "
                    + $"[{string.Join(", ", boundary.shape)}]."
            );
        }
        using var scope = NewDisposeScope();
        Tensor b = boundary.squeeze(1); // [N, h, w]
        long height = b.shape[1],
            width = b.shape[2];
        var (affinities, objects, background, different) = (new List<Tensor>(), new List<Tensor>(), new List<Tensor>(), new List<Tensor>());
        foreach (var pair in pairs)
        {
            long rows = height - pair.Dy,
                columns = width - Math.Abs(pair.Dx),
                left = Math.Max(0, -pair.Dx);
            if (rows < 1 || columns < 1)
                continue;
            Tensor At(Tensor x, int dy, int dx) => x.narrow(1, dy, rows).narrow(2, left + dx, columns);
            Tensor highest = At(b, 0, 0);
            foreach (var (dy, dx) in pair.Path)
                highest = maximum(highest, At(b, dy, dx));
            Tensor i = At(seeds, 0, 0),
                j = At(seeds, pair.Dy, pair.Dx);
            Tensor known = i.ne(LabelMap.Ignore).logical_and(j.ne(LabelMap.Ignore)),
                same = i.eq(j).logical_and(known);
            affinities.Add((1 - highest).flatten());
            objects.Add(same.logical_and(i.ne(0)).flatten());
            background.Add(same.logical_and(i.eq(0)).flatten());
            different.Add(known.logical_and(i.ne(j)).flatten());
        }
        if (affinities.Count == 0)
            return (boundary.sum() * 0).MoveToOuterDisposeScope();
        Tensor a = Join(affinities);
        Tensor alike = -(a + Epsilon).log(),
            unlike = -(1 - a + Epsilon).log();
        Tensor positive = (Mean(alike, Join(objects)) + Mean(alike, Join(background))) / 2;
        return ((positive + Mean(unlike, Join(different))) / 2).MoveToOuterDisposeScope();
    }

    private static Tensor Join(List<Tensor> parts) => cat([.. parts]);

    private static Tensor Mean(Tensor values, Tensor chosen)
    {
        Tensor weights = chosen.to(values.dtype);
        return (values * weights).sum() / (weights.sum() + Epsilon);
    }
}
