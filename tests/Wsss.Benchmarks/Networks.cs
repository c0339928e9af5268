using Wsss.Models;
using Wsss.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Wsss.Benchmarks;

/// <summary>Networks of random weights: what they compute takes as long as with trained ones.</summary>
internal static class Networks
{
    /// <summary>A classifier in evaluation mode on a device, with a class per map.</summary>
    public static Classifier Classifier(string backbone, int stride, int classes, Device? device = null)
    {
        var body = Backbones.Create(backbone, stride);
        string[] names = [.. Enumerable.Range(0, classes).Select(c => $"class {c}")];
        var network = new Classifier(body, new GapHead(body.Channels, classes), names);
        network.eval();
        network.to(device ?? CPU);
        return network;
    }

    /// <summary>How a network of random weights is trained.</summary>
    public static Recipe Recipe(string backbone, int batchSize, Precision precision = Precision.Float32) => new()
    {
        Backbone = new() { Name = backbone, OutputStride = 16, Weights = null, Precision = precision },
        BatchSize = batchSize,
    };

    /// <summary>Waits for the work that was given to a device.</summary>
    public static void Wait(Device device)
    {
        if (device.type == DeviceType.CUDA) cuda.synchronize();
    }
}
