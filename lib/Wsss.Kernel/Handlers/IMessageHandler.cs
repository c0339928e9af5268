namespace Wsss.Kernel.Handlers;

/// <summary>Answers messages of one type.</summary>
internal interface IMessageHandler
{
    /// <summary>Such as <c>execute_request</c>.</summary>
    string Type { get; }

    /// <summary>Answers one message; what it throws becomes the answer.</summary>
    Task HandleAsync(Request request);
}
