using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Tests.Cli;

/// <summary>What cells leave running when <c>wsss notebook run</c> goes on.</summary>
public sealed class LeftRunningTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Later_notebooks_run_and_the_program_ends()
    {
        Save(
            "a.ipynb",
            """
            new Thread(() => { while (true) Thread.Sleep(100); }).Start();
            var failing = new Thread(() => throw new Exception("boom"));
            failing.Start();
            failing.Join();
            async Task Late() { await Task.Delay(200); Console.WriteLine("late"); }
            _ = Late();
            """
        );
        Save("b.ipynb", "await Task.Delay(400); 5");
        (await WsssProcess.RunInAsync(_folder.Path, "notebook", "run", "a.ipynb", "b.ipynb")).Success();
        var told = Assert.Single(Notebook.Load(_folder.File("a.ipynb")).Cells[0].Outputs);
        Assert.Contains("boom", MultilineText.Read(told["text"]), StringComparison.Ordinal);
        var result = Assert.Single(Notebook.Load(_folder.File("b.ipynb")).Cells[0].Outputs);
        Assert.Equal("5", MultilineText.Read(result["data"]?["text/plain"]));
    }

    private void Save(string name, string code) => Notebook.Create(NotebookCell.Code("a", code)).Save(_folder.File(name));
}
