using System.Text;
using System.Text.Json.Nodes;
using Wsss.Notebooks.Documents;

namespace Wsss.Kernel;

/// <summary>Publishes what a cell shows, in order. Text that follows text of the same stream is sent together.</summary>
/// <param name="request">That the outputs belong to.</param>
/// <param name="isSilent">Whether nothing is published.</param>
internal sealed class CellOutputs(Request request, bool isSilent) : IDisposable
{
    /// <summary>How long text waits for more: a loop that writes numbers must not be a message per number.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private const int MostCharacters = 1 << 16;

    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private string _stream = "";
    private Timer? _timer;

    /// <summary>The cell's result as text; null before it has one.</summary>
    public string? Result { get; private set; }

    /// <summary>Takes an output, from any thread.</summary>
    public void Show(CellOutput output)
    {
        lock (_gate)
        {
            if (output is ResultOutput result) Result = result.Data[MimeBundle.Text] ?? "";
            if (isSilent) return;
            if (output is StreamOutput stream)
            {
                if (stream.Name != _stream) FlushText(final: true);
                _stream = stream.Name;
                _text.Append(stream.Text);
                if (_text.Length >= MostCharacters) FlushText(final: false);
                else _timer ??= new Timer(_ => FlushLater(), null, Pause, Timeout.InfiniteTimeSpan);
                return;
            }
            FlushText(final: true);
            Publish(output);
        }
    }

    /// <summary>Sends the text that waits.</summary>
    public void Flush()
    {
        lock (_gate) FlushText(final: true);
    }

    /// <inheritdoc/>
    public void Dispose() => Flush();

    private void FlushLater()
    {
        lock (_gate) FlushText(final: false);
    }

    /// <summary>Unless it is final, half of a surrogate pair waits for the other.</summary>
    private void FlushText(bool final)
    {
        _timer?.Dispose();
        _timer = null;
        int length = _text.Length;
        if (!final && length > 0 && char.IsHighSurrogate(_text[length - 1])) length--;
        if (length == 0) return;
        string text = _text.ToString(0, length);
        _text.Remove(0, length);
        request.Publish("stream", new JsonObject { ["name"] = _stream, ["text"] = text });
    }

    private void Publish(CellOutput output)
    {
        switch (output)
        {
            case DisplayOutput display:
                request.Publish("display_data", Shown(display.Data, display.Id));
                break;
            case DisplayUpdate update:
                request.Publish("update_display_data", Shown(update.Data, update.Id));
                break;
            case ResultOutput result:
                request.Publish("execute_result", new JsonObject
                {
                    ["execution_count"] = result.ExecutionCount,
                    ["data"] = result.Data.ToMessage(),
                    ["metadata"] = result.Data.MetadataToJson(),
                });
                break;
            case ErrorOutput { Error: var error }:
                request.Publish("error", ErrorContent.Of(error));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(output), output.GetType().Name, "Expected an output that Jupyter has.");
        }
    }

    private static JsonObject Shown(MimeBundle data, string id) => new()
    {
        ["data"] = data.ToMessage(),
        ["metadata"] = data.MetadataToJson(),
        ["transient"] = new JsonObject { ["display_id"] = id },
    };
}
