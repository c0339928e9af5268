namespace Wsss.Kernel.Handlers;

/// <summary>What an <c>execute_request</c> asks for.</summary>
/// <param name="Code">The cell.</param>
/// <param name="IsSilent">Nothing is published, and the cell gets no number.</param>
/// <param name="IsStored">The cell gets a number and a place in the history.</param>
/// <param name="UserExpressions">Name to expression: evaluated after the cell.</param>
/// <param name="AllowsStdin">The sender can be asked for input.</param>
/// <param name="StopsOnError">An error of the cell calls off those that came after it.</param>
internal sealed record ExecuteRequest(
    string Code, bool IsSilent, bool IsStored, IReadOnlyDictionary<string, string> UserExpressions, bool AllowsStdin, bool StopsOnError)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="KernelException">A field is of another kind.</exception>
    public static ExecuteRequest Of(MessageContent content)
    {
        var expressions = new MessageContent("user_expressions", content.Object("user_expressions"));
        string code = content.Text("code");
        bool isSilent = content.Flag("silent", false);
        return new ExecuteRequest(
            code,
            isSilent,
            content.Flag("store_history", true) && !isSilent && !string.IsNullOrWhiteSpace(code),
            content.Object("user_expressions").ToDictionary(pair => pair.Key, pair => expressions.Text(pair.Key)),
            content.Flag("allow_stdin", true),
            content.Flag("stop_on_error", true));
    }
}
