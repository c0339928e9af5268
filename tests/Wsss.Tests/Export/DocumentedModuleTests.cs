using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Wsss.Export;
using Wsss.Models;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Export;

/// <summary>The PyTorch module of docs/export.md, run on files of this library where Python has what it imports.</summary>
public sealed class DocumentedModuleTests : IDisposable
{
    // Reads images as raw float32 of a given shape, writes logits and maps.
    private const string Driver =
        """

        import sys
        folder, path, shape = sys.argv[1], sys.argv[2], [int(n) for n in sys.argv[3].split(",")]
        images = torch.frombuffer(bytearray(open(folder + "/images", "rb").read()), dtype=torch.float32).reshape(shape)
        with torch.no_grad():
            logits, maps = Classifier(path)(images)
        open(folder + "/logits", "wb").write(logits.numpy().tobytes())
        open(folder + "/maps", "wb").write(maps.contiguous().numpy().tobytes())
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("menagerie_net", 8)]
    [InlineData("mobilenet_v2", 32)]
    [InlineData("mobilenet_v2", 8)]
    public void The_module_reads_each_tensor_and_gives_what_this_library_gives(string name, int stride)
    {
        Assert.SkipUnless(Python("-c", "import torch, safetensors").Code == 0, "Python with torch and safetensors was not found.");
        random.manual_seed(10);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var recipe = new Recipe
        {
            Backbone = new BackboneSpec
            {
                Name = name,
                OutputStride = stride,
                Weights = null,
            },
        };
        using var trained = new TrainedClassifier(
            ExportedNetworks.Settled(recipe.CreateClassifier(["cat", "dog", "bird"])),
            recipe,
            new TrainingHistory([]),
            _folder.Path
        );
        NetworkExport.Write(trained, ExportFormat.Safetensors, _folder.File("classifier.safetensors"));
        File.WriteAllText(_folder.File("module.py"), Module() + Driver);
        var (plain, normalized) = ExportedNetworks.Images(2, 50, 39);
        File.WriteAllBytes(_folder.File("images"), plain.bytes.ToArray());
        var (code, errors) = Python(_folder.File("module.py"), _folder.Path, _folder.File("classifier.safetensors"), "2,3,50,39");
        Assert.True(code == 0, errors);

        using ClassifierOutput expected = trained.Network.call(normalized, null);
        Tensor Read(string file, Tensor like) =>
            tensor(MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(_folder.File(file))).ToArray(), like.shape);
        ExportedNetworks.AssertEqual(expected.Logits, Read("logits", expected.Logits));
        ExportedNetworks.AssertEqual(expected.Maps, Read("maps", expected.Maps));
    }

    [Fact]
    public void The_module_has_at_most_60_lines() => Assert.InRange(Module().Split('\n').Length, 20, 60);

    private static string Module()
    {
        string text = File.ReadAllText(ProjectFolder.At("docs", "export.md"));
        return text.Split("```")
            .Single(block => block.StartsWith("python", StringComparison.Ordinal) && block.Contains("class Classifier"))[
                "python\n".Length..
            ]
            .TrimEnd();
    }

    // Its exit code, and what it says about errors.
    private static (int Code, string Errors) Python(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", arguments) { RedirectStandardError = true })!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, errors);
        }
        catch (Win32Exception)
        {
            return (-1, "");
        }
    }
}
