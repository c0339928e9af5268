using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Onnx;
using static TorchSharp.torch;

namespace Wsss.Tests.Export;

/// <summary>Networks with values that a mistake would show in, and what ONNX Runtime makes of them.</summary>
internal static class ExportedNetworks
{
    private const double Tolerance = 1e-4;

    /// <summary>No extent is a multiple of a stride, and both axes differ.</summary>
    public static (int Count, long Height, long Width)[] Sizes { get; } = [(1, 50, 39), (3, 67, 83)];

    /// <summary>In evaluation mode, with statistics and factors of each normalisation that are not trivial.</summary>
    public static TNetwork Settled<TNetwork>(TNetwork network) where TNetwork : nn.Module
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        foreach ((string key, Tensor tensor) in network.state_dict())
        {
            if (key.EndsWith("running_mean", StringComparison.Ordinal)) tensor.normal_(0, 0.2);
            if (key.EndsWith("running_var", StringComparison.Ordinal)) tensor.uniform_(0.6, 1.6);
            // Factors below 1 keep deep networks' values in a range that float32 can tell apart.
            if (tensor.dim() == 1 && key.EndsWith("weight", StringComparison.Ordinal)) tensor.uniform_(0.3, 0.7);
            if (tensor.dim() == 1 && key.EndsWith("bias", StringComparison.Ordinal)) tensor.normal_(0, 0.2);
            // Heads begin with weights near 0.
            if (tensor.dim() == 4 && key.StartsWith("head.", StringComparison.Ordinal)) tensor.normal_(0, 0.05);
        }
        network.eval();
        return network;
    }

    /// <summary>Images [N, 3, H, W] in 0…1, and as networks here take them.</summary>
    public static (Tensor Plain, Tensor Normalized) Images(int count, long height, long width)
    {
        Tensor plain = rand(count, 3, height, width), mean = tensor(Wsss.Data.Normalization.Mean.ToArray()).view(3, 1, 1);
        return (plain, (plain - mean) / tensor(Wsss.Data.Normalization.Std.ToArray()).view(3, 1, 1));
    }

    /// <summary>What the model's outputs are, by ONNX Runtime.</summary>
    public static Dictionary<string, Tensor> Run(ModelProto model, Tensor images) => Run(model.ToByteArray(), images);

    /// <inheritdoc cref="Run(ModelProto, Tensor)"/>
    public static Dictionary<string, Tensor> Run(byte[] model, Tensor images)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(model, options);
        using var input = OrtValue.CreateTensorValueFromMemory(Toys.Values(images), images.shape);
        using var run = new RunOptions();
        using var results = session.Run(run, ["images"], [input], session.OutputNames);
        return session
            .OutputNames.Zip(results)
            .ToDictionary(
                output => output.First,
                output => tensor(output.Second.GetTensorDataAsSpan<float>().ToArray(), output.Second.GetTensorTypeAndShape().Shape)
            );
    }

    /// <summary>Equal within 1e-4 of 1 or of the largest value.</summary>
    public static void AssertEqual(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        double largest = expected.abs().max().item<float>(), range = (expected.max() - expected.min()).item<float>();
        Assert.True(range > 100 * Tolerance * Math.Max(1, largest), $"Nothing can be told from values within {range} of each other.");
        Assert.InRange((expected - actual).abs().max().item<float>(), 0, Tolerance * Math.Max(1, largest));
    }
}
