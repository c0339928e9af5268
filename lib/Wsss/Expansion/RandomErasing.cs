using Wsss.Data;
using Wsss.Registry;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Expansion;

/// <summary>
/// Hide-and-Seek (Singh &amp; Lee, ICCV 2017): each training image is divided into a grid of square cells, and each cell is
/// hidden, so that the classifier cannot live on the most telling part alone. Training only; inference sees whole images.
/// </summary>
/// <remarks>
/// x'_p = μ if the cell of pixel p is hidden, else x_p, with μ the mean colour of the training images: the expectation of
/// a first-layer activation then stays what it is at inference (the paper's equation 2). As in the published code, each
/// image draws its cell size from {0, 16, 32, 44, 56} pixels of a 224-pixel image, where 0 hides nothing. Differs from it
/// in two points: sizes scale with the shorter side, and cells at the right and lower edge may be cut, so that images need
/// not be square.
/// </remarks>
[Registered("hides random cells of the image (Hide-and-Seek, ICCV 2017)", Order = 8)]
public sealed record RandomErasing : Technique, IBatchTransform
{
    /// <summary>A fifth of the published share of hidden cells, as ten epochs do not suffice to learn from what is left.</summary>
    [Suggested(DataKind.DrawnScenes)]
    public static RandomErasing ForShortTrainings { get; } = new() { Probability = 0.1 };

    /// <summary>Half of that again: of some hundred steps, fewer can be spared.</summary>
    [Suggested(DataKind.Photographs)]
    public static RandomErasing ForPhotographs { get; } = new() { Probability = 0.05 };

    private const double ReferenceSide = 224;

    /// <summary>Cell sizes in pixels of an image with a shorter side of 224; one is drawn per image, 0 hides nothing.</summary>
    public IReadOnlyList<int> CellSizes { get; init; } = [0, 16, 32, 44, 56];

    /// <summary>Probability that a cell is hidden, 0…1.</summary>
    public double Probability { get; init; } = 0.5;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (CellSizes.Count == 0 || CellSizes.Any(size => size < 0))
            throw new RecipeException($"{Name}: expected at least one cell size, none below 0; found [{string.Join(", ", CellSizes)}].");
        if (!(Probability is >= 0 and <= 1))
            throw new RecipeException($"{Name}: expected a probability in 0…1, found {Probability}.");
    }

    /// <inheritdoc/>
    public Batch Transform(Batch batch, StepContext step)
    {
        int n = (int)batch.Images.shape[0], height = (int)batch.Images.shape[2], width = (int)batch.Images.shape[3];
        var hidden = new bool[n * height * width];
        for (int i = 0; i < n; i++)
            Hide(hidden.AsSpan(i * height * width, height * width), width, height, step.Random);

        using var scope = NewDisposeScope();
        var mask = tensor(hidden, [n, 1, height, width]).SentTo(batch.Images.device);                   // [N, 1, H, W]
        var mean = tensor(step.MeanColour.Value, [1, 3, 1, 1]).SentTo(batch.Images.device);         // [1, 3, 1, 1]
        return batch with { Images = where(mask, mean, batch.Images).MoveToOuterDisposeScope() };
    }

    private void Hide(Span<bool> hidden, int width, int height, SeededRandom random)
    {
        int size = CellSizes[random.Next(CellSizes.Count)];
        if (size == 0) return;
        int cell = Math.Max(1, (int)Math.Round(size * Math.Min(width, height) / ReferenceSide));
        for (int top = 0; top < height; top += cell)
        {
            for (int left = 0; left < width; left += cell)
            {
                if (!random.Chance(Probability)) continue;
                for (int y = top; y < Math.Min(top + cell, height); y++)
                    hidden.Slice(y * width + left, Math.Min(cell, width - left)).Fill(true);
            }
        }
    }
}
