using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Kernel;

/// <summary>Knows one word of each kind, whatever the code is, and calls code by its last character.</summary>
internal sealed class WordLanguage : ILanguageServices
{
    public Task<CompletionList> CompleteAsync(string code, int position, CancellationToken cancellationToken)
    {
        int start = code.LastIndexOf('.', position - 1) + 1;
        return Task.FromResult(
            new CompletionList(
                [new("WriteLine", "Method", "void Console.WriteLine()"), new("Out", "Property", ""), new("local", "Local", "")],
                start,
                position
            )
        );
    }

    public Task<string?> InspectAsync(string code, int position, CancellationToken cancellationToken) =>
        Task.FromResult(position > 0 && char.IsLetter(code[position - 1]) ? $"known up to {code[..position]}" : null);

    public CodeState StateOf(string code) => code[^1] switch
    {
        ';' => CodeState.Complete,
        ')' => CodeState.Invalid,
        _ => CodeState.Incomplete,
    };
}
