namespace Wsss.Kernel.Specs;

/// <summary>How Jupyter starts the kernel.</summary>
/// <param name="Command">Program and arguments, with absolute paths; the connection file's path comes last.</param>
/// <param name="Environment">Variables that it needs.</param>
/// <param name="Version">Of the library.</param>
internal sealed record KernelProgram(IReadOnlyList<string> Command, IReadOnlyDictionary<string, string> Environment, string Version)
{
    /// <summary>What eng/native.sh sets for libtorch.</summary>
    private static readonly string[] Variables = ["OMP_WAIT_POLICY", "ONEDNN_MAX_CPU_ISA"];

    /// <summary>The program that runs now, with the values that its own environment has.</summary>
    /// <param name="assembly">The path of its assembly.</param>
    /// <param name="arguments">What makes it a kernel.</param>
    public static KernelProgram OfThisProcess(string assembly, params IReadOnlyList<string> arguments)
    {
        string program = System.Environment.ProcessPath!;
        bool isHost = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        var environment = Variables.Select(name => (name, Value: System.Environment.GetEnvironmentVariable(name)))
            .Where(variable => !string.IsNullOrEmpty(variable.Value)).ToDictionary(variable => variable.name, variable => variable.Value!);
        string[] command = isHost ? [program, assembly, .. arguments] : [program, .. arguments];
        return new KernelProgram(command, environment, Provenance.LibraryVersion);
    }
}
