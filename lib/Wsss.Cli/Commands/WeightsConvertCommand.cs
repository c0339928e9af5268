using System.CommandLine;
using Wsss.Weights;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss weights convert</c>: any weight file as safetensors.</summary>
internal static class WeightsConvertCommand
{
    private const string Lesson =
        """
        What it does:
          Writes the tensors of a weight file as safetensors, which many tools read. Names, shapes, types and numbers stay as
          they are; one tensor at a time is in memory. All commands read both formats: nothing needs to be converted first.

        Examples:
          wsss weights convert resnet50.pth resnet50.safetensors
          wsss weights convert checkpoint.pt out/state.safetensors     the state dict in a checkpoint
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var source = new Argument<string>("IN") { Description = "A safetensors file, or a state dict of PyTorch." };
        var target = new Argument<string>("OUT") { Description = "The safetensors file to write." };
        var command = new TaughtCommand("convert", "Write a weight file as safetensors.", Lesson) { source, target, options.Json };
        command.SetAction(parsed =>
        {
            TorchRuntime.EnsureLoaded();
            using var weights = WeightFile.Open(parsed.GetValue(source)!);
            string path = parsed.GetValue(target)!;
            SafeTensorsFile.Write(path, weights);
            options.Print(
                parsed,
                new Converted(path, weights.Tensors.Count, weights.Nest, weights.OtherNests),
                converted => $"{converted.Tensors} tensor(s) in {converted.File}"
                    + (converted.LeftAside.Count == 0 ? "" : PlainText.Of(
                        $"\ntaken from '{converted.Nest}'; left aside: {string.Join(", ", converted.LeftAside)}"))
            );
            return ExitCode.Done;
        });
        return command;
    }

    private sealed record Converted(string File, int Tensors, string Nest, IReadOnlyList<string> LeftAside);
}
