using Wsss.Crf;
using Wsss.Data;
using Wsss.Refinement;
using Wsss.Tests.Crf;
using static TorchSharp.torch;

namespace Wsss.Tests.Refinement;

public sealed class LatticeTensorCrfTests
{
    private static readonly CrfOptions Both = new()
    {
        Iterations = 5,
        Gaussian = new() { Sigma = 1.5, Weight = 2 },
        Bilateral = new() { SigmaXy = 8, SigmaRgb = 30 },
    };

    [Theory]
    [MemberData(nameof(Devices.All), MemberType = typeof(Devices))]
    public void Equals_the_lattice_on_arrays(string device)
    {
        foreach (var (width, height, labels) in new[] { (5, 4, 3), (23, 17, 2), (64, 48, 21), (1, 9, 2) })
            Compare(device, width, height, labels);
    }

    private static void Compare(string device, int width, int height, int labels)
    {
        int[] all = [.. Enumerable.Range(0, labels)];
        CrfOptions[] variants =
        [
            new(), Both, Both with { Bilateral = null }, Both with { Gaussian = null }, Both with { Iterations = 0 },
            Both with { Compatibility = [.. all.Select(a => all.Select(b => 0.2f * Math.Abs(a - b)).ToArray())] },
        ];
        var scene = CrfScene.Random(width, height, labels);
        foreach (var options in variants)
        {
            Assert.Equal(scene.Dense(options), Marginals(scene, options, device), (a, b) => Math.Abs(a - b) < 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Devices.All), MemberType = typeof(Devices))]
    public void Equals_the_lattice_on_arrays_on_a_photograph_and_keeps_the_smoothness_kernel_for_the_next_one(string device)
    {
        var scene = CrfScene.Parity();
        float[] expected = scene.Dense();
        using var crf = new LatticeTensorCrf(new(), device);
        foreach (int _ in Enumerable.Range(0, 2))
            Assert.Equal(expected, Marginals(crf, scene, device), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Theory]
    [MemberData(nameof(Devices.All), MemberType = typeof(Devices))]
    public void The_same_input_gives_the_same_bits(string device)
    {
        var scene = CrfScene.Random(40, 30, 4);
        Assert.Equal(Marginals(scene, Both, device), Marginals(scene, Both, device));
    }

    [Fact]
    public void What_cannot_be_is_named()
    {
        var image = new RgbImage(4, 3, new byte[36]);
        using var crf = new LatticeTensorCrf(new(), CPU);
        using var wrong = zeros(2, 11);
        Assert.Contains("found Float32 [2, 11]", Assert.Throws<ArgumentException>(() => crf.Infer(image, wrong)).Message);
        using var infinite = full(2, 12, float.PositiveInfinity);
        Assert.Contains("NaN or infinite", Assert.Throws<ArgumentException>(() => crf.Infer(image, infinite)).Message);
        using var narrow = new LatticeTensorCrf(new() { Bilateral = new() { SigmaXy = 1e-9, SigmaRgb = 1e-9 } }, CPU);
        using var fine = zeros(2, 12);
        Assert.Contains("too narrow for a lattice", Assert.Throws<WsssException>(() => narrow.Infer(image, fine)).Message);
        Assert.Throws<RecipeException>(() => new LatticeTensorCrf(new() { Iterations = -1 }, CPU));
    }

    private static float[] Marginals(CrfScene scene, CrfOptions options, string device)
    {
        using var crf = new LatticeTensorCrf(options, device);
        return Marginals(crf, scene, device);
    }

    private static float[] Marginals(LatticeTensorCrf crf, CrfScene scene, string device)
    {
        using var scope = NewDisposeScope();
        var unary = tensor(scene.Unary, [scene.Labels, scene.Pixels]).to(device);
        return Toys.Values(crf.Infer(scene.Image, unary));
    }
}
