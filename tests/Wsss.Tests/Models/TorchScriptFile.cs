using System.Text;
using Wsss.Tests.Weights;

namespace Wsss.Tests.Models;

/// <summary>Networks as torch.jit.save writes them, without parameters.</summary>
internal static class TorchScriptFile
{
    private const byte NewObject = 0x81;

    /// <summary>Writes a network.</summary>
    /// <param name="path">The file.</param>
    /// <param name="result">What it gives for the tensor x, as TorchScript.</param>
    /// <param name="type">The type of that.</param>
    public static void Write(string path, string result, string type = "Tensor")
    {
        string program = $"""
            class Network(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
              def forward(self: __torch__.Network, x: Tensor) -> {type}:
                return {result}

            """;
        byte[] module = new PickleWriter().Global("__torch__", "Network").Op(PickleWriter.EmptyTuple, NewObject, PickleWriter.EmptyDict)
            .Text("training").Op(PickleWriter.False, PickleWriter.SetItem, PickleWriter.Build).Stop();
        File.WriteAllBytes(path, TorchSaved.Zip(
            ("network/data.pkl", module),
            ("network/code/__torch__.py", Encoding.UTF8.GetBytes(program)),
            ("network/constants.pkl", new PickleWriter().Op(PickleWriter.EmptyTuple).Stop()),
            ("network/version", "3\n"u8.ToArray())));
    }
}
