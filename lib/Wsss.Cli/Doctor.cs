using System.Runtime.InteropServices;
using SkiaSharp;
using TorchSharp;
using Wsss.Data;
using Wsss.Models;
using Wsss.Saliency;

namespace Wsss.Cli;

/// <summary>How bad a finding is.</summary>
internal enum FindingState
{
    Ok,

    /// <summary>Some commands are slower or need an option.</summary>
    Note,

    /// <summary>Nothing works without it.</summary>
    Missing,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="What">Its name.</param>
/// <param name="State">How it is.</param>
/// <param name="Found">What there is.</param>
/// <param name="Fix">What to do; null if nothing.</param>
internal sealed record Finding(string What, FindingState State, string Found, string? Fix = null);

/// <summary>Looks at everything that the commands need of a machine.</summary>
internal static class Doctor
{
    private const long LittleSpace = 1L << 30;

    public static IReadOnlyList<Finding> Examine(string store) =>
        [
            new("wsss", FindingState.Ok, Provenance.LibraryVersion),
            new(".NET", FindingState.Ok, RuntimeInformation.FrameworkDescription),
            new(
                "system",
                FindingState.Ok,
                $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} core(s)"
            ),
            .. Torch(),
            Images(),
            Weights(),
            Space(store),
        ];

    private static IEnumerable<Finding> Torch()
    {
        string? failure = null;
        try
        {
            TorchRuntime.EnsureLoaded();
        }
        catch (TorchException error)
        {
            failure = $"{error.Message} eng/setup.sh installs what is missing (environment.md).";
        }
        if (failure is not null)
            return [new Finding("libtorch", FindingState.Missing, "does not load", failure)];
        string version = $"{torch.__version__}, TorchSharp {typeof(torch).Assembly.GetName().Version?.ToString(3)}";
        return
        [
            new Finding("libtorch", FindingState.Ok, version),
            new Finding("threads", FindingState.Ok, $"{torch.get_num_threads()}"),
            Numbers(),
            Cuda(),
        ];
    }

    private static Finding Numbers() => TorchRuntime.KeepsNumbers
        ? new Finding("numbers", FindingState.Ok, "safe from the garbage collector")
        : new Finding("numbers", FindingState.Note, "may be collected while libtorch reads them",
            "build with eng/TorchSharpNumbers.targets, as Directory.Build.targets does (environment.md).");

    private static Finding Cuda()
    {
        bool answers = torch.TryInitializeDeviceType(DeviceType.CUDA) && torch.cuda.is_available();
        return answers
            ? new Finding("CUDA", FindingState.Ok, $"{torch.cuda.device_count()} device(s)")
            : new Finding(
                "CUDA",
                FindingState.Note,
                "no device",
                "the CPU is used, which is enough for the scales smoke and quick. For a GPU, build with -p:TorchBackend=cuda "
                    + "(environment.md)."
            );
    }

    private static Finding Images()
    {
        string folder = Directory.CreateTempSubdirectory("wsss-doctor-").FullName;
        try
        {
            byte[] labels = [0, 1, 2, 255, 20, 0];
            string photograph = Path.Combine(folder, "image.jpg"),
                mask = Path.Combine(folder, "mask.png");
            ImageFile.WriteJpeg(photograph, new RgbImage(3, 2, new byte[18]));
            ImageFile.WriteMask(mask, new LabelMap(3, 2, labels));
            bool same = ImageFile.ReadRgb(photograph).Width == 3 && ImageFile.ReadMask(mask).Values.AsSpan().SequenceEqual(labels);
            return same
                ? new Finding("image files", FindingState.Ok, $"Skia {SkiaSharpVersion.Native} writes and reads JPEG and PNG")
                : new Finding(
                    "image files",
                    FindingState.Missing,
                    "what is read is not what was written",
                    "report this with the output of `wsss doctor --json`."
                );
        }
        // Whatever a broken native library raises is a finding here.
        catch (Exception error)
        {
            return new Finding(
                "image files",
                FindingState.Missing,
                "SkiaSharp does not work",
                $"restore the packages (eng/setup.sh), or install what its native library lacks: {error.GetBaseException().Message}"
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Finding Weights()
    {
        (string Network, string Path)[] shipped =
        [
            .. Backbones.Shipped.Select(design => (design.Name, ShippedWeights.PathOf(design.Name))),
            ("objectness", SaliencySource.ShippedPath),
        ];
        var absent = shipped.Where(file => !File.Exists(file.Path)).ToArray();
        return absent.Length == 0
            ? new Finding(
                "shipped weights",
                FindingState.Ok,
                $"{string.Join(", ", shipped.Select(file => file.Network))} in {Path.GetDirectoryName(shipped[0].Path)}"
            )
            : new Finding(
                "shipped weights",
                FindingState.Note,
                $"those of {string.Join(", ", absent.Select(file => file.Network))} are not there",
                $"make them with `wsss pretrain {absent[0].Network} --out {absent[0].Path}`; the library works without, on weights of "
                    + "your own."
            );
    }

    private static Finding Space(string store)
    {
        string folder = Path.GetFullPath(store);
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder)!;
        long free = new DriveInfo(folder).AvailableFreeSpace;
        string found = $"{free / (double)(1 << 30):0.0} GB free for {Path.GetFullPath(store)}";
        return free >= LittleSpace
            ? new Finding("disk", FindingState.Ok, found)
            : new Finding(
                "disk",
                FindingState.Note,
                found,
                "a full run needs about 1 GB: free some, or choose another folder with --store."
            );
    }
}
