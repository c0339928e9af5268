using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Tests.Cli;

/// <summary>What <c>wsss notebook run</c> hands to a notebook's parameters.</summary>
public sealed class NotebookParameterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("-p seed=3", "3 its-own")]
    [InlineData("--seed 2 -p seed=3", "3 its-own")]
    [InlineData("--data menagerie", "1 menagerie")]
    [InlineData("--data own.yaml", "1 {0}/own.yaml")]
    public async Task A_parameter_by_name_goes_first_data_stay_unless_named_and_a_file_is_not_its_folder(string options, string given)
    {
        var notebook = Notebook.Create(
            NotebookCell.Code("p", "string data = \"its-own\"; int seed = 1;", "parameters"), NotebookCell.Code("a", "$\"{seed} {data}\""));
        notebook.Save(_folder.File("a.ipynb"));
        _folder.File("own.yaml", "photographs: {folder: pictures, labels: labels.csv}\n");
        string[] command = ["notebook", "run", "a.ipynb", "--out", "out", .. options.Split(' ')];
        (await WsssProcess.RunInAsync(_folder.Path, command)).Success();
        var output = Assert.Single(Notebook.Load(_folder.File("out/a.ipynb")).Cells[^1].Outputs);
        // Of the last two parts, as the folder may have several names.
        string[] parts = MultilineText.Read(output["data"]?["text/plain"]).Split(' ');
        Assert.Equal(given[0].ToString(), parts[0]);
        Assert.EndsWith(given[2..].Replace("{0}", Path.GetFileName(_folder.Path)), parts[1], StringComparison.Ordinal);
    }
}
