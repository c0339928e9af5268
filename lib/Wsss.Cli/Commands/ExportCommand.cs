using System.CommandLine;
using Wsss.Export;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss export</c>: a trained network for other programs.</summary>
internal static class ExportCommand
{
    private const string Lesson =
        """
        What it does:
          Writes the network of a folder that `wsss train` or `wsss segment` printed, classifier or segmentation network, as
          one file for other programs.
            onnx          The network as a graph, for ONNX Runtime in Python, C#, C++, Java, JavaScript. Input `images`
                          [batch, 3, height, width] is RGB in 0...1, of any size; it is normalised inside. A classifier gives
                          `logits` (before the sigmoid) and `maps` (class activation maps before ReLU), a segmentation network
                          `scores` at each pixel (before the softmax; channel 0 is the background).
            safetensors   The weights by their names, for PyTorch; input must be normalised by `mean` and `std`.
          Names of the classes, stride, recipe and version lie in the file's metadata. docs/export.md reads both in Python.

        Examples:
          wsss export out/cache/classifier-0123456789abcdef
          wsss export out/cache/segmenter-0123456789abcdef --out model.onnx
          wsss export out/cache/classifier-0123456789abcdef --format safetensors --out classifier.safetensors --json
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var folder = new Argument<string>("FOLDER") { Description = "The folder that `wsss train` or `wsss segment` prints." };
        var format = new Option<ExportFormat>("--format", "-f")
        {
            Description = "onnx or safetensors. Default: what --out ends with, else onnx.",
            DefaultValueFactory = _ => ExportFormat.Onnx,
        };
        var target = new Option<string?>("--out", "-o")
        {
            Description = "The file to write. Default: out/export/FOLDER.onnx or .safetensors.",
        };
        var command = new TaughtCommand("export", "Write a trained network as ONNX or safetensors for other programs.", Lesson)
        {
            folder,
            format,
            target,
            options.Json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(format) is { Implicit: false, Errors: var errors } && !errors.Any()
                && FormatOf(result.GetValue(target)) is { } ending && ending != result.GetValue(format))
            {
                result.AddError(
                    $"Expected {target.Name} to end as {format.Name} says, found '{result.GetValue(target)}' for "
                        + $"{result.GetValue(format).ToString().ToLowerInvariant()}. Leave {format.Name} out, or change the ending.");
            }
        });
        command.SetAction(parsed =>
        {
            string source = parsed.GetValue(folder)!;
            string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)));
            string? given = parsed.GetValue(target);
            var kind = parsed.GetResult(format) is { Implicit: false } ? parsed.GetValue(format) : FormatOf(given) ?? ExportFormat.Onnx;
            string path = given ?? Path.Combine("out", "export", $"{name}.{kind.ToString().ToLowerInvariant()}");
            options.Print(parsed, NetworkExport.Write(source, kind, path), ToText);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The format whose files end so; null for none.</summary>
    private static ExportFormat? FormatOf(string? path) => Path.GetExtension(path)?.ToLowerInvariant() switch
    {
        ".onnx" => ExportFormat.Onnx,
        ".safetensors" => ExportFormat.Safetensors,
        _ => null,
    };

    private static string ToText(ExportedFile file) => string.Join('\n', (string[])
    [
        $"{file.Network} on {file.Backbone}, {file.Classes.Count} classes: {file.File}",
        .. file.Inputs.Select(input => $"input:  {input}"),
        .. file.Outputs.Select(output => $"output: {output}"),
    ]);
}
