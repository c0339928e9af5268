using System.Text.Json;
using Wsss.Localization;
using Wsss.Models;
using Wsss.Tests.Models;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Tests.Localization;

/// <summary>torchvision's MobileNetV2 and pytorch-grad-cam gave the expected maps of one photograph.</summary>
public sealed class MapParityTests : IDisposable
{
    private readonly Classifier _network =
        Classifier.FromTorchvision("mobilenet_v2", SharedData.File("weights/mobilenet_v2_imagenet.safetensors"));

    public void Dispose() => _network.Dispose();

    [Theory]
    [InlineData("gradcam", "gradcam")]
    [InlineData("gradcampp", "gradcam++")]
    [InlineData("layercam", "layercam")]
    [InlineData("hirescam", "hirescam")]
    public void Gradient_maps_are_those_of_pytorch_grad_cam(string file, string method)
    {
        using var scope = NewDisposeScope();
        Tensor input = ParityFiles.Npy("mnv2_input");
        foreach ((string layer, string key) in (ReadOnlySpan<(string, string)>)[("f18", "a"), ("f18", "b"), ("f13", "a")])
        {
            MapExtractor extractor = Toys.Extractor(method, layer.Replace("f", "features."));
            Tensor map = Stretch(extractor.Extract(_network, input, [ClassOf(key)]));
            map = Stretch(F.interpolate(map, [225, 321], mode: InterpolationMode.Bilinear, align_corners: false));
            // features.13 has negative outputs, with which Grad-CAM++'s denominator comes near 0: gradients that differ by
            // one part in a million change this map by 1e-3.
            float tolerance = method == "gradcam++" && layer == "f13" ? 1e-3f : 1e-4f;
            AssertNear(ParityFiles.Npy($"mnv2_{file}_{layer}_{key}"), map, tolerance);
        }
    }

    [Fact]
    public void CAM_is_that_of_the_torchvision_network()
    {
        using var scope = NewDisposeScope();
        Tensor map = new Cam().Extract(_network, ParityFiles.Npy("mnv2_input"), [ClassOf("a")]);
        AssertNear(ParityFiles.Npy("mnv2_cam"), map / map.amax(), 1e-4f);
    }

    private static void AssertNear(Tensor expected, Tensor found, float tolerance)
    {
        float difference = (expected.flatten() - found.flatten()).abs().amax().item<float>();
        Assert.InRange(difference, 0, tolerance);
    }

    // As pytorch-grad-cam does it: minus the minimum, over the maximum.
    private static Tensor Stretch(Tensor map)
    {
        Tensor shifted = map - map.amin();
        return shifted / (shifted.amax() + 1e-7f);
    }

    private static int ClassOf(string key)
    {
        using var classes = JsonDocument.Parse(File.ReadAllText(SharedData.File("parity/mnv2.json")));
        return classes.RootElement.GetProperty($"class_{key}").GetInt32();
    }
}
