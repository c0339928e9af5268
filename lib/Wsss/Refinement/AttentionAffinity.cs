using Wsss.Data;
using Wsss.Models;
using Wsss.Regions;
using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Refinement;

/// <summary>
/// Class-aware attention-based affinity, CAA of CLIP-ES (Lin et al., <i>CLIP is Also an Efficient Segmenter</i>, CVPR 2023): what the
/// network's own attention holds together shares its evidence, within the boxes where the class was found. Nothing is trained.
/// </summary>
/// <remarks>
/// W [N, N] is the mean of the last blocks' attention over blocks and heads, without the rows and columns of class tokens, N = h·w
/// patches. Sinkhorn: D is W, its columns divided by their sums, then its rows, three times over. T = (D + Dᵀ)/2, then T ← T·T. For each
/// class, B is 1 in the bounding boxes of the connected parts of what reaches .4 of the map's maximum, and 0 elsewhere. The refined map
/// is (T ⊙ B on its columns) · map, stretched from its least and greatest value to 0…1, and read at the pixels last.
/// <para>Matches the published code in all of these, and in doing it on the network's grid; parts touch by corners too. Differs: maps
/// come from any extractor and are averaged to the grid first; "reaches" includes the threshold itself; a map that ends up equal at all
/// places, such as one of a single cell, keeps its evidence, where the code's stretching makes 0 of it.</para>
/// <para>A convolutional network has no attention: there W_ij = max(0, cos(f_i, f_j))^γ of the features that its head sees, with
/// γ = <see cref="Sharpness"/>, as features after ReLU are all somewhat alike.</para>
/// </remarks>
[Registered("what the network's attention, or its features, hold together shares evidence, within boxes (CLIP-ES)",
    Name = "attention-affinity", Order = 6)]
public sealed record AttentionAffinity : MapRefinement
{
    // A matrix of 1 GiB.
    private const long MostPlaces = 1 << 14;

    private const double Smallest = 1e-12;

    // Of its maximum: what a map's values differ by when they are equal but for rounding.
    private const double Flat = 1e-5;

    /// <summary>Size of the network's input relative to the image: above 1 for small images, whose grid would be too coarse.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Of how many last blocks a transformer's attention is taken; all where it has fewer.</summary>
    public int Blocks { get; init; } = 8;

    /// <summary>How often columns and rows are divided by their sums, at least 1.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>How often T is multiplied by itself; each time evidence goes twice as far.</summary>
    public int Squarings { get; init; } = 1;

    /// <summary>What part of its maximum a map must reach to be inside a box, 0…1; 0 for boxes of the whole image.</summary>
    public double BoxThreshold { get; init; } = 0.4;

    /// <summary>γ, above 0: for a convolutional network, how much more those alike count.</summary>
    public double Sharpness { get; init; } = 1;

    internal override bool ReadsNetwork => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!InputScales.IsValid(Scale))
            throw new RecipeException($"Attention affinity: expected a scale above 0 and at most {InputScales.Largest}, found {Scale}.");
        if (Blocks < 1) throw new RecipeException($"Attention affinity: expected at least one block, found {Blocks}.");
        if (Rounds < 1) throw new RecipeException($"Attention affinity: expected at least one round, found {Rounds}.");
        if (Squarings is < 0 or > 10) throw new RecipeException($"Attention affinity: expected 0…10 squarings, found {Squarings}.");
        if (!(BoxThreshold is >= 0 and <= 1))
            throw new RecipeException($"Attention affinity: expected a box threshold in 0…1, found {BoxThreshold}.");
        if (!(Sharpness > 0 && double.IsFinite(Sharpness)))
            throw new RecipeException($"Attention affinity: expected a sharpness above 0, found {Sharpness}.");
    }

    /// <inheritdoc/>
    public override MapRefiner Open(RefinementContext context)
    {
        Validate();
        var network = context.Network ?? throw new RecipeException(
            "Expected the classifier that made the maps, as attention affinity reads its attention or features; found none.");
        return new Refiner(this, network.Backbone, context.Run.Device);
    }

    /// <summary>W, what each place takes from each other.</summary>
    /// <param name="backbone">A transformer, or a convolutional network, in evaluation mode.</param>
    /// <param name="image">[1, 3, H, W] normalised float32.</param>
    /// <returns>[h·w, h·w] ≥ 0, and the grid's rows h and columns w; in the current dispose scope.</returns>
    public (Tensor Affinity, long Rows, long Columns) Affinity(Backbone backbone, Tensor image)
    {
        using var scope = NewDisposeScope();
        if (backbone is VisionTransformer transformer)
        {
            var (features, attention) = transformer.RunWithAttention(image, heads => heads.mean([1]));         // each [1, T, T]
            Tensor[] last = [.. attention.TakeLast(Blocks)];
            int first = transformer.ClassTokens;
            Tensor patches = stack(last).mean([0])[0, first.., first..];
            return (patches.MoveToOuterDisposeScope(), features.Grid.shape[2], features.Grid.shape[3]);
        }
        Tensor grid = backbone.call(image);                                                                    // [1, K, h, w]
        Tensor f = grid[0].flatten(1);                                                                         // [K, h·w]
        f = f / f.square().sum(0, keepdim: true).sqrt().clamp_min(Smallest);
        return (f.t().matmul(f).clamp_min(0).pow(Sharpness).MoveToOuterDisposeScope(), grid.shape[2], grid.shape[3]);
    }

    /// <summary>D: columns, then rows divided by their sums, several times over; rows sum to 1, and nearly so do columns.</summary>
    /// <param name="affinity">W, [N, N] ≥ 0.</param>
    /// <param name="rounds">How often.</param>
    public static Tensor Sinkhorn(Tensor affinity, int rounds)
    {
        using var scope = NewDisposeScope();
        Tensor d = affinity;
        for (int i = 0; i < rounds; i++)
        {
            d = d / d.sum(0, keepdim: true).clamp_min(Smallest);
            d = d / d.sum(1, keepdim: true).clamp_min(Smallest);
        }
        return d.MoveToOuterDisposeScope();
    }

    /// <summary>B of one map: 1 in the bounding boxes of the connected parts of what reaches a part of its maximum.</summary>
    /// <param name="map">[h, w] row by row.</param>
    /// <param name="columns">w.</param>
    /// <param name="threshold">The part, 0…1.</param>
    public static float[] Boxes(ReadOnlySpan<float> map, int columns, double threshold)
    {
        float least = float.NegativeInfinity;
        foreach (float value in map) least = Math.Max(least, value);
        least = (float)(threshold * least);
        int[] reached = new int[map.Length];
        for (int i = 0; i < map.Length; i++) reached[i] = map[i] >= least ? 0 : -1;
        var boxes = new float[map.Length];
        foreach (var part in ConnectedParts.Of(reached, columns, corners: true))
        {
            int left = part.Min(i => i % columns), right = part.Max(i => i % columns);
            for (int y = part[0] / columns; y <= part.Max(i => i / columns); y++)
                boxes.AsSpan(y * columns + left, right - left + 1).Fill(1);
        }
        return boxes;
    }

    /// <summary>The refined maps.</summary>
    /// <param name="maps">[K, h, w] float32 ≥ 0.</param>
    /// <param name="affinity">W, [h·w, h·w] ≥ 0.</param>
    /// <returns>[K, h, w] in 0…1; a map without evidence stays 0, one that ends up equal at all places keeps its evidence.</returns>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public Tensor Refine(Tensor maps, Tensor affinity)
    {
        long places = maps.shape[1] * maps.shape[2];
        if (!affinity.shape.SequenceEqual([places, places]))
        {
            throw new ArgumentException(
                $"Expected an affinity [{places}, {places}] for maps [{string.Join(", ", maps.shape)}], found "
                    + $"[{string.Join(", ", affinity.shape)}].");
        }
        using var scope = NewDisposeScope();
        Tensor d = Sinkhorn(affinity, Rounds);
        Tensor t = (d + d.t()) / 2;
        for (int i = 0; i < Squarings; i++) t = t.matmul(t);
        Tensor flat = maps.flatten(1);                                                                         // [K, N]
        float[] values = flat.cpu().contiguous().data<float>().ToArray();
        float[] boxes = [.. values.Chunk((int)places).SelectMany(map => Boxes(map, (int)maps.shape[2], BoxThreshold))];
        Tensor inBoxes = flat * tensor(boxes, flat.shape).SentTo(flat.device);
        Tensor refined = inBoxes.matmul(t.t());
        Tensor least = refined.amin([1], keepdim: true), most = refined.amax([1], keepdim: true), range = most - least;
        // What differs by no more than rounding has nothing to stretch: the code makes 0 of it.
        return where(
            range.gt(most * Flat), (refined - least) / range.clamp_min(Smallest),
            inBoxes / inBoxes.amax([1], keepdim: true).clamp_min(Smallest)).reshape(maps.shape).MoveToOuterDisposeScope();
    }

    private sealed class Refiner(AttentionAffinity options, Backbone backbone, Device device) : MapRefiner
    {
        protected override LocalizationMaps RefineSome(RgbImage image, LocalizationMaps maps)
        {
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            Tensor input = InputScales.Resize(Loader.ImageTensor(image, device), options.Scale);
            RequireFits(input, maps.Id);
            var (affinity, rows, columns) = options.Affinity(backbone, input);
            (long Height, long Width) seen = (input.shape[2], input.shape[3]);
            CellGeometry cells = backbone.Cells(seen.Height, seen.Width).Resized(seen, (maps.Height, maps.Width));
            Tensor scores = tensor(maps.Values, [1, maps.Classes.Count, maps.Height, maps.Width]).clone().SentTo(device);
            Tensor refined = options.Refine(CellSampling.Average(scores, cells, rows, columns)[0], affinity);  // [K, h, w]
            Tensor large = CellSampling.AtPixels(refined.unsqueeze(0), cells, maps.Height, maps.Width);
            float[] values = large.cpu().contiguous().data<float>().ToArray();
            return new LocalizationMaps(maps.Id, maps.Width, maps.Height, maps.Classes, values);
        }

        private void RequireFits(Tensor input, string id)
        {
            long places = input.shape[2] / backbone.OutputStride * (input.shape[3] / backbone.OutputStride);
            if (places > MostPlaces)
            {
                throw new RecipeException(
                    $"Attention affinity: expected a grid of at most {MostPlaces} places, found {places} for '{id}' of "
                        + $"{input.shape[3]}×{input.shape[2]} pixels as the network sees it. Take a smaller scale or a larger stride.");
            }
        }
    }
}
