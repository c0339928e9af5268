using static TorchSharp.torch;

namespace Wsss.Benchmarks.Sessions;

/// <summary>Work whose text is compiled here and, from the second line on, in a cell.</summary>
internal static class TrainingLoop
{
    /// <summary>This file as a cell has it.</summary>
    internal static string Code
    {
        get
        {
            using Stream source = typeof(TrainingLoop).Assembly.GetManifestResourceStream("TrainingLoop.cs")!;
            return new StreamReader(source).ReadToEnd().Replace("namespace Wsss.Benchmarks.Sessions;", "", StringComparison.Ordinal);
        }
    }

    /// <summary>Steps of a small network on random images.</summary>
    public static void Train(int steps)
    {
        using var scope = NewDisposeScope();
        var network = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding: 1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding: 1), nn.ReLU(),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 8));
        var optimizer = optim.SGD(network.parameters(), 0.01);
        var images = rand(16, 3, 48, 48);
        var labels = rand(16, 8).round();
        for (int step = 0; step < steps; step++)
        {
            using var stepScope = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.binary_cross_entropy_with_logits(network.call(images), labels).backward();
            optimizer.step();
        }
        optimizer.Dispose();
        network.Dispose();
    }

    /// <summary>A loop over pixels in plain C#.</summary>
    public static long Count(int rounds)
    {
        byte[] pixels = new byte[500 * 375];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)(i * 31);
        long bright = 0;
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < pixels.Length; i++)
            {
                if (pixels[i] > 127 - round % 16) bright += pixels[i];
            }
        }
        return bright;
    }
}
