using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wsss.Kernel.Specs;

/// <summary>A kernel that Jupyter finds.</summary>
/// <param name="Folder">The folder of its <c>kernel.json</c>.</param>
/// <param name="IsOurs">Whether this program installed it.</param>
/// <param name="Command">Program and arguments; empty if the file cannot be read.</param>
internal sealed record InstalledKernel(string Folder, bool IsOurs, IReadOnlyList<string> Command)
{
    /// <summary>The first absolute path of the command where nothing lies; null if all are there.</summary>
    public string? Missing => Command.FirstOrDefault(word => Path.IsPathFullyQualified(word) && !File.Exists(word));
}

/// <summary>Makes the kernel known to Jupyter: a folder with a <c>kernel.json</c>.</summary>
/// <remarks>jupyter-client, "Making kernels for Jupyter", kernel specs.</remarks>
internal static class KernelSpec
{
    /// <summary>The name that the project's notebooks ask for, which is that of .NET Interactive's kernel.</summary>
    public const string Name = ".net-csharp";

    /// <summary>What menus show.</summary>
    public const string DisplayName = "C# (Wsss)";

    private const string FileName = "kernel.json";
    private const string Mark = "wsss";

    private static readonly JsonSerializerOptions Writing = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Installs the kernel, in place of an earlier installation of this program.</summary>
    /// <param name="dataFolder">Jupyter's data folder (<see cref="JupyterFolders"/>).</param>
    /// <param name="program">How it is started.</param>
    /// <returns>The kernel's folder.</returns>
    /// <exception cref="KernelException">Another program's kernel has the name there.</exception>
    public static string Install(string dataFolder, KernelProgram program)
    {
        string folder = FolderIn(dataFolder);
        if (Find(dataFolder) is { IsOurs: false })
        {
            throw new KernelException(
                $"Expected no kernel '{Name}', or one of this program, in '{folder}', found another program's. " +
                $"Remove it with 'jupyter kernelspec uninstall {Name}', or install elsewhere.");
        }
        var json = new JsonObject
        {
            ["argv"] = new JsonArray([.. program.Command.Select(word => (JsonNode)word), "{connection_file}"]),
            ["display_name"] = DisplayName,
            ["language"] = "C#",
            ["interrupt_mode"] = "message",
            ["env"] = new JsonObject(program.Environment.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ["metadata"] = new JsonObject { [Mark] = new JsonObject { ["version"] = program.Version } },
        };
        AtomicFile.WriteText(Path.Combine(folder, FileName), json.ToJsonString(Writing) + "\n");
        return folder;
    }

    /// <summary>Removes the kernel.</summary>
    /// <param name="dataFolder">Jupyter's data folder.</param>
    /// <returns>The folder that the kernel had; null if there was none.</returns>
    /// <exception cref="KernelException">The kernel of that name is another program's.</exception>
    public static string? Uninstall(string dataFolder)
    {
        switch (Find(dataFolder))
        {
            case null:
                return null;
            case { IsOurs: false, Folder: var folder }:
                throw new KernelException(
                    $"Expected a kernel of this program in '{folder}', found another program's. 'jupyter kernelspec uninstall {Name}' "
                        + "removes it."
                );
            case { Folder: var folder }:
                File.Delete(Path.Combine(folder, FileName));
                // A logo that somebody has put there stays.
                if (!Directory.EnumerateFileSystemEntries(folder).Any())
                    Directory.Delete(folder);
                return folder;
        }
    }

    /// <summary>The kernels of this name in some of Jupyter's data folders.</summary>
    public static IReadOnlyList<InstalledKernel> List(IEnumerable<string> dataFolders) =>
        [.. dataFolders.Select(Path.GetFullPath).Distinct().Select(Find).OfType<InstalledKernel>()];

    private static string FolderIn(string dataFolder) => Path.Combine(Path.GetFullPath(dataFolder), "kernels", Name);

    private static InstalledKernel? Find(string dataFolder)
    {
        string folder = FolderIn(dataFolder);
        string file = Path.Combine(folder, FileName);
        if (!File.Exists(file)) return null;
        try
        {
            var json = JsonNode.Parse(InputFile.ReadBytes(file, InputKind.Document)) as JsonObject;
            string[] command = json?["argv"] is JsonArray words ? [.. words.Select(word => word?.ToString() ?? "")] : [];
            return new InstalledKernel(folder, (json?["metadata"] as JsonObject)?[Mark] is not null, command);
        }
        catch (Exception error) when (error is JsonException or InputFileException)
        {
            return new InstalledKernel(folder, false, []);
        }
    }
}
