using Wsss.Data;
using Wsss.Localization;
using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Refinement;

/// <summary>From localization maps to refined ones by <see cref="Refinement.Pamr"/>; each map is divided by its maximum again.</summary>
[Registered("pixels take the mean of neighbours of like colours, a few times over; nothing to choose", Name = "pamr", Order = 2)]
public sealed record PamrRefinement : MapRefinement
{
    /// <summary>The refinement's options.</summary>
    public Pamr Pamr { get; init; } = new();

    /// <inheritdoc/>
    public override void Validate() => Pamr.Validate();

    /// <inheritdoc/>
    public override MapRefiner Open(RefinementContext context) => Open(context.Run.Device);

    /// <summary>Gets ready to refine; PAMR learns from nothing but the image.</summary>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public MapRefiner Open(Device device)
    {
        Validate();
        return new Refiner(Pamr, device);
    }

    private sealed class Refiner(Pamr pamr, Device device) : MapRefiner
    {
        protected override LocalizationMaps RefineSome(RgbImage image, LocalizationMaps maps)
        {
            using var scope = NewDisposeScope();
            Tensor scores = tensor(maps.Values, [1, maps.Classes.Count, maps.Height, maps.Width]).SentTo(device);
            Tensor refined = pamr.Refine(Loader.ImageTensor(image, device), scores);             // [1, K, H, W]
            return LocalizationMaps.FromTensor(maps.Id, maps.Width, maps.Height, maps.Classes, refined.squeeze(0));
        }
    }
}
