// Writes two tensors as safetensors, reads them back; and looks whether this program has the TorchSharp that keeps its numbers.
using System.Diagnostics;
using System.Reflection;
using TorchSharp;
using Wsss.Weights;

string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".safetensors");
using (var weight = torch.arange(6, torch.float32).reshape(2, 3))
using (var bias = torch.ones(2))
    SafeTensorsFile.Write(path, new Dictionary<string, torch.Tensor> { ["weight"] = weight, ["bias"] = bias });
IWeightFile file = WeightFile.Open(path);
foreach (var (name, entry) in file.Tensors) Console.WriteLine($"{name} {entry.DType} [{string.Join(", ", entry.Shape)}]");
using var read = file.Read("weight");
float sum = read.sum().item<float>();
(file as IDisposable)?.Dispose();
File.Delete(path);
bool keeps = typeof(torch).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true };
Console.WriteLine($"sum {sum}, keeps its numbers: {keeps}");
return sum == 15 && keeps ? 0 : 1;
