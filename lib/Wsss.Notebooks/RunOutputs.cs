using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks;

/// <summary>The outputs of a run's cells, put together as Jupyter does and written into the cells.</summary>
internal sealed class RunOutputs
{
    private readonly List<Cell> _cells = [];

    /// <summary>From here on outputs belong to this cell.</summary>
    public void Begin(NotebookCell cell) => _cells.Add(new Cell(cell));

    /// <summary>Takes an output of the cell that runs.</summary>
    public void Add(CellOutput output)
    {
        List<CellOutput> outputs = _cells[^1].Outputs;
        switch (output)
        {
            case DisplayUpdate update:
                Replace(update);
                break;
            // Text that follows text of the same stream belongs to one output.
            case StreamOutput stream when outputs is [.., StreamOutput last] && last.Name == stream.Name:
                outputs[^1] = last with { Text = last.Text + stream.Text };
                break;
            default:
                outputs.Add(output);
                break;
        }
    }

    /// <summary>The cell has run.</summary>
    /// <param name="executionCount">Its number.</param>
    public void End(int executionCount)
    {
        _cells[^1].Number = executionCount;
        _cells[^1].Write();
    }

    /// <summary>A cell may show another value in the place of one that an earlier cell showed.</summary>
    private void Replace(DisplayUpdate update)
    {
        foreach (Cell cell in _cells)
        {
            int index = cell.Outputs.FindIndex(output => output is DisplayOutput display && display.Id == update.Id);
            if (index < 0) continue;
            cell.Outputs[index] = new DisplayOutput(update.Data) { Id = update.Id };
            if (cell.Number > 0) cell.Write();
        }
    }

    private sealed class Cell(NotebookCell cell)
    {
        public int Number { get; set; }

        public List<CellOutput> Outputs { get; } = [];

        public void Write() => cell.SetOutputs(Number, Outputs.Select(output => output.ToJson()));
    }
}
