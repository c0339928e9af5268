using System.Text;
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
        switch (output)
        {
            case DisplayUpdate update:
                foreach (Cell cell in _cells) cell.Replace(update);
                break;
            case StreamOutput stream:
                _cells[^1].Append(stream);
                break;
            default:
                _cells[^1].Add(output);
                break;
        }
    }

    /// <summary>The cell has run.</summary>
    /// <param name="executionCount">Its number.</param>
    public void End(int executionCount) => _cells[^1].End(executionCount);

    private sealed class Cell(NotebookCell cell)
    {
        private readonly List<CellOutput> _outputs = [];

        // The last output where that is text, which may grow by a line at a time for hours.
        private readonly StringBuilder _text = new();
        private string? _stream;

        private int _number;

        /// <summary>Text that follows text of the same stream belongs to one output.</summary>
        public void Append(StreamOutput stream)
        {
            if (stream.Name != _stream) CloseStream();
            _stream = stream.Name;
            _text.Append(stream.Text);
        }

        public void Add(CellOutput output)
        {
            CloseStream();
            _outputs.Add(output);
        }

        /// <summary>A cell may show another value in the place of one that an earlier cell showed.</summary>
        public void Replace(DisplayUpdate update)
        {
            int index = _outputs.FindIndex(output => output is DisplayOutput display && display.Id == update.Id);
            if (index < 0) return;
            _outputs[index] = new DisplayOutput(update.Data) { Id = update.Id };
            if (_number > 0) Write();
        }

        public void End(int executionCount)
        {
            _number = executionCount;
            Write();
        }

        private void Write()
        {
            CloseStream();
            cell.SetOutputs(_number, _outputs.Select(output => output.ToJson()));
        }

        private void CloseStream()
        {
            if (_stream is null) return;
            _outputs.Add(new StreamOutput(_stream, _text.ToString()));
            _text.Clear();
            _stream = null;
        }
    }
}
