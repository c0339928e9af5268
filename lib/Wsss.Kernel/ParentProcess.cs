using System.Diagnostics;

namespace Wsss.Kernel;

/// <summary>The program that started the kernel, whose end should be the kernel's: nobody else would end it.</summary>
internal static class ParentProcess
{
    /// <summary>Its process id, as Jupyter gives it in <c>JPY_PARENT_PID</c>; null where nobody has.</summary>
    public static int? Id => int.TryParse(Environment.GetEnvironmentVariable("JPY_PARENT_PID"), out int id) && id > 1 ? id : null;

    /// <summary>Waits for the end of a process.</summary>
    /// <param name="id">Its process id; null waits for ever.</param>
    /// <param name="cancellationToken">Calls the waiting off.</param>
    /// <exception cref="OperationCanceledException">Waiting was called off.</exception>
    public static async Task WaitForEndAsync(int? id, CancellationToken cancellationToken)
    {
        if (id is null) await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
        try
        {
            using var parent = Process.GetProcessById(id!.Value);
            await parent.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentException)
        {
            // It has ended already.
        }
    }
}
