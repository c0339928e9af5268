namespace Wsss.Models;

/// <summary>Another way in which files name the layers of a network.</summary>
/// <param name="Description">In a few words; empty for the network's own names.</param>
/// <param name="Own">The network's key for a key in this spelling.</param>
internal sealed record SavedSpelling(string Description, IReadOnlyDictionary<string, string> Own)
{
    // How a network's names begin, and what stands there instead.
    private static readonly (string Description, (string Own, string Saved)[] Parts)[] Tables =
    [
        // nn.Sequential(*list(resnet.children())[:-2])
        ("layers numbered as the children of a ResNet",
            [("conv1.", "0."), ("bn1.", "1."), ("layer1.", "4."), ("layer2.", "5."), ("layer3.", "6."), ("layer4.", "7.")]),
        // The stages of IRN (Ahn et al., CVPR 2019), net/resnet50_cam.py, each an nn.Sequential …
        ("layers named as IRN's stages",
            [("conv1.", "stage1.0."), ("bn1.", "stage1.1."), ("layer1.", "stage1.4."),
                ("layer2.", "stage2.0."), ("layer3.", "stage3.0."), ("layer4.", "stage4.0.")]),
        // … and its nn.ModuleList of them.
        ("layers numbered as IRN's list of stages",
            [("conv1.", "0.0."), ("bn1.", "0.1."), ("layer1.", "0.4."), ("layer2.", "1.0."), ("layer3.", "2.0."), ("layer4.", "3.0.")]),
        // PSPNet and its kin put what comes before the stages into a stage of its own.
        ("the layers before layer1 named layer0",
            [("conv1.", "layer0.0."), ("bn1.", "layer0.1."), ("layer1.", "layer1."),
                ("layer2.", "layer2."), ("layer3.", "layer3."), ("layer4.", "layer4.")]),
    ];

    /// <summary>The spellings that a network can have, its own first.</summary>
    /// <param name="keys">The network's keys.</param>
    public static IReadOnlyList<SavedSpelling> Of(IReadOnlyCollection<string> keys)
    {
        List<SavedSpelling> spellings = [new("", keys.ToDictionary(key => key, key => key))];
        string[] tops = [.. keys.Select(key => key[..(key.IndexOf('.') + 1)]).Distinct()];
        // torch.save(model.features.state_dict(), path), and the first child of an nn.Sequential.
        if (tops is [{ Length: > 0 } top])
            spellings.Add(new($"names without '{top}'", keys.ToDictionary(key => key[top.Length..], key => key)));
        foreach ((string description, (string Own, string Saved)[] parts) in Tables)
        {
            if (!tops.Order().SequenceEqual(parts.Select(part => part.Own).Order())) continue;
            spellings.Add(new(description, keys.ToDictionary(key =>
            {
                (string own, string saved) = parts.First(part => key.StartsWith(part.Own, StringComparison.Ordinal));
                return saved + key[own.Length..];
            }, key => key)));
        }
        return spellings;
    }
}
