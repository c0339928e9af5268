// Where a network of one's own looks: one that scores red must look at the red square.
using System.Diagnostics;
using System.Reflection;
using TorchSharp;
using Wsss.Data;
using Wsss.Figures;
using Wsss.Localization;

var pixels = new byte[3 * 64 * 64];
for (int y = 8; y < 24; y++)
    for (int x = 40; x < 56; x++) pixels[3 * (y * 64 + x)] = 255;
var image = new RgbImage(64, 64, pixels);
using var pool = torch.nn.AvgPool2d(8, stride: 8);
using var network = ModuleClassifier.Of(x => pool.call(x), a => a.mean([2, 3])[.., ..1], ["red"], stride: 8, offset: 3.5);
var explainer = new Explainer { Maps = new MapInference { Extractor = new GradCam() } };
Explanation explanation = explainer.Explain(network, image, [0], torch.CPU);
var map = explanation.Maps.Map(0).ToArray();
ImageFile.WritePng("looks.png", Overlay.Heat(image, explanation.Maps, 0));
bool keeps = typeof(torch).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true };
Console.WriteLine($"inside {map[16 * 64 + 48]:0.00}, outside {map[48 * 64 + 8]:0.00}, keeps its numbers: {keeps}");
return map[16 * 64 + 48] > 0.9f && map[48 * 64 + 8] < 0.5f && keeps ? 0 : 1;
