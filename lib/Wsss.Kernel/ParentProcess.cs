using System.Diagnostics;

namespace Wsss.Kernel;

/// <summary>The program that started the kernel, whose end should be the kernel's: nobody else would end it.</summary>
public static class ParentProcess
{
    /// <summary>The variable in which Jupyter says which process it is.</summary>
    public const string Variable = "JPY_PARENT_PID";

    /// <summary>Waits for the end of the process that <see cref="Variable"/> names; for ever where it names none.</summary>
    /// <exception cref="OperationCanceledException">Waiting was called off.</exception>
    public static async Task WaitForEndAsync(CancellationToken cancellationToken)
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable(Variable), out int id) || id <= 1)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        try
        {
            using var parent = Process.GetProcessById(id);
            await parent.WaitForExitAsync(cancellationToken);
        }
        catch (ArgumentException)
        {
            // It has ended already.
        }
    }
}
