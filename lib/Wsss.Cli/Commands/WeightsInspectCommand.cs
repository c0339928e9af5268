using System.CommandLine;
using System.Globalization;
using System.Text;
using Wsss.Evaluation;
using Wsss.Models;
using Wsss.Weights;

namespace Wsss.Cli.Commands;

/// <summary><c>wsss weights inspect</c>: what a weight file holds, and whether a backbone can take it.</summary>
internal static class WeightsInspectCommand
{
    private static readonly string Lesson =
        $"""
        What it does:
          Lists the tensors of a weight file: a safetensors file, or a state dict that PyTorch saved (.pth, .pt); the content
          decides, not the name. Nothing in the file is run: arguments and the like are passed over, whatever else a state dict does
          not need is refused and named. With --network, the tensors are compared with a backbone's as --weights would take them
          (prefixes such as module. are left out, the classifier's head is ignored), and the exit code is 1 if they do not fit. Backbones:

        {TaughtCommand.ListOf<BackboneDesign>()}

        Examples:
          wsss weights inspect mobilenet_v2.pth
          wsss weights inspect mobilenet_v2.pth --network mobilenet_v2
          wsss weights inspect out/backbone.safetensors --json
        """;

    public static Command Create()
    {
        var options = new CommonOptions();
        var file = new Argument<string>("FILE") { Description = "A safetensors file, or a state dict of PyTorch." };
        var network = new Option<string?>("--network", "-n")
        {
            Description = "The name of a backbone to compare with.",
        }.MemberOf<BackboneDesign>();
        var command = new TaughtCommand("inspect", "List the tensors of a weight file, or compare them with a backbone's.", Lesson)
        {
            file,
            network,
            options.Json,
        };
        command.SetAction(parsed =>
        {
            using var weights = WeightFile.Open(parsed.GetValue(file)!);
            var report = WeightFileReport.Of(weights, parsed.GetValue(network));
            options.Print(parsed, report, ToText);
            return report.Fit is { Fits: false } ? ExitCode.Error : ExitCode.Done;
        });
        return command;
    }

    private static string ToText(WeightFileReport report)
    {
        var overview = new Table(
            ["file", Printable(report.File)],
            [
                ["format", report.Format],
                .. report.Nest.Length == 0 ? [] : new[] { (IReadOnlyList<string>)["taken from", Printable(report.Nest)] },
                .. report.LeftAside.Count == 0
                    ? [] : new[] { (IReadOnlyList<string>)["left aside", Printable(string.Join(", ", report.LeftAside))] },
                ["tensors", Number(report.Tensors.Count)],
                ["numbers", Number(report.Numbers)],
                ["bytes", Number(report.Bytes)],
                ["types", string.Join(", ", report.Types.Select(type => $"{type.Value} {type.Key}"))],
                .. report
                    .Metadata.OrderBy(item => item.Key, StringComparer.Ordinal)
                    .Select(item => (IReadOnlyList<string>)[Printable(item.Key), Printable(item.Value)]),
            ]
        );
        if (report.Fit is { } fit)
            return $"{overview}\n{ToText(fit)}";
        var tensors = new Table(
            ["key", "shape", "type"],
            [
                .. report.Tensors.Select(tensor =>
                    (IReadOnlyList<string>)[Printable(tensor.Key), $"[{string.Join(", ", tensor.Shape)}]", tensor.Type]
                ),
            ]
        );
        return $"{overview}\n{tensors}";
    }

    private static string ToText(WeightFit fit)
    {
        var text = new StringBuilder(
            $"{fit.Network}: {(fit.Fits ? "fits" : "does not fit")}. {fit.Fitting} tensor(s) fit, " +
            $"{fit.Ignored.Count} of a head or beside the network are ignored.\nThe file's form: {fit.Form}.\n");
        Add("missing in the file", fit.Missing);
        Add("misshapen", fit.Misshapen);
        Add("not known to the network", fit.Unexpected);
        Add("unusable", fit.Unusable);
        return text.ToString();

        void Add(string title, IReadOnlyList<string> items)
        {
            if (items.Count == 0) return;
            text.Append($"{items.Count} {title}:\n");
            foreach (string item in items) text.Append($"- {Printable(item)}\n");
        }
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Names come from the file: none may steer the terminal or break the table.</summary>
    private static string Printable(string text) => PlainText.Of(text);
}

/// <summary>What a weight file holds.</summary>
/// <param name="File">Its path, as given.</param>
/// <param name="Format">Its format.</param>
/// <param name="Nest">The wrapper in which the tensors lie; empty for none.</param>
/// <param name="LeftAside">What beside it holds tensors too and is not among these.</param>
/// <param name="Numbers">Elements of all tensors: parameters and buffers.</param>
/// <param name="Bytes">Size of all tensors.</param>
/// <param name="Types">How many tensors are of each type.</param>
/// <param name="Metadata">Free text of the writer.</param>
/// <param name="Tensors">The tensors, sorted by key.</param>
/// <param name="Fit">The comparison with a backbone; null if none was asked for.</param>
internal sealed record WeightFileReport(
    string File,
    string Format,
    string Nest,
    IReadOnlyList<string> LeftAside,
    long Numbers,
    long Bytes,
    IReadOnlyDictionary<string, int> Types,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<TensorReport> Tensors,
    WeightFit? Fit
)
{
    public static WeightFileReport Of(IWeightFile file, string? network)
    {
        TensorReport[] tensors =
        [
            .. file
                .Tensors.OrderBy(tensor => tensor.Key, StringComparer.Ordinal)
                .Select(tensor => new TensorReport(tensor.Key, tensor.Value.Shape, tensor.Value.DType.ToString().ToLowerInvariant())),
        ];
        var types = tensors
            .GroupBy(tensor => tensor.Type)
            .OrderBy(type => type.Key, StringComparer.Ordinal)
            .ToDictionary(type => type.Key, type => type.Count());
        return new WeightFileReport(
            file.Path,
            file.Format,
            file.Nest,
            file.OtherNests,
            file.Tensors.Values.Sum(tensor => tensor.Elements),
            file.Tensors.Values.Sum(tensor => tensor.Bytes),
            types,
            file.Metadata,
            tensors,
            network is null ? null : WeightFit.Of(file, network)
        );
    }
}

/// <summary>One tensor of a weight file.</summary>
internal sealed record TensorReport(string Key, IReadOnlyList<long> Shape, string Type);

/// <summary>How a weight file compares with a backbone; names with shapes where these matter.</summary>
internal sealed record WeightFit(
    string Network,
    bool Fits,
    int Fitting,
    IReadOnlyList<string> Missing,
    IReadOnlyList<string> Misshapen,
    IReadOnlyList<string> Unexpected,
    IReadOnlyList<string> Unusable,
    IReadOnlyList<string> Ignored,
    string Form
)
{
    public static WeightFit Of(IWeightFile file, string network)
    {
        // The stride decides no shape; any that the network can have will do.
        var design = Backbones.Find(network);
        using var backbone = design.Create(design.NativeStride);
        var report = NetworkWeights.CompareBackbone(backbone, file);
        return new WeightFit(
            design.Name,
            report.IsExact,
            report.Loaded.Count,
            [.. report.Missing.Select(tensor => $"{tensor.Key} (expected [{string.Join(", ", tensor.Shape)}])")],
            [.. report.Misshapen.Select(tensor => tensor.ToString())],
            report.Unexpected,
            report.Unusable,
            report.Ignored,
            $"{report.Form}"
        );
    }
}
