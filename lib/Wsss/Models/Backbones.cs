using Wsss.Registry;

namespace Wsss.Models;

/// <summary>The backbones that there are.</summary>
internal static class Backbones
{
    /// <summary>All, in the order of lists.</summary>
    public static IReadOnlyList<BackboneDesign> All =>
        [.. Family.Of<BackboneDesign>().Members.Select(member => (BackboneDesign)member.Published)];

    /// <summary>Those for which this project ships weights: the ones for drawn scenes.</summary>
    public static IReadOnlyList<BackboneDesign> Shipped => [.. All.Where(design => design.Shipped is not null)];

    /// <summary>A backbone's design by its name; names need no case, blanks or hyphens.</summary>
    /// <exception cref="RecipeException">There is none; the message names the nearest and all.</exception>
    public static BackboneDesign Find(string name) => (BackboneDesign)Family.Of<BackboneDesign>().Find(name).Published;

    /// <summary>Creates a backbone by its name: see <see cref="BackboneDesign.Create"/>.</summary>
    /// <exception cref="RecipeException">An unknown name, or a stride that the network cannot have.</exception>
    public static Backbone Create(string name, int outputStride, int classTokens = 1) => Find(name).Create(outputStride, classTokens);
}
