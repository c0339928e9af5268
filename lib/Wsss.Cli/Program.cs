using TorchSharp;
using Wsss;

Console.WriteLine(TorchRuntime.ResolveDevice("auto"));
using var a = torch.rand(1000, 1000);
Console.WriteLine(a.matmul(a).sum().item<float>());
