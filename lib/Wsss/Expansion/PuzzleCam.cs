using Wsss.Registry;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Expansion;

/// <summary>
/// Puzzle-CAM (Jo and Yu, <i>Puzzle-CAM: Improved Localization via Matching Partial and Full Features</i>, ICIP 2021): the
/// network also sees the image in four tiles. A tile without the telling part has only the rest of the object to go by, and the
/// map of the whole image must be the tiles' maps put together.
/// </summary>
/// <remarks>
/// <para>
/// Two terms are added to the classification loss: BCE(σ(s'), y), with s' the logits of the merged tiles, and
/// α · mean |y_c (A_c − A'_c)| over images, classes and places, with A the raw maps of the image and A' the merged ones of its
/// tiles. An absent class counts as 0 in the mean: the fewer classes a data set has, the more the same α says. α rises linearly
/// from 0. Both sides of the difference receive gradients.
/// </para>
/// <para>
/// The maps' grid decides where tiles lie. Of an even number of cells each tile has half; of an odd number the tiles share the
/// middle one: the second tile begins on that cell, and A' is the mean of both there. So 225 pixels at stride 16, 15 cells, become
/// two tiles of 113 pixels and 8 cells. Only of an even number of cells whose last one is not full (90 pixels at stride 8) do the
/// second tile's cells lie beside the whole image's, by less than half a cell.
/// </para>
/// <para>
/// Matches the published code in four tiles; in raw maps, before ReLU and without normalisation; in the mask and the mean; in equal
/// weights of both classification losses; in α = 4 and its rise over the first half, as in that code's own command (its default is
/// 1). Differs: tiles run with fixed batch normalisation (<see cref="LossContext.RunAgain"/>), where the code takes the tiles' own
/// statistics and lets them into the running ones; s' is the mean of the tiles' logits, for each branch of the head, which for the
/// plain head is GAP(A') plus its bias, except that a shared cell counts once for each tile; the code's head has no bias, and its
/// image sizes must be even.
/// </para>
/// </remarks>
[Registered("the maps of four tiles make the map of the whole (Puzzle-CAM, ICIP 2021)", Order = 12)]
public sealed record PuzzleCam : Technique, ILossTerm
{
    /// <summary>Little weight, as a network of few channels unlearns its classes before its maps agree.</summary>
    [Suggested(DataKind.DrawnScenes)]
    public static PuzzleCam ForShortTrainings { get; } = new() { Weight = 0.25 };

    /// <summary>Less still: more of it has lost more.</summary>
    [Suggested(DataKind.Photographs)]
    public static PuzzleCam ForPhotographs { get; } = new() { Weight = 0.1 };

    private const int Tiles = 4;

    /// <summary>α: weight of the difference of the maps against the classification losses.</summary>
    public double Weight { get; init; } = 4;

    /// <summary>Share of the training over which α rises linearly from 0; 0 for the full weight at once.</summary>
    public double Ramp { get; init; } = 0.5;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Weight >= 0)) throw new RecipeException($"{Name}: expected a weight ≥ 0, found {Weight}.");
        if (!(Ramp is >= 0 and <= 1)) throw new RecipeException($"{Name}: expected a ramp in 0…1, found {Ramp}.");
    }

    /// <inheritdoc/>
    /// <exception cref="RecipeException">The backbone's grid does not follow its output stride.</exception>
    public IReadOnlyList<(string Name, Tensor Loss)> Losses(LossContext context)
    {
        Tensor images = context.Batch.Images, labels = context.Batch.Labels;                   // [N, 3, H, W], [N, C]
        Tensor maps = context.Output.Maps;                                                     // [N, C, h, w]
        int stride = context.Network.Backbone.OutputStride;
        Tensor tiles = Cut(images, TileSide(images.shape[2], maps.shape[2], stride), TileSide(images.shape[3], maps.shape[3], stride));
        var parts = context.RunAgain(tiles, labels.repeat(Tiles, 1)).Head;

        Tensor[] logits = [.. parts.Branches.Select(branch => branch.reshape(Tiles, -1, labels.shape[1]).mean([0]))];   // each [N, C]
        Tensor merged = Merge(parts.Maps, maps.shape[2], maps.shape[3]);                       // [N, C, h, w]
        return
        [
            ("tiles", ClassifierTrainer.ClassificationLoss(logits, labels)),
            ("reconstruction", ReconstructionLoss(maps, merged, labels) * (Weight * context.Step.Ramp(Ramp))),
        ];
    }

    /// <summary>mean |y_c (A_c − A'_c)| over images, classes and places.</summary>
    /// <param name="maps">A, [N, C, h, w].</param>
    /// <param name="merged">A', [N, C, h, w].</param>
    /// <param name="labels">y, [N, C] in 0…1.</param>
    /// <returns>Scalar ≥ 0.</returns>
    public static Tensor ReconstructionLoss(Tensor maps, Tensor merged, Tensor labels) =>
        ((maps - merged).abs() * labels.unsqueeze(-1).unsqueeze(-1)).mean();

    /// <summary>Cuts images into 2×2 tiles that lie in the corners, and overlap where they are larger than half.</summary>
    /// <param name="images">[N, K, H, W].</param>
    /// <param name="height">H' of a tile, ⌈H/2⌉…H.</param>
    /// <param name="width">W' of a tile, ⌈W/2⌉…W.</param>
    /// <returns>[4N, K, H', W']: top left of all images, then top right, bottom left, bottom right.</returns>
    public static Tensor Cut(Tensor images, long height, long width)
    {
        Tensor Tile(long top, long left) => images.narrow(2, top, height).narrow(3, left, width);
        long bottom = images.shape[2] - height, right = images.shape[3] - width;
        Tensor[] tiles = [Tile(0, 0), Tile(0, right), Tile(bottom, 0), Tile(bottom, right)];
        return cat(tiles);
    }

    /// <summary>Puts the tiles' maps together: the reverse of <see cref="Cut"/>. Where tiles overlap it takes their mean.</summary>
    /// <param name="tiles">[4N, C, h', w'] in the order of <see cref="Cut"/>.</param>
    /// <param name="height">h of the whole, h'…2h'.</param>
    /// <param name="width">w of the whole, w'…2w'.</param>
    /// <returns>[N, C, h, w].</returns>
    /// <exception cref="RecipeException">The tiles do not cover the whole, or are larger.</exception>
    public static Tensor Merge(Tensor tiles, long height, long width)
    {
        Tensor[] parts = tiles.chunk(Tiles);
        return Join(Join(parts[0], parts[1], 3, width), Join(parts[2], parts[3], 3, width), 2, height);
    }

    /// <summary>Side of a tile in pixels, so that its cells lie on cells of the whole image where that can be.</summary>
    private static long TileSide(long pixels, long cells, int stride) => Math.Max((pixels + 1) / 2, pixels - cells / 2 * stride);

    private static Tensor Join(Tensor first, Tensor second, int dimension, long size)
    {
        long side = first.shape[dimension], shared = 2 * side - size, own = side - shared;
        if (shared < 0 || own < 0)
        {
            throw new RecipeException(
                $"{nameof(PuzzleCam)}: expected tiles of half the map's {size} cells or a little more, found {side}. " +
                "Take a backbone whose grid is the image divided by its output stride, rounded.");
        }
        Tensor[] all =
        [
            first.narrow(dimension, 0, own),
            (first.narrow(dimension, own, shared) + second.narrow(dimension, 0, shared)) / 2,
            second.narrow(dimension, shared, own),
        ];
        return cat(all, dimension);
    }
}
