using System.Text.Json.Nodes;
using Wsss.Kernel.Wire;

namespace Wsss.Kernel;

/// <summary>Asks the user for the lines that cells read from the console.</summary>
internal sealed class InputChannel
{
    private volatile Request? _asker;
    private volatile Action? _beforeAsking;
    private volatile TaskCompletionSource<string?>? _answer;

    /// <summary>From here on cells ask the sender of a request.</summary>
    /// <param name="request">Null if the sender takes no questions.</param>
    /// <param name="beforeAsking">Sends what the cell has shown so far.</param>
    public void Open(Request? request, Action beforeAsking) => (_asker, _beforeAsking) = (request, beforeAsking);

    /// <summary>Waits for a line of the user.</summary>
    /// <exception cref="KernelException">The front end takes no questions.</exception>
    /// <exception cref="OperationCanceledException">The cell is to stop.</exception>
    public string? ReadLine(CancellationToken cancellationToken)
    {
        if (_asker is not { } asker)
        {
            throw new KernelException(
                "Expected a front end that can be asked for input, found one that cannot (allow_stdin is false). Set the value in the "
                    + "cell instead."
            );
        }
        _beforeAsking?.Invoke();
        var answer = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answer = answer;
        asker.Ask("input_request", new JsonObject { ["prompt"] = "", ["password"] = false });
        try
        {
            return answer.Task.WaitAsync(cancellationToken).GetAwaiter().GetResult();
        }
        finally
        {
            _answer = null;
        }
    }

    /// <summary>Takes what came on the channel; an answer that nobody waits for is dropped.</summary>
    public void Receive(WireMessage message)
    {
        if (message.Type != "input_reply") return;
        try
        {
            _answer?.TrySetResult(new MessageContent(message.Type, message.Content).TextOrNull("value"));
        }
        catch (KernelException error)
        {
            _answer?.TrySetException(error);
        }
    }
}
