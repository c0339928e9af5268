using Wsss.Models;

namespace Wsss.Benchmarks;

/// <summary>Networks of random weights: what they compute takes as long as with trained ones.</summary>
internal static class Networks
{
    /// <summary>A classifier in evaluation mode, with a class per map.</summary>
    public static Classifier Classifier(string backbone, int stride, int classes)
    {
        var body = Backbones.Create(backbone, stride);
        string[] names = [.. Enumerable.Range(0, classes).Select(c => $"class {c}")];
        var network = new Classifier(body, new GapHead(body.Channels, classes), names);
        network.eval();
        return network;
    }
}
