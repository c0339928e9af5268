using System.Diagnostics;
using System.Text.Json;
using Wsss.Data;
using Wsss.Tests;

namespace Wsss.Notebooks.Tests.Cli;

public sealed class MannersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(
        "tran",
        "wsss: Expected a command of `wsss`, one of doctor, init, data, *; found 'tran'. Did you mean train? `wsss help` says more."
    )]
    [InlineData(
        "data inf",
        "wsss: Expected a command of `wsss data`, one of draw, fetch, info, check; found 'inf'. Did you mean info? `wsss help data` says "
            + "more."
    )]
    [InlineData(
        "data",
        "wsss: Expected a command of `wsss data`, one of draw, fetch, info, check; found nothing. `wsss help data` says more."
    )]
    [InlineData("help data inf", "wsss: Expected a command of `wsss data`, *; found 'inf'. Did you mean info? `wsss help` says more.")]
    [InlineData(
        "train --epocs 3",
        "wsss: Expected an option of `wsss train`, found '--epocs'. Did you mean --epochs? `wsss help train` says more."
    )]
    [InlineData(
        "--quite train",
        "wsss: Expected an option of `wsss train`, found '--quite'. Did you mean --quiet? `wsss help train` says more."
    )]
    [InlineData("train 3", "wsss: Expected no more arguments of `wsss train`, found '3'. `wsss help train` says more.")]
    [InlineData(
        "train --scale smok --threads x",
        "wsss: Expected --scale to be one of full, quick, smoke; found 'smok'. Did you mean smoke? (and 1 more) `wsss help train` says "
            + "more."
    )]
    [InlineData("train --threads x", "wsss: Expected --threads to be a whole number, found 'x'. `wsss help train` says more.")]
    [InlineData("compare best --seeds one", "wsss: Expected --seeds to be a whole number, found 'one'. `wsss help compare` says more.")]
    [InlineData("compare best --seeds 1 two 3", "wsss: Expected --seeds to be a whole number, found 'two'. `wsss help compare` says more.")]
    [InlineData(
        "compare best --seeds 1 --backbon",
        "wsss: Expected an option of `wsss compare`, found '--backbon'. Did you mean --backbone? `wsss help compare` says more."
    )]
    [InlineData("compare --dry-run", "wsss: Expected an option of `wsss compare`, found '--dry-run'. `wsss help compare` says more.")]
    [InlineData("predict -x --model a", "wsss: Expected an option of `wsss predict`, found '-x'. `wsss help predict` says more.")]
    [InlineData("train --threads --foo", "wsss: Expected an option of `wsss train`, found '--foo'. `wsss help train` says more.")]
    [InlineData("train --threads", "wsss: Expected a value for --threads, found none. `wsss help train` says more.")]
    [InlineData("train --threads 0", "wsss: Expected --threads to be at least 1, found 0. `wsss help train` says more.")]
    [InlineData(
        "train --threads 1 --threads 2",
        "wsss: Option '--threads' expects a single argument but 2 were provided. `wsss help train` says more."
    )]
    [InlineData(
        "maps --clasifier a --out b",
        "wsss: Expected an option of `wsss maps`, found '--clasifier'. Did you mean --classifier? (and 1 more) `wsss help maps` says more."
    )]
    [InlineData(
        "maps --out b",
        "wsss: Expected --classifier with `wsss maps`, found none: the folder that `wsss train` prints. `wsss help maps` says more."
    )]
    [InlineData(
        "weights convert a",
        "wsss: Expected OUT with `wsss weights convert`, found none: the safetensors file to write. `wsss help weights convert` says more."
    )]
    [InlineData(
        "completion zs",
        "wsss: Expected SHELL to be one of bash, zsh, fish, pwsh; found 'zs'. Did you mean zsh? `wsss help completion` says more."
    )]
    public async Task Wrong_arguments_are_told_in_one_line(string arguments, string expected)
    {
        var outcome = await WsssProcess.RunAsync(arguments.Split(' '));
        Assert.Equal(2, outcome.ExitCode);
        string[] parts = expected.Split('*');
        Assert.StartsWith(parts[0], outcome.Errors);
        Assert.EndsWith(parts[^1] + "\n", outcome.Errors.ReplaceLineEndings("\n"));
        Assert.Single(outcome.Errors.Trim().Split('\n'));
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public async Task Help_is_given_whatever_else_is_wrong()
    {
        foreach (string command in new[] { "run --foo --help", "compare --foo --help", "predict -x --help" })
            Assert.StartsWith("Description:", (await WsssProcess.RunAsync(command.Split(' '))).Output);
    }

    [Fact]
    public async Task Help_is_the_help_of_the_command()
    {
        string help = (await WsssProcess.RunAsync("help", "data", "info")).Success();
        Assert.Contains("Usage:\n  wsss data info [options]", help.ReplaceLineEndings("\n"));
        Assert.Equal((await WsssProcess.RunAsync("data", "info", "--help")).Success(), help);
        Assert.Equal((await WsssProcess.RunAsync("--help")).Success(), (await WsssProcess.RunAsync("help")).Success());
    }

    [Fact]
    public async Task Quiet_leaves_results_only_and_verbose_adds_the_stack()
    {
        string[] info = ["data", "info", "--scale", "smoke"];
        var (spoken, quiet) = (await WsssProcess.RunAsync(info), await WsssProcess.RunAsync([.. info, "--quiet"]));
        Assert.Contains("read menagerie/train: 64/64", spoken.Errors);
        Assert.Empty(quiet.Errors);
        Assert.Equal(spoken.Success(), quiet.Success());

        string none = _folder.File("none");
        var (brief, verbose) = (
            await WsssProcess.RunAsync("data", "info", "--data", none, "-q"),
            await WsssProcess.RunAsync("data", "info", "--data", none, "-q", "--verbose")
        );
        string line = Assert.Single(brief.Errors.Trim().Split('\n'));
        Assert.Contains(none, line);
        Assert.StartsWith(line, verbose.Errors);
        Assert.Contains("   at Wsss.Data.", verbose.Errors);
    }

    [Fact]
    public async Task Names_do_not_steer_the_terminal()
    {
        string name = _folder.File("red\x1b[31m\nwsss: all is well\u202e");
        var outcome = await WsssProcess.RunAsync("data", "info", "--data", name, "-q");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("red\ufffd[31m wsss: all is well\ufffd", Assert.Single(outcome.Errors.Trim().Split('\n')));
    }

    [Fact]
    public async Task Results_are_kept_below_the_solution_or_else_below_the_current_folder()
    {
        string below = Directory.CreateDirectory(_folder.File("a/b")).FullName,
            store = Path.Combine("out", "cache");
        Assert.EndsWith(Path.Combine(below, store), await Store());
        _folder.File("a/Any.sln", "");
        Assert.EndsWith(_folder.File(Path.Combine("a", store)), await Store());
        Assert.Equal(
            ["a/Any.sln"],
            Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_folder.Path, path))
        );

        async Task<string> Store()
        {
            using var findings = JsonDocument.Parse((await WsssProcess.RunInAsync(below, "doctor", "--json")).Success());
            return findings
                .RootElement.EnumerateArray()
                .Single(finding => finding.GetProperty("what").GetString() == "disk")
                .GetProperty("found")
                .GetString()!;
        }
    }

    [Fact]
    public async Task Outside_the_project_its_notebooks_make_the_report()
    {
        var outcome = await WsssProcess.RunInAsync(
            _folder.Path, "notebook", "report", "--run", "--scale", "smoke", "--device", "tpu", "--store", "store", "--quiet");
        // The first notebook is found and run, up to the device that is none.
        Assert.Equal(1, outcome.ExitCode);
        Assert.Matches(@"^wsss: 0\d-[a-z-]+\.ipynb, cell ", outcome.Errors);
    }

    [Fact]
    public async Task A_report_of_saved_outputs_runs_nothing_and_takes_no_options_of_runs()
    {
        string folder = _folder.File("report");
        var outcome = await WsssProcess.RunInAsync(_folder.Path, "notebook", "report", "--out", folder);
        Assert.Equal(Path.Combine(folder, "index.html"), outcome.Success().Trim());
        Assert.True(Directory.GetFiles(Path.Combine(folder, "images"), "*.png").Length > 30);
        Assert.Empty(Directory.GetFiles(folder, "*.ipynb"));

        outcome = await WsssProcess.RunInAsync(_folder.Path, "notebook", "report", "--seed", "2");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("Expected --run with --seed", outcome.Errors);
    }

    [Fact]
    public async Task Pictures_of_saved_charts_are_drawn_without_a_run()
    {
        string notebook = Directory.GetFiles(ProjectFolder.At("notebooks"), "00-*.ipynb").Single(),
            copy = _folder.File("a.ipynb");
        File.Copy(notebook, copy);
        Assert.Equal("a.ipynb: 1 drawn", (await WsssProcess.RunInAsync(_folder.Path, "notebook", "pictures", "a.ipynb")).Success().Trim());
        using var saved = JsonDocument.Parse(File.ReadAllText(copy));
        string[] pictures =
        [
            .. saved
                .RootElement.GetProperty("cells")
                .EnumerateArray()
                .Where(cell => cell.TryGetProperty("outputs", out _))
                .SelectMany(cell => cell.GetProperty("outputs").EnumerateArray())
                .Where(output => output.TryGetProperty("data", out _))
                .Select(output => output.GetProperty("data"))
                .Where(data => data.TryGetProperty("application/vnd.plotly.v1+json", out _))
                .Select(data => data.GetProperty("image/png").GetString()!),
        ];
        Assert.InRange(Convert.FromBase64String(Assert.Single(pictures)).Length, 1_000, 60_000);
    }

    [Fact]
    public async Task A_folder_is_explained_image_by_image()
    {
        var (train, images) = (_folder.File("store"), Directory.CreateDirectory(_folder.File("images")).FullName);
        string trained = (
            await WsssProcess.RunAsync("train", "--scale", "smoke", "--epochs", "1", "--device", "cpu", "--threads", "1", "--store", train)
        ).Success();
        string classifier = trained.Split("classifier: ")[1].Trim();
        foreach (string name in (string[])["b.PNG", "a.jpg"])
            ImageFile.WritePng(
                Path.Combine(images, name),
                new RgbImage(40, 30, [.. Enumerable.Range(0, 3 * 40 * 30).Select(i => (byte)(i * 37))])
            );
        File.WriteAllText(Path.Combine(images, "c.webp"), "no picture");
        File.WriteAllText(Path.Combine(images, "notes.txt"), "");

        string output = _folder.File("out");
        var outcome = await WsssProcess.RunAsync(
            "explain",
            images,
            "--classifier",
            classifier,
            "--device",
            "cpu",
            "--threads",
            "1",
            "--out",
            output
        );
        Assert.Equal(1, outcome.ExitCode);
        string[] rows =
        [
            .. outcome.Output.Split('\n').Where(line => line.StartsWith('|')).Skip(2).Select(line => line.Split('|')[1].Trim()),
        ];
        Assert.Equal(["a.jpg", "b.PNG"], rows);
        Assert.Contains("1 image(s) could not be read:\n- ", outcome.Output.ReplaceLineEndings("\n"));
        Assert.Contains(Path.Combine(images, "c.webp"), outcome.Output);
        foreach (string name in (string[])["a.jpg", "b.PNG"])
            Assert.True(File.Exists(Path.Combine(output, name, "explanation.png")));
        Assert.False(Directory.Exists(Path.Combine(output, "c.webp")));

        var none = await WsssProcess.RunAsync(
            "explain",
            train,
            "--classifier",
            classifier,
            "--device",
            "cpu",
            "--threads",
            "1",
            "--out",
            output
        );
        Assert.Equal(1, none.ExitCode);
        Assert.Contains($"Expected images (.jpg, .jpeg, .png, .webp, .bmp) in '{train}', found none.", none.Errors);
    }

    [Theory]
    [InlineData("wsss tr", "train")]
    [InlineData("wsss data ", "check draw fetch info")]
    [InlineData("wsss help data i", "info")]
    [InlineData("wsss train --sa", "--saliency")]
    [InlineData("wsss train -t bound", "BoundaryLoss")]
    [InlineData("wsss train -t Mixup --json --devi", "--device")]
    [InlineData("wsss maps --method gradc", "gradcam gradcam++")]
    [InlineData("wsss run -r w", "walk")]
    [InlineData("wsss run --data vo", "voc")]
    [InlineData("wsss train -b menagerie_", "menagerie_net menagerie_vit")]
    [InlineData("wsss compare ab", "ablation")]
    [InlineData("wsss train --scale ", "full quick smoke")]
    [InlineData("wsss evaluate --split v", "validation")]
    [InlineData("wsss weights inspect ", "")]
    public async Task Bash_completes_commands_options_and_names(string line, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no bash.");
        string script = _folder.File("complete.sh",
            $$"""
            wsss() { dotnet '{{Path.Combine(AppContext.BaseDirectory, "Wsss.Cli.dll")}}' "$@"; }
            source <(wsss completion bash)
            [[ "$(complete -p wsss)" == *'-F _wsss wsss' ]] || exit 1
            COMP_LINE='{{line}} --json' COMP_POINT={{line.Length}}
            _wsss wsss
            echo "${COMPREPLY[*]}"
            """);
        using var bash = Process.Start(new ProcessStartInfo("bash", [script]) { RedirectStandardOutput = true })!;
        string output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, expected), (bash.ExitCode, output.Trim()));
    }

    [Fact]
    public async Task PowerShell_completes_commands_options_and_names()
    {
        // A .NET tool: dotnet tool install PowerShell.
        string? program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => (string[])[Path.Combine(folder, "pwsh"), Path.Combine(folder, "pwsh.exe")]).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "There is no PowerShell (pwsh) on the PATH.");
        string script = _folder.File("complete.ps1",
            $$"""
            function wsss { dotnet '{{Path.Combine(AppContext.BaseDirectory, "Wsss.Cli.dll")}}' @args }
            wsss completion pwsh | Out-String | Invoke-Expression
            foreach ($line in 'wsss tr', 'wsss train --tech', 'wsss train -t Bou', "wsss explain 'with blanks/a.png' --meth") {
              [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText
            }
            """);
        using var shell = Process.Start(
            new ProcessStartInfo(program!, ["-NoProfile", "-File", script]) { RedirectStandardOutput = true })!;
        string output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["train", "--technique", "BoundaryLoss", "--method"], output.Split('\n', StringSplitOptions.TrimEntries)[..^1]);
    }

    [Fact]
    public async Task Each_shell_gets_a_script_that_calls_the_program()
    {
        foreach (string shell in (string[])["bash", "zsh", "fish", "pwsh"])
            Assert.Contains("'[suggest]'", (await WsssProcess.RunAsync("completion", shell)).Success());
    }
}
