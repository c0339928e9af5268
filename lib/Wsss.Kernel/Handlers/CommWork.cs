using Wsss.Notebooks;
using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;

namespace Wsss.Kernel.Handlers;

/// <summary>Lets the session do what a comm's message asks for, as it runs cells.</summary>
/// <param name="session">On whose thread it runs.</param>
/// <param name="interrupts">Stops it.</param>
/// <param name="input">Asks the user for it.</param>
internal sealed class CommWork(NotebookSession session, Interrupts interrupts, InputChannel input)
{
    /// <summary>Does the work; an error is shown as text, since no cell waits for it.</summary>
    public async Task RunAsync(Request request, Action work)
    {
        using var outputs = new CellOutputs(request, isSilent: false);
        input.Open(null, outputs.Flush);
        try
        {
            await session.InvokeAsync(work, Show, interrupts.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            outputs.Show(new StreamOutput("stderr", "Interrupted.\n"));
        }
        catch (NotebookException lost)
        {
            outputs.Show(new StreamOutput("stderr", lost.Message + "\n"));
        }

        void Show(CellOutput output) => outputs.Show(
            output is ErrorOutput { Error: var error } ? new StreamOutput("stderr", string.Join('\n', error.Traceback) + "\n") : output);
    }
}
