using System.Text.Json.Nodes;
using Wsss.Kernel;
using Wsss.Kernel.Specs;

namespace Wsss.Notebooks.Tests.Kernel;

public sealed class KernelSpecTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_installed_is_what_Jupyter_reads_and_is_found_and_removed()
    {
        string program = _folder.File("program", "");
        string folder = KernelSpec.Install(
            _folder.Path,
            new KernelProgram([program, "kernel", "run"], new Dictionary<string, string> { ["A"] = "b" }, "1.2")
        );
        Assert.Equal(Path.Combine(_folder.Path, "kernels", ".net-csharp"), folder);
        Assert.True(
            JsonNode.DeepEquals(
                new JsonObject
                {
                    ["argv"] = new JsonArray(program, "kernel", "run", "{connection_file}"),
                    ["display_name"] = "C# (Wsss)",
                    ["language"] = "C#",
                    ["interrupt_mode"] = "message",
                    ["env"] = new JsonObject { ["A"] = "b" },
                    ["metadata"] = new JsonObject { ["wsss"] = new JsonObject { ["version"] = "1.2" } },
                },
                JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "kernel.json")))
            )
        );

        InstalledKernel found = Assert.Single(KernelSpec.List([_folder.Path, _folder.Path + "/.", _folder.File("none")]));
        Assert.Equal((folder, true, null), (found.Folder, found.IsOurs, found.Missing));
        File.Delete(program);
        Assert.Equal(program, found.Missing);

        KernelSpec.Install(_folder.Path, new KernelProgram(["/other"], new Dictionary<string, string>(), "1.3"));
        Assert.Equal(["/other", "{connection_file}"], Assert.Single(KernelSpec.List([_folder.Path])).Command);
        Assert.Equal(folder, KernelSpec.Uninstall(_folder.Path));
        Assert.False(Directory.Exists(folder));
        Assert.Null(KernelSpec.Uninstall(_folder.Path));
    }

    [Theory]
    [InlineData("""{"argv":["dotnet-interactive"],"display_name":".NET (C#)","metadata":{}}""")]
    [InlineData("""{"argv":"x","metadata":"y"}""")]
    [InlineData("[1")]
    public void Another_program_s_kernel_stays(string json)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "kernels", KernelSpec.Name)).FullName;
        string file = Path.Combine(folder, "kernel.json");
        File.WriteAllText(file, json);
        Assert.False(Assert.Single(KernelSpec.List([_folder.Path])).IsOurs);
        Assert.Contains(
            folder,
            Assert
                .Throws<KernelException>(() =>
                    KernelSpec.Install(_folder.Path, new KernelProgram(["a"], new Dictionary<string, string>(), "1"))
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(folder, Assert.Throws<KernelException>(() => KernelSpec.Uninstall(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Equal(json, File.ReadAllText(file));
    }
}
