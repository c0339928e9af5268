using Wsss.Data;
using Wsss.Storage;

namespace Wsss.Menagerie;

/// <summary>
/// Object-centred pictures cut from scenes, one per scene, as the pictures of an image-classification data set are: what a
/// backbone is pre-trained on before it sees scenes. Uses the masks of the scenes, so it is meant for other objects than the
/// target classes.
/// </summary>
/// <param name="scenes">Scenes with masks; each shows at least one class.</param>
internal sealed class ObjectCrops(IMaskedSource scenes) : ISampleSource
{
    // Part of the object's longer side that is left around it.
    private const double Margin = 0.15;

    /// <inheritdoc/>
    public string Name => $"{scenes.Name} (object crops)";

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => scenes.ClassNames;

    /// <inheritdoc/>
    public int Count => scenes.Count;

    /// <inheritdoc/>
    public string Fingerprint { get; } = ArtifactStore.Key("object crops/1", scenes.Fingerprint);

    /// <inheritdoc/>
    public string Id(int index) => scenes.Id(index);

    /// <inheritdoc/>
    public IReadOnlyList<int> Labels(int index) => [ClassOf(index)];

    /// <inheritdoc/>
    /// <exception cref="DataSetException">The scene has no mask, or its mask lacks the class.</exception>
    public Sample Load(int index)
    {
        var scene = scenes.Load(index);
        int label = ClassOf(index);
        var (left, top, side) = Square(scenes.Mask(index), (byte)(label + 1), scene.Id);
        return new Sample(scene.Id, Cut(scene.Image, left, top, side), [label]);
    }

    // Scenes show several classes: taking them in turn keeps the classes in balance.
    private int ClassOf(int index)
    {
        var labels = scenes.Labels(index);
        return labels[index % labels.Count];
    }

    private static (int Left, int Top, int Side) Square(LabelMap mask, byte value, string id)
    {
        int left = mask.Width,
            top = mask.Height,
            right = -1,
            bottom = -1;
        for (int y = 0; y < mask.Height; y++)
        {
            for (int x = 0; x < mask.Width; x++)
            {
                if (mask.Values[y * mask.Width + x] != value)
                    continue;
                (left, right) = (Math.Min(left, x), Math.Max(right, x));
                (top, bottom) = (Math.Min(top, y), y);
            }
        }
        if (right < 0)
            throw new DataSetException($"Expected class {value - 1} in the mask of '{id}', as its labels say; found no such pixel.");
        int longer = Math.Max(right - left, bottom - top) + 1;
        int side = Math.Min((int)(longer * (1 + 2 * Margin)), Math.Min(mask.Width, mask.Height));
        return (
            Math.Clamp((left + right + 1 - side) / 2, 0, mask.Width - side),
            Math.Clamp((top + bottom + 1 - side) / 2, 0, mask.Height - side),
            side
        );
    }

    private static RgbImage Cut(RgbImage image, int left, int top, int side)
    {
        var pixels = new byte[3 * side * side];
        for (int y = 0; y < side; y++)
            image.Pixels.AsSpan(3 * ((top + y) * image.Width + left), 3 * side).CopyTo(pixels.AsSpan(3 * y * side));
        return new RgbImage(side, side, pixels);
    }
}
