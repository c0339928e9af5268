using Wsss.Data;

namespace Wsss.Benchmarks;

/// <summary>One small image under many names.</summary>
internal sealed class RepeatedImage(int count) : ISampleSource
{
    private const int Side = 32;

    private readonly RgbImage _image = new(Side, Side, new byte[3 * Side * Side]);

    public string Name => "repeated";

    public IReadOnlyList<string> ClassNames { get; } = ["a"];

    public int Count => count;

    public string Fingerprint => $"repeated {count}";

    public string Id(int index) => $"{index}";

    public IReadOnlyList<int> Labels(int index) => [0];

    public Sample Load(int index) => new(Id(index), _image, [0]);
}
